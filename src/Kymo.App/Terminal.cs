using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kymo.App;

/// <summary>
/// Where the program's words go: results to standard output, progress and remarks to standard error. With <c>--json</c> standard
/// output holds one JSON document and nothing else.
/// </summary>
sealed class Terminal
{
    static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly TextWriter _output;
    readonly TextWriter _error;
    readonly Func<string, string?> _environment;
    readonly Lock _gate = new();
    string _line = "";
    long _drawn;

    /// <summary>Takes the writers and the environment, so that tests can give their own.</summary>
    public Terminal(TextWriter output, TextWriter error, Func<string, string?> environment)
    {
        (_output, _error, _environment) = (output, error, environment);
        var plain = environment("CI") is { Length: > 0 } || environment("NO_COLOR") is { Length: > 0 };
        IsLive = !plain && ReferenceEquals(error, System.Console.Error) && !System.Console.IsErrorRedirected;
    }

    /// <summary>Whether results are printed as JSON.</summary>
    public bool Json { get; set; }

    /// <summary>The run that is being written, as <c>--resume</c> takes it; null where there is none.</summary>
    public string? OpenRun { get; set; }

    /// <summary>What to type to go on after an interruption, where that is another command; null where it is not.</summary>
    public string? GoOn { get; set; }

    /// <summary>Whether errors come with their stack traces.</summary>
    public bool Verbose { get; set; }

    /// <summary>Whether progress is drawn over itself.</summary>
    public bool IsLive { get; }

    /// <summary>An environment variable.</summary>
    public string? Environment(string name) => _environment(name);

    /// <summary>A line of the result, for people; nothing with <c>--json</c>.</summary>
    public void Say(string text = "")
    {
        if (Json) return;
        lock (_gate)
        {
            Clear();
            _output.WriteLine(text);
        }
    }

    /// <summary>The result for machines; nothing without <c>--json</c>.</summary>
    public void Answer(JsonNode document)
    {
        if (Json) _output.WriteLine(document.ToJsonString(s_json));
    }

    /// <summary>A table of the result, for people.</summary>
    /// <param name="header">Column names; those that start with <c>&gt;</c> are numbers and stand to the right.</param>
    /// <param name="rows">The cells.</param>
    public void Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (Json) return;
        lock (_gate)
        {
            Clear();
            _output.Write(Render(header, [.. rows]));
        }
    }

    /// <summary>A remark beside the result.</summary>
    public void Note(string text)
    {
        lock (_gate)
        {
            Clear();
            _error.WriteLine(text);
        }
    }

    /// <summary>A warning beside the result.</summary>
    public void Warn(string text) => Note("warning: " + text);

    /// <summary>Progress of long work: drawn over itself on a terminal, a line now and then elsewhere.</summary>
    /// <param name="what">What is being done.</param>
    /// <param name="done">Steps done.</param>
    /// <param name="total">Steps in all.</param>
    /// <param name="detail">Figures of the moment.</param>
    public void Progress(string what, long done, long total, string detail = "")
    {
        lock (_gate)
        {
            var now = System.Environment.TickCount64;
            var last = done >= total;
            if (!last && now - _drawn < (IsLive ? 100 : 10_000)) return;
            _drawn = now;
            var text = $"{what} {done}/{total}{(detail == "" ? "" : "  " + detail)}";
            if (!IsLive)
            {
                _error.WriteLine(text);
                return;
            }
            var width = 24;
            var full = total == 0 ? width : (int)(width * done / total);
            Clear();
            _line = $"[{new string('#', full)}{new string('.', width - full)}] {text}";
            _error.Write(last ? _line + "\n" : _line);
            if (last) _line = "";
        }
    }

    static string Render(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var right = header.Select(name => name.StartsWith('>')).ToArray();
        var names = header.Select(name => name.TrimStart('>')).ToArray();
        var widths = names.Select((name, i) => rows.Select(row => row[i].Length).Append(name.Length).Max()).ToArray();
        var text = new System.Text.StringBuilder();
        void Line(IReadOnlyList<string> cells)
        {
            var parts = cells.Select((cell, i) => right[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            text.Append(string.Join("  ", parts).TrimEnd()).Append('\n');
        }
        Line(names);
        Line([.. widths.Select(width => new string('-', width))]);
        foreach (var row in rows) Line(row);
        return text.ToString();
    }

    void Clear()
    {
        if (_line == "") return;
        _error.Write("\r" + new string(' ', _line.Length) + "\r");
        _line = "";
    }
}

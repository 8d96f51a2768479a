using System.Text;
using Kymo.Config;
using Kymo.Tuning;
using Kymo.Tuning.Json;

namespace Kymo.App.Searches;

/// <summary>Values of trials as overrides, and lines of overrides as a shell reads them.</summary>
static class ParameterText
{
    /// <summary>
    /// The override that gives a parameter its value: booleans as <c>true</c> and <c>false</c>, null as <c>null</c>, a choice that
    /// is the JSON text of a list or a map as that list or map.
    /// </summary>
    public static string Override(string name, object? value) => $"{name}={OverrideWriter.Write(Typed(value))}";

    /// <summary>The overrides of a trial's parameters, in the order they were asked for.</summary>
    public static IReadOnlyList<string> Overrides(FrozenTrial trial) =>
        [.. trial.Parameters.Select(parameter => Override(parameter.Name, parameter.Value))];

    /// <summary>Words as one line that a POSIX shell splits into the same words again.</summary>
    public static string Line(IEnumerable<string> words) => string.Join(' ', words.Select(Quoted));

    /// <summary>The words of a line: split at blanks, single and double quotes and backslashes honoured as a shell does.</summary>
    /// <param name="line">The line.</param>
    /// <param name="source">Where the line stands, for the message.</param>
    /// <exception cref="ConfigException">A quote is not closed.</exception>
    public static IReadOnlyList<string> Words(string line, string source)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var begun = false;
        for (var i = 0; i < line.Length; i++)
        {
            var letter = line[i];
            if (char.IsWhiteSpace(letter))
            {
                if (begun) words.Add(word.ToString());
                word.Clear();
                begun = false;
                continue;
            }
            begun = true;
            if (letter == '\\' && i + 1 < line.Length) word.Append(line[++i]);
            else if (letter is not ('\'' or '"')) word.Append(letter);
            else
            {
                var end = Closing(line, i);
                if (end < 0) throw new ConfigException($"{source}: the quote {letter} at character {i + 1} is never closed: {line}");
                word.Append(letter == '"' ? line[(i + 1)..end].Replace("\\\"", "\"", StringComparison.Ordinal) : line[(i + 1)..end]);
                i = end;
            }
        }
        if (begun) words.Add(word.ToString());
        return words;
    }

    /// <summary>The typed value that stands in an override.</summary>
    static OverrideValue Typed(object? value) => value is string text && text.Length > 1 && text[0] is '[' or '{'
        ? Structure((string)value)
        : Plain(value);

    // Text that only looks like JSON stays text.
    static OverrideValue Structure(string text)
    {
        try
        {
            return Plain(PythonJson.Read(text, "choice"));
        }
        catch (StudyException)
        {
            return new TextValue(text);
        }
    }

    static OverrideValue Plain(object? value) => value switch
    {
        null => NullValue.Instance,
        bool flag => BoolValue.Of(flag),
        long number => new IntValue(number),
        double number => new FloatValue(number),
        string text => text.Length == 0 ? new QuotedValue("", QuoteKind.Single) : new TextValue(text),
        IReadOnlyDictionary<string, object?> map =>
            new DictValue([.. map.Select(entry => KeyValuePair.Create<OverrideValue, OverrideValue>(new TextValue(entry.Key), Plain(entry.Value)))]),
        IReadOnlyList<object?> list => new ListValue([.. list.Select(Plain)]),
        _ => throw new ArgumentException($"{value.GetType().Name} is no value of a parameter"),
    };

    static string Quoted(string word)
    {
        const string Harmless = "@%+=:,./-_";
        return word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || Harmless.Contains(letter))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
    }

    static int Closing(string line, int open)
    {
        for (var i = open + 1; i < line.Length; i++)
        {
            if (line[i] == line[open]) return i;
            if (line[i] == '\\' && line[open] == '"') i++;
        }
        return -1;
    }
}

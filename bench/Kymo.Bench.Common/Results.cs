using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Kymo.Bench;

/// <summary>One comparison: medians of both sides, taken in turns in one run.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Unit">Unit of both figures.</param>
/// <param name="Kymo">Median of this side; the smaller the better.</param>
/// <param name="Peer">Median of the peer; null where there is none.</param>
/// <param name="Goal">What is asked for: a ratio where there is a peer, a limit of <see cref="Kymo"/> where there is none.</param>
/// <param name="Note">What else was seen.</param>
public sealed record Result(string Name, string Unit, double Kymo, double? Peer, double Goal, string Note = "")
{
    /// <summary>How many times as good as the peer.</summary>
    public double? Ratio => Peer / Kymo;

    /// <summary>Whether the goal is reached.</summary>
    public bool IsReached => Ratio is { } ratio ? ratio >= Goal : Kymo <= Goal;
}

/// <summary>All that one run of a bench program found.</summary>
/// <param name="Title">What was compared.</param>
/// <param name="Program">The folder of the program under <c>bench/</c>.</param>
/// <param name="Conditions">Machine, threads, versions.</param>
/// <param name="Rows">The comparisons.</param>
/// <param name="Remarks">What was left out, and why.</param>
public sealed record Results(string Title, string Program, string Conditions, IReadOnlyList<Result> Rows, IReadOnlyList<string> Remarks)
{
    static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The median time of some rounds, seconds, after one that does not count.</summary>
    public static double MedianSeconds(int rounds, Action act)
    {
        var times = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            act();
            if (round > 0) times.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        return Median(times);
    }

    /// <summary>Prints the table, or JSON, and writes <c>bench/results/FILE</c>.</summary>
    /// <param name="json">Whether JSON is printed.</param>
    /// <param name="file">The table's file; null writes none.</param>
    public void Print(bool json, string? file)
    {
        var table = ToMarkdown();
        if (file is not null) File.WriteAllText(Path.Combine(Machine.Root(), "bench", "results", file), table);
        Console.WriteLine(json ? JsonSerializer.Serialize(this, s_json) : table);
    }

    string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Title}\n\nWritten by `bench/{Program}`; medians, both sides in turns in one run.\n\n{Conditions}.\n\n");
        text.Append("| what | unit | Kymo | peer | ratio | goal | |\n|---|---|---|---|---|---|---|\n");
        foreach (var row in Rows)
            text.Append(CultureInfo.InvariantCulture,
                $"| {row.Name} | {row.Unit} | {row.Kymo:G4} | {row.Peer:G4} | {row.Ratio:F2} | {(row.Peer is null ? "at most " : "")}{row.Goal:G4} | {(row.IsReached ? "" : "missed; ")}{row.Note} |\n");
        foreach (var remark in Remarks) text.Append(CultureInfo.InvariantCulture, $"\n{remark}\n");
        return text.ToString();
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;

namespace Kymo.Lab.Runs;

/// <summary>A score over runs that differ in their seed only.</summary>
/// <param name="Settings">What else was set; empty for nothing.</param>
/// <param name="Score">Name of the score.</param>
/// <param name="Values">One a seed; collapsed runs are left out.</param>
/// <param name="Collapsed">How many runs collapsed.</param>
public sealed record SeedSummary(string Settings, string Score, IReadOnlyList<double> Values, int Collapsed)
{
    // Student's t, two-sided 95 %, for 1 to 30 degrees of freedom (NIST/SEMATECH e-Handbook, table 1.3.6.7.2).
    static readonly double[] s_t =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
        2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    /// <summary>Half the width of the 95 % interval of the mean over seeds (Student's t).</summary>
    public double HalfWidth => MeanAndDeviation.Of([.. Values]).SampleDeviation * s_t[Math.Min(Values.Count - 1, s_t.Length) - 1] / Math.Sqrt(Values.Count);

    /// <summary>The summary in a line.</summary>
    public string Line
    {
        get
        {
            var of = MeanAndDeviation.Of([.. Values]);
            return string.Create(CultureInfo.InvariantCulture,
                $"{(Settings == "" ? "" : Settings + ": ")}{Score} over {Values.Count} seeds: mean {of.Mean:F3}, deviation {of.SampleDeviation:F3} (n-1), 95 % interval {of.Mean - HalfWidth:F3} to {of.Mean + HalfWidth:F3}")
                + (Collapsed > 0 ? $"; {Collapsed} collapsed and left out" : "");
        }
    }

    /// <summary>Groups runs by everything but their seed; groups of one seed are left out.</summary>
    /// <param name="runs">The overrides of each run, separated by blanks, and its <c>metrics.json</c>.</param>
    public static IReadOnlyList<SeedSummary> Of(IEnumerable<(string Overrides, JsonObject Metrics)> runs)
    {
        var summaries = new List<SeedSummary>();
        foreach (var group in runs.GroupBy(run => string.Join(' ', run.Overrides.Split(' ').Where(part => !part.StartsWith("seed=", StringComparison.Ordinal)))))
        {
            var sound = group.Where(run => (string?)run.Metrics["status"] != "collapsed").ToArray();
            if (sound.Length < 2) continue;
            var score = sound[0].Metrics["test"]!.AsObject().Select(entry => entry.Key).FirstOrDefault(name => name != "loss") ?? "loss";
            summaries.Add(new SeedSummary(group.Key, score, [.. sound.Select(run => (double?)run.Metrics["test"]![score] ?? double.NaN)], group.Count() - sound.Length));
        }
        return summaries;
    }

    /// <summary>The summary for a program.</summary>
    public JsonObject ToJson()
    {
        var of = MeanAndDeviation.Of([.. Values]);
        return new JsonObject
        {
            ["settings"] = Settings,
            ["score"] = Score,
            ["seeds"] = Values.Count,
            ["mean"] = of.Mean,
            ["std_sample"] = of.SampleDeviation,
            ["low"] = of.Mean - HalfWidth,
            ["high"] = of.Mean + HalfWidth,
            ["collapsed"] = Collapsed,
        };
    }
}

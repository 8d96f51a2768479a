using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary>
/// Follows the epoch tables of a run. The value of an epoch of a single run is the metric as the table has it; of a cross-validated run
/// it is the mean, over the folds begun, of the best value so far. The score is the metric of the epoch whose weights are kept, the mean
/// over folds; with <c>compat.hpo_score=last</c> that of the last epoch, as a published search had it.
/// </summary>
/// <param name="run">The run's folder; may be absent yet.</param>
/// <param name="metric">A column, for instance <c>val_f1</c>; <c>val_</c> may be left out, and common other names are understood.</param>
/// <param name="direction">Which way the metric is better.</param>
sealed class TrialScores(string run, string metric, StudyDirection direction)
{
    static readonly Dictionary<string, string> s_otherNames = new()
    {
        ["f1"] = "f1_macro",
        ["macro_f1"] = "f1_macro",
        ["accuracy"] = "acc",
        ["balanced_accuracy"] = "balanced_acc",
        ["precision"] = "precision_macro",
        ["recall"] = "recall_macro",
    };

    readonly Dictionary<string, int> _seen = [];
    readonly Dictionary<string, double> _best = [];
    long _step;

    /// <summary>The epochs written since the last call: step (epochs so far, from 1) and value; not a number where the cell is blank.</summary>
    /// <exception cref="ConfigException">The tables have no such metric; the message lists those they have.</exception>
    public IReadOnlyList<(long Step, double Value)> New()
    {
        var values = new List<(long, double)>();
        var isCrossValidated = Directory.Exists(Path.Combine(run, "folds"));
        foreach (var path in Tables())
        {
            var table = CsvTable.Read(path);
            var column = Column(table);
            for (var row = _seen.GetValueOrDefault(path); row < table.Rows.Count; row++)
            {
                var value = table.Number(row, column);
                var before = _best.GetValueOrDefault(path, double.NaN);
                _best[path] = double.IsNaN(before) || IsBetter(value, before) ? value : before;
                values.Add((++_step, isCrossValidated ? _best.Values.Average() : value));
            }
            _seen[path] = table.Rows.Count;
        }
        return values;
    }

    /// <summary>The score of the ended run; not a number where a table has no epoch or a blank cell at the kept one.</summary>
    /// <exception cref="ConfigException">The tables have no such metric.</exception>
    public double Score()
    {
        double[] kept = [.. Tables().Select(Kept)];
        return kept.Length == 0 ? double.NaN : kept.Average();
    }

    /// <summary>Whether a metric is measured on held-out data, which no search may look at.</summary>
    public static bool IsHeldOut(string metric) => metric.StartsWith("test_", StringComparison.Ordinal);

    bool TakesLast => File.Exists(Path.Combine(run, RunFiles.ResolvedConfig))
        && (CanonicalJson.ReadObject(Path.Combine(run, RunFiles.ResolvedConfig))["compat"] as JsonObject)?["hpo_score"]?.GetValue<string>() == "last";

    double Kept(string path)
    {
        var table = CsvTable.Read(path);
        var column = Column(table);
        if (TakesLast && table.Rows.Count > 0) return table.Number(table.Rows.Count - 1, column);
        var best = table.Header.Contains("is_best") ? table.Column("is_best") : -1;
        for (var row = table.Rows.Count - 1; row >= 0 && best >= 0; row--)
            if (table.Rows[row][best] == "1") return table.Number(row, column);
        var values = Enumerable.Range(0, table.Rows.Count).Select(row => table.Number(row, column)).Where(value => !double.IsNaN(value)).ToArray();
        return values.Length == 0 ? double.NaN : direction == StudyDirection.Maximize ? values.Max() : values.Min();
    }

    string[] Tables()
    {
        var folds = Path.Combine(run, "folds");
        if (!Directory.Exists(folds)) return File.Exists(Path.Combine(run, RunFiles.EpochMetrics)) ? [Path.Combine(run, RunFiles.EpochMetrics)] : [];
        return [.. Directory.GetDirectories(folds, "fold_*").OrderBy(NumberOf).Select(fold => Path.Combine(fold, RunFiles.EpochMetrics)).Where(File.Exists)];
    }

    int Column(CsvTable table)
    {
        foreach (var name in Names())
            if (table.Header.Contains(name)) return table.Column(name);
        var there = table.Header.Where(name => name.StartsWith("val_", StringComparison.Ordinal) || name.StartsWith("train_", StringComparison.Ordinal));
        throw new ConfigException($"--metric {metric}: the epoch tables of these runs have no such column; there are {string.Join(", ", there)}");
    }

    IEnumerable<string> Names()
    {
        yield return metric;
        var (prefix, name) = metric.StartsWith("train_", StringComparison.Ordinal) ? ("train_", metric["train_".Length..])
            : metric.StartsWith("val_", StringComparison.Ordinal) ? ("val_", metric["val_".Length..]) : ("val_", metric);
        yield return prefix + name;
        if (s_otherNames.TryGetValue(name, out var other)) yield return prefix + other;
    }

    bool IsBetter(double value, double than) => direction == StudyDirection.Maximize ? value > than : value < than;

    static int NumberOf(string fold) => int.TryParse(Path.GetFileName(fold).AsSpan("fold_".Length), CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
}

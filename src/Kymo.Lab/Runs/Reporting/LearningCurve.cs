using Kymo.Signals;

namespace Kymo.Lab.Runs.Reporting;

/// <summary>The scores of one training, epoch by epoch.</summary>
/// <param name="Fold">The fold, or null for a single run.</param>
/// <param name="BestEpoch">The epoch whose weights were kept, from 1; 0 if none was.</param>
/// <param name="Train">Values by score on training data; not a number where not measured.</param>
/// <param name="Validation">The same on validation data.</param>
public sealed record LearningCurve(
    int? Fold, int BestEpoch, IReadOnlyDictionary<string, double[]> Train, IReadOnlyDictionary<string, double[]> Validation)
{
    /// <summary>Number of epochs.</summary>
    public int Epochs => Train["loss"].Length;

    /// <summary>Reads <c>epoch_metrics.csv</c> of one training.</summary>
    /// <param name="path">The table.</param>
    /// <param name="contract">The run's promises.</param>
    /// <param name="fold">The fold, or null.</param>
    /// <exception cref="DataException">The table is damaged.</exception>
    public static LearningCurve Read(string path, RunContract contract, int? fold)
    {
        var table = CsvTable.Read(path);
        var isBest = table.Column("is_best");
        var best = 0;
        for (var row = 0; row < table.Rows.Count; row++)
            if (table.Rows[row][isBest] == "1") best = row + 1;
        Dictionary<string, double[]> Columns(string split) => contract.Scores.ToDictionary(s => s, s =>
        {
            var column = table.Column($"{split}_{s}");
            return Enumerable.Range(0, table.Rows.Count).Select(r => table.Number(r, column)).ToArray();
        });
        return new LearningCurve(fold, best, Columns("train"), Columns("val"));
    }

    /// <summary>The curves of a run: one, or one per fold.</summary>
    /// <exception cref="DataException">A table is absent or damaged.</exception>
    public static IReadOnlyList<LearningCurve> ReadAll(string runFolder, RunContract contract) => contract.IsCrossValidated
        ? [.. contract.Folds.Select(f => Read(Path.Combine(runFolder, RunFiles.Fold(f), RunFiles.EpochMetrics), contract, f))]
        : [Read(Path.Combine(runFolder, RunFiles.EpochMetrics), contract, null)];
}

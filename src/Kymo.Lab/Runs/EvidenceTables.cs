using System.Globalization;
using Kymo.Lab.Metrics;

namespace Kymo.Lab.Runs;

/// <summary>Whether a trained network is worth comparing.</summary>
public enum RunStatus
{
    /// <summary>Trained as it should.</summary>
    Ok,

    /// <summary>It answers (almost) one class whatever it is shown: excluded from "best".</summary>
    Collapsed,
}

/// <summary>One fold of a cross-validated run, as <c>fold_metrics.csv</c> holds it.</summary>
/// <param name="Fold">The fold that was held out.</param>
/// <param name="Status">Whether the training collapsed.</param>
/// <param name="TrainCount">Number of training items.</param>
/// <param name="ValidationCount">Number of validation items.</param>
/// <param name="TestCount">Number of held-out items.</param>
/// <param name="BestEpoch">Epoch that validation chose.</param>
/// <param name="EpochsRan">Epochs trained.</param>
/// <param name="Seconds">How long the fold took.</param>
/// <param name="Validation">Scores on validation data at the best epoch.</param>
/// <param name="Test">Scores on the held-out fold.</param>
public sealed record FoldRow(
    int Fold, RunStatus Status, int TrainCount, int ValidationCount, int TestCount, int BestEpoch, int EpochsRan, double Seconds,
    IReadOnlyDictionary<string, double> Validation, IReadOnlyDictionary<string, double> Test);

/// <summary>Writes the tables of results.</summary>
public static class EvidenceTables
{
    /// <summary><c>test_metrics.csv</c>. In a cross-validated run the scores are those of all held-out items together.</summary>
    public static void WriteTest(
        RunFolder run, RunContract contract, string runId, DateTimeOffset when, IReadOnlyDictionary<string, double> scores) =>
        run.WriteTable(RunFiles.TestMetrics, contract.TestColumns,
            [(string[])[Timestamp.Text(when), runId, .. contract.Scores.Select(s => Cell(scores, s))]]);

    /// <summary><c>class_metrics.csv</c>: the classes on validation data, then on held-out data.</summary>
    public static void WriteClasses(
        RunFolder run, RunContract contract, DateTimeOffset when, ConfusionMatrix validation, ConfusionMatrix test) =>
        run.WriteTable(RunFiles.ClassMetrics, RunContract.ClassColumns,
            [.. ClassRows(contract, when, "validation", validation), .. ClassRows(contract, when, "test", test)]);

    /// <summary><c>test_confusion_matrix.csv</c>.</summary>
    public static void WriteConfusion(RunFolder run, RunContract contract, ConfusionMatrix test) =>
        run.WriteTable(RunFiles.ConfusionMatrix, contract.ConfusionColumns, contract.Classes.Select((name, t) =>
            (string[])[name, .. contract.Classes.Select((_, p) => Text(test[t, p]))]));

    /// <summary><c>fold_metrics.csv</c>, in the order given.</summary>
    public static void WriteFolds(RunFolder run, RunContract contract, IEnumerable<FoldRow> folds) =>
        run.WriteTable(RunFiles.FoldMetrics, contract.FoldColumns, folds.Select(f => (string[])
        [
            Text(f.Fold), StatusText(f.Status), Text(f.TrainCount), Text(f.ValidationCount), Text(f.TestCount),
            Text(f.BestEpoch), Text(f.EpochsRan), NumberText.Cell(f.Seconds),
            .. contract.Scores.Select(s => Cell(f.Validation, s)), .. contract.Scores.Select(s => Cell(f.Test, s)),
        ]));

    /// <summary><c>epoch_metrics.csv</c> of a cross-validated run: the tables of its folds one after the other.</summary>
    public static void CombineEpochs(RunFolder run, RunContract contract, string runId) =>
        run.WriteTable(RunFiles.EpochMetrics, contract.EpochColumns,
            contract.Folds.SelectMany(f => run.Unit(f).Epochs(contract, runId).Rows));

    /// <summary><c>excluded_items.csv</c>: every item that was left out, and why. Written also when there is none.</summary>
    public static void WriteExcluded(RunFolder run, IEnumerable<ExcludedItem> items) =>
        run.WriteTable(RunFiles.ExcludedItems, ["id", "reason"], items.Select(i => (string[])[i.Id, i.Reason]));

    internal static string StatusText(RunStatus status) => status == RunStatus.Ok ? "ok" : "collapsed";

    static IEnumerable<string[]> ClassRows(RunContract contract, DateTimeOffset when, string split, ConfusionMatrix matrix) =>
        ClassScores.Of(matrix).Select((s, c) => (string[])
        [
            Timestamp.Text(when), split, Text(c), contract.Classes[c],
            NumberText.Of(s.Precision), NumberText.Of(s.Recall), NumberText.Of(s.F1), Text(s.Support),
        ]);

    static string Cell(IReadOnlyDictionary<string, double> scores, string name) =>
        scores.TryGetValue(name, out var value) ? NumberText.Cell(value) : "";

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

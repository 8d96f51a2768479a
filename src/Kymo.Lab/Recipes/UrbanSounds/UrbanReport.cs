using Kymo.Lab.Data;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;
using Kymo.Lab.Runs.Trackers;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>What a person looks at: figures, the page, TensorBoard's file.</summary>
static class UrbanReport
{
    /// <summary>Writes figures and <c>report.html</c>.</summary>
    /// <param name="run">The run.</param>
    /// <param name="set">The recordings.</param>
    /// <param name="summary">What the run reports.</param>
    /// <param name="outcomes">The folds.</param>
    /// <param name="evidence">All folds together.</param>
    /// <param name="warn">Told why a figure is missing.</param>
    public static void Write(
        RunFolder run, RecordingSet set, RunSummary summary, IReadOnlyList<FoldOutcome> outcomes, UrbanEvidence evidence, Action<string> warn)
    {
        var report = new RunReport
        {
            Summary = summary,
            Data = Describe(set, outcomes),
            Curves = LearningCurve.ReadAll(run.Path, summary.Contract),
            TestMatrix = evidence.Test,
            EpochChoice = EpochChoice(outcomes),
            Environment = CanonicalJson.ReadObject(run.PathOf(RunFiles.Environment)),
            Git = GitState.Of(AppContext.BaseDirectory),
        };
        var (figures, warnings) = Figures.Write(run, report, new Gnuplot());
        foreach (var warning in warnings) warn(warning);
        HtmlReport.Write(run, report, figures);
    }

    /// <summary>Writes every epoch's scalars for TensorBoard, and the log they were made from.</summary>
    public static void WriteEvents(RunFolder run, DateTimeOffset started, IReadOnlyList<FoldOutcome> outcomes)
    {
        var path = run.PathOf(RunFiles.Events);
        File.Delete(path);
        using var log = EventLog.Open(path, [new TensorBoardWriter(run.Path, started)]);
        foreach (var outcome in outcomes)
        {
            foreach (var row in outcome.History)
            {
                foreach (var (name, value) in row.Train) log.Scalar(row.Ended, row.Epoch, $"fold_{outcome.Split.Fold}/train_{name}", value);
                foreach (var (name, value) in row.Validation) log.Scalar(row.Ended, row.Epoch, $"fold_{outcome.Split.Fold}/val_{name}", value);
                log.Scalar(row.Ended, row.Epoch, $"fold_{outcome.Split.Fold}/lr", row.LearningRate);
            }
        }
    }

    static string EpochChoice(IReadOnlyList<FoldOutcome> outcomes) =>
        outcomes.All(outcome => outcome.Split.Validation.SequenceEqual(outcome.Split.Test))
            ? "The held-out fold itself picked the epoch (compat=original): the scores flatter."
            : "What picks an epoch or stops the training is measured on recordings of their own, never on those that are reported.";

    static DataDescription Describe(RecordingSet set, IReadOnlyList<FoldOutcome> outcomes) => new()
    {
        Name = set.Name,
        Licence = set.Licence,
        ItemName = "clips",
        GroupName = "recordings",
        SplitRule = "Every fold is held out once; a recording never stands on both sides.",
        Parts =
        [
            .. outcomes.SelectMany(outcome => new[]
            {
                Part(set, $"fold {outcome.Split.Fold}: training", outcome.Split.Train),
                Part(set, $"fold {outcome.Split.Fold}: validation", outcome.Split.Validation),
                Part(set, $"fold {outcome.Split.Fold}: held out", outcome.Split.Test),
            }),
        ],
    };

    static DataPart Part(RecordingSet set, string name, int[] indices) => new(
        name, indices.Length, indices.Select(index => set.Recordings[index].Group).Distinct().Count(),
        [.. Enumerable.Range(0, set.Classes.Count).Select(label => indices.Count(index => set.Recordings[index].Label == label))]);
}

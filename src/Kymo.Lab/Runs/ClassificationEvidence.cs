using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs.Reporting;
using Kymo.Lab.Training;

namespace Kymo.Lab.Runs;

/// <summary>One finished part of a classification run: a fold, or the run itself.</summary>
public sealed record ClassificationOutcome
{
    /// <summary>The fold that was held out; null for a run without folds.</summary>
    public int? Fold { get; init; }

    /// <summary>The epochs.</summary>
    public required IReadOnlyList<EpochRow> History { get; init; }

    /// <summary>The best epoch by validation, from 1.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>What early stop did.</summary>
    public required EarlyStopState EarlyStop { get; init; }

    /// <summary>Items learned from.</summary>
    public required int TrainCount { get; init; }

    /// <summary>The reported weights on validation items.</summary>
    public required ClassEvaluation Validation { get; init; }

    /// <summary>The reported weights on held-out items.</summary>
    public required ClassEvaluation Test { get; init; }

    /// <summary>Names of the held-out items.</summary>
    public required IReadOnlyList<string> TestIds { get; init; }

    /// <summary>True classes of the held-out items.</summary>
    public required IReadOnlyList<int> TestLabels { get; init; }

    /// <summary>The person or recording of each held-out item.</summary>
    public required IReadOnlyList<string> TestGroups { get; init; }

    /// <summary>Rivals on the same held-out items, by name, the strongest first.</summary>
    public required IReadOnlyList<(string Name, ConfusionMatrix Test)> Baselines { get; init; }

    /// <summary>Scores of the contract beyond the six common ones, on validation and held-out items.</summary>
    public Func<ConfusionMatrix, IReadOnlyDictionary<string, double>>? ExtraScores { get; init; }

    /// <summary>A network that names one class whatever it is shown.</summary>
    public RunStatus Status => Enumerable.Range(0, Test.Matrix.ClassCount).Any(label => Test.Matrix.PredictedCount(label) == Test.Matrix.Total)
        ? RunStatus.Collapsed
        : RunStatus.Ok;

    /// <summary>The state of a training as the beginning of an outcome.</summary>
    /// <param name="fit">The training, with the weights that are reported.</param>
    /// <param name="fold">The fold; null for a run without folds.</param>
    /// <param name="validation">The reported weights on validation items.</param>
    /// <param name="test">The reported weights on held-out items.</param>
    /// <param name="items">Name, class and group of each held-out item.</param>
    /// <param name="baselines">Rivals on the same held-out items.</param>
    public static ClassificationOutcome Of(
        Fit fit, int? fold, ClassEvaluation validation, ClassEvaluation test, IReadOnlyList<(string Id, int Label, string Group)> items,
        params IReadOnlyList<(string Name, ConfusionMatrix Test)> baselines) => new()
        {
            Fold = fold,
            History = fit.State.History,
            BestEpoch = fit.State.BestEpoch,
            EarlyStop = TrainingRun.EarlyStopOf(fit),
            TrainCount = fit.Plan.Train.Length,
            Validation = validation,
            Test = test,
            TestIds = [.. items.Select(item => item.Id)],
            TestLabels = [.. items.Select(item => item.Label)],
            TestGroups = [.. items.Select(item => item.Group)],
            Baselines = baselines,
        };

    /// <summary>All scores of a part of the data.</summary>
    public Dictionary<string, double> Scores(ClassEvaluation evaluation)
    {
        var scores = StandardScores.Classification(evaluation.Loss, evaluation.Matrix);
        if (ExtraScores is { } extra)
            foreach (var (name, value) in extra(evaluation.Matrix)) scores[name] = value;
        return scores;
    }
}

/// <summary>What a run's summary says besides its scores.</summary>
public sealed record ClassificationFacts
{
    /// <summary>Name of the network.</summary>
    public required string Model { get; init; }

    /// <summary>Optimiser and schedule.</summary>
    public required OptimOptions Optim { get; init; }

    /// <summary>Size and speed of the network.</summary>
    public required NetworkCost Cost { get; init; }

    /// <summary>Multiplications of one item's forward pass, or null.</summary>
    public long? Macs { get; init; }

    /// <summary>What the data were.</summary>
    public required DataDescription Data { get; init; }

    /// <summary>What an interval is drawn over: <c>recording</c>, <c>person</c>, <c>night</c>.</summary>
    public required string GroupName { get; init; }

    /// <summary>Items left out, and why.</summary>
    public IReadOnlyList<ExcludedItem> Excluded { get; init; } = [];

    /// <summary>Further warnings.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Leaderboard columns of this task.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Columns { get; init; } = new Dictionary<string, JsonNode?>();

    /// <summary>Further keys of <c>metrics.json</c>.</summary>
    public JsonObject Extra { get; init; } = [];

    /// <summary>Further lines for a person.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>A sentence about which items chose the epoch, where it is not the usual one.</summary>
    public string? EpochChoice { get; init; }
}

/// <summary>What all parts of a classification run say together, beside their baselines.</summary>
public sealed class ClassificationEvidence
{
    readonly TrainingRun _run;
    readonly RunContract _contract;
    readonly IReadOnlyList<ClassificationOutcome> _outcomes;

    /// <summary>Gathers the parts.</summary>
    public ClassificationEvidence(TrainingRun run, IReadOnlyList<ClassificationOutcome> outcomes)
    {
        (_run, _contract, _outcomes) = (run, run.Plan.Contract, outcomes);
        Test = Sum(outcomes.Select(outcome => outcome.Test.Matrix));
        Validation = Sum(outcomes.Select(outcome => outcome.Validation.Matrix));
    }

    /// <summary>Counts of all held-out items.</summary>
    public ConfusionMatrix Test { get; }

    /// <summary>Counts of all validation items.</summary>
    public ConfusionMatrix Validation { get; }

    /// <summary>The part of the best validation accuracy: its checkpoints stand at the top of the run.</summary>
    public ClassificationOutcome Promoted => _outcomes.MaxBy(outcome => Accuracy.Of(outcome.Validation.Matrix))!;

    /// <summary>One row for each held-out item.</summary>
    public IEnumerable<ClassPrediction> Predictions() => _outcomes.SelectMany(outcome => outcome.TestIds.Select((id, i) =>
    {
        var probabilities = outcome.Test.Probabilities[i];
        return new ClassPrediction(id, outcome.Fold, outcome.TestLabels[i], Largest.IndexOf(probabilities), probabilities);
    }));

    /// <summary>Writes <c>item_groups.csv</c>: what a comparison with another run must draw together.</summary>
    public void WriteGroups(RunFolder folder) => folder.WriteTable(RunFiles.ItemGroups, ["id", "group"],
        _outcomes.SelectMany(outcome => outcome.TestIds.Zip(outcome.TestGroups, (id, group) => (string[])[id, group])).DistinctBy(row => row[0]));

    /// <summary>Everything the run leaves.</summary>
    public RunEvidence Report(ClassificationFacts facts)
    {
        var plan = _run.Plan;
        var promoted = Promoted;
        var first = _outcomes[0];
        var ended = _run.Now;
        var summary = new RunSummary
        {
            Contract = _contract,
            RunName = _run.Folder.Name,
            ConfigHash = _run.ConfigHash,
            Started = _run.Started,
            Ended = ended,
            Seconds = RunSummary.SecondsOf(_run.Began, ended, _outcomes.SelectMany(outcome => outcome.History)),
            Seed = plan.Seed,
            Device = plan.Device.Kind.ToString().ToLowerInvariant(),
            DeviceName = plan.Device.ToString(),
            Model = facts.Model,
            Optimizer = facts.Optim.Title,
            Scheduler = facts.Optim.ScheduleTitle,
            Hyperparameters = _run.Settings,
            BestEpoch = promoted.BestEpoch,
            EpochsRan = _outcomes.Sum(outcome => outcome.History.Count),
            EarlyStop = promoted.EarlyStop,
            ValidationBest = promoted.History.Count == 0 ? promoted.Scores(promoted.Validation) : promoted.History[promoted.BestEpoch - 1].Validation,
            ValidationCurrent = promoted.Scores(promoted.Validation),
            Test = Pooled(first),
            TestIntervals = Intervals(first),
            IntervalsOver = facts.GroupName,
            Baselines = [.. first.Baselines.Select((baseline, i) => new Baseline(baseline.Name, BaselineScores(first, i)))],
            Folds = _contract.IsCrossValidated ? [.. _outcomes.Select(Row)] : [],
            Parameters = facts.Cost.Parameters,
            ModelSizeMiB = facts.Cost.SizeMiB,
            CpuLatencyMs = facts.Cost.Mean,
            LatencyP50Ms = facts.Cost.P50,
            LatencyP95Ms = facts.Cost.P95,
            Macs = facts.Macs,
            Status = _outcomes.Any(outcome => outcome.Status == RunStatus.Collapsed) ? RunStatus.Collapsed : RunStatus.Ok,
            Warnings = [.. Warnings(facts)],
            Excluded = facts.Excluded,
            DataFingerprint = plan.Data,
            Columns = facts.Columns,
            Extra = facts.Extra,
        };
        return new RunEvidence
        {
            Summary = summary,
            Data = facts.Data,
            Lines = Lines(summary, facts),
            EpochChoice = facts.EpochChoice ?? "What picks an epoch or stops the training is measured on items of their own, never on those that are reported.",
            PromotedFold = _contract.IsCrossValidated ? promoted.Fold : null,
            Validation = Validation,
            Test = Test,
            Classes = Predictions(),
        };
    }

    FoldRow Row(ClassificationOutcome outcome) => new(
        outcome.Fold!.Value, outcome.Status, outcome.TrainCount, (int)outcome.Validation.Matrix.Total, outcome.TestIds.Count,
        outcome.BestEpoch, outcome.History.Count, outcome.History.Sum(row => row.Seconds), outcome.Scores(outcome.Validation), outcome.Scores(outcome.Test));

    Dictionary<string, double> Pooled(ClassificationOutcome first)
    {
        var loss = _outcomes.Sum(outcome => outcome.Test.Loss * outcome.TestIds.Count) / Test.Total;
        return first.Scores(new ClassEvaluation(loss, Test, []));
    }

    Dictionary<string, double> BaselineScores(ClassificationOutcome first, int index)
    {
        var scores = first.Scores(new ClassEvaluation(double.NaN, Rival(index), []));
        scores.Remove("loss");
        return scores;
    }

    ConfusionMatrix Rival(int index) => Sum(_outcomes.Select(outcome => outcome.Baselines[index].Test));

    Dictionary<string, Interval> Intervals(ClassificationOutcome first)
    {
        int[] truth = [.. _outcomes.SelectMany(outcome => outcome.TestLabels)];
        int[] predicted = [.. Predictions().Select(prediction => prediction.Predicted)];
        string[] groups = [.. _outcomes.SelectMany(outcome => outcome.TestGroups)];
        var options = new BootstrapOptions { Seed = (ulong)_run.Plan.Seed };
        Interval Of(Func<ConfusionMatrix, double> score) => BootstrapInterval.Of(truth, predicted, groups, _contract.Classes.Count, score, options);
        var intervals = new Dictionary<string, Interval> { ["acc"] = Of(Accuracy.Of), ["f1_macro"] = Of(matrix => MacroScores.Of(matrix).F1) };
        if (first.ExtraScores is { } extra)
            foreach (var name in extra(Test).Keys) intervals[name] = Of(matrix => extra(matrix)[name]);
        return intervals;
    }

    IEnumerable<string> Warnings(ClassificationFacts facts)
    {
        foreach (var outcome in _outcomes.Where(outcome => outcome.Status == RunStatus.Collapsed))
            yield return $"{(outcome.Fold is { } fold ? $"fold {fold}" : "the run")} collapsed: the network names one class whatever it is given";
        foreach (var warning in facts.Warnings) yield return warning;
        for (var i = 0; i < _outcomes[0].Baselines.Count; i++)
            if (Accuracy.Of(Test) <= Accuracy.Of(Rival(i))) yield return $"the network is no better than {_outcomes[0].Baselines[i].Name}";
    }

    List<string> Lines(RunSummary summary, ClassificationFacts facts)
    {
        string[] rivals = [.. _outcomes[0].Baselines.Select(baseline => baseline.Name)];
        var lines = new List<string>();
        if (_outcomes.Count > 1 || _contract.IsCrossValidated)
        {
            lines.Add($"fold  {facts.Data.ItemName,6}  accuracy" + string.Concat(rivals.Select(name => "  " + name)));
            lines.AddRange(_outcomes.Select(outcome => $"{outcome.Fold,4}  {outcome.TestIds.Count,6}  {Text(Accuracy.Of(outcome.Test.Matrix)),8}"
                + string.Concat(outcome.Baselines.Select((rival, i) => "  " + Text(Accuracy.Of(rival.Test)).PadLeft(rivals[i].Length)))));
            if (_outcomes.Count > 1)
            {
                var mean = MeanAndDeviation.Of([.. _outcomes.Select(outcome => Accuracy.Of(outcome.Test.Matrix))]);
                lines.Add($"mean {"",7}  {Text(mean.Mean),8}"
                    + string.Concat(rivals.Select((name, i) => "  " + Text(_outcomes.Average(outcome => Accuracy.Of(outcome.Baselines[i].Test))).PadLeft(name.Length)))
                    + $"   deviation {Text(mean.PopulationDeviation)} (n), {Text(mean.SampleDeviation)} (n-1)");
            }
        }
        else
        {
            lines.AddRange(rivals.Select((name, i) => $"{name}: accuracy {Text(Accuracy.Of(Rival(i)))}, macro F1 {Text(MacroScores.Of(Rival(i)).F1)}"));
        }
        lines.Add($"all held-out {facts.Data.ItemName}: " + string.Join(", ", summary.TestIntervals.Select(entry =>
            $"{RunReport.Label(entry.Key)} {Text(summary.Test[entry.Key])} ({entry.Value.Range("0.000")})"))
            + $"; 95 % intervals over {facts.Data.GroupName}");
        lines.AddRange(facts.Lines);
        lines.AddRange(summary.Warnings.Select(warning => "warning: " + warning));
        return lines;
    }

    ConfusionMatrix Sum(IEnumerable<ConfusionMatrix> matrices)
    {
        var sum = new ConfusionMatrix(_contract.Classes.Count);
        foreach (var matrix in matrices) sum.Merge(matrix);
        return sum;
    }

    static string Text(double share) => share.ToString("0.000", CultureInfo.InvariantCulture);
}

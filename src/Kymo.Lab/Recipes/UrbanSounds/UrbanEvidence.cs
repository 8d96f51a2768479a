using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Data;
using Kymo.Lab.Metrics;
using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>What all folds say together.</summary>
sealed class UrbanEvidence
{
    const int LatencyWarmups = 10, LatencyRuns = 50;

    readonly UrbanSoundsConfig _config;
    readonly RecordingSet _set;
    readonly RunContract _contract;
    readonly IReadOnlyList<FoldOutcome> _outcomes;
    readonly JsonObject _fingerprint;

    public UrbanEvidence(
        UrbanSoundsConfig config, RecordingSet set, RunContract contract, IReadOnlyList<FoldOutcome> outcomes, JsonObject fingerprint)
    {
        (_config, _set, _contract, _outcomes, _fingerprint) = (config, set, contract, outcomes, fingerprint);
        Test = Sum(outcomes.Select(outcome => outcome.Test.Matrix));
        Validation = Sum(outcomes.Select(outcome => outcome.Validation.Matrix));
    }

    /// <summary>Counts of all held-out clips.</summary>
    public ConfusionMatrix Test { get; }

    /// <summary>Counts of all validation clips.</summary>
    public ConfusionMatrix Validation { get; }

    /// <summary>The fold of the best validation accuracy: its checkpoints stand at the top of the run.</summary>
    public FoldOutcome Promoted => _outcomes.MaxBy(outcome => Accuracy.Of(outcome.Validation.Matrix))!;

    /// <summary>One row for each held-out clip.</summary>
    public IEnumerable<ClassPrediction> Predictions() => _outcomes.SelectMany(outcome => outcome.Split.Test.Select((index, i) =>
    {
        var probabilities = outcome.Test.Probabilities[i];
        var recording = _set.Recordings[index];
        return new ClassPrediction(recording.Id, outcome.Split.Fold, recording.Label, Classifier.ArgMax(probabilities), probabilities);
    }));

    /// <summary>Everything that <c>metrics.json</c> says.</summary>
    public RunSummary Summarise(
        string name, string hash, DateTimeOffset started, DateTimeOffset ended, Device device, JsonObject resolved, int frames)
    {
        var latency = Latency(frames);
        var network = new UrbanCnnConfig(_set.Classes.Count, _config.Features.NMels, _config.Model.EncoderDropout, _config.Model.HeadDropout);
        using var random = new RandomGenerator(0);
        using var model = new UrbanCnn(network, random, random);
        var bytes = model.SaveState().Sum(entry => (long)entry.Value.Data.Length);
        return new RunSummary
        {
            Contract = _contract,
            RunName = name,
            ConfigHash = hash,
            Started = started,
            Ended = ended,
            Seconds = _outcomes.Sum(outcome => outcome.History.Sum(row => row.Seconds)),
            Seed = _config.Seed,
            Device = device.Kind.ToString().ToLowerInvariant(),
            DeviceName = device.ToString(),
            Model = _config.Model.Name,
            Optimizer = _config.Optim.Name == "adam" ? "Adam" : "AdamW",
            Scheduler = _config.Optim.Schedule == RateSchedule.None ? "" : _config.Optim.Schedule.ToString(),
            Hyperparameters = resolved,
            BestEpoch = Promoted.BestEpoch,
            EpochsRan = _outcomes.Sum(outcome => outcome.History.Count),
            EarlyStop = new EarlyStopState(
                _config.Trainer.EarlyStopPatience, 0, Promoted.Stopped, Promoted.History.Count, Promoted.BestEpoch,
                Promoted.History[Promoted.BestEpoch - 1].Validation["f1_macro"], "val_loss"),
            ValidationBest = Promoted.History[Promoted.BestEpoch - 1].Validation,
            ValidationCurrent = Promoted.Validation.Scores,
            Test = StandardScores.Classification(MeanLoss(), Test),
            TestIntervals = Intervals(),
            IntervalsOver = "recording",
            Baselines =
            [
                new Baseline("nearest neighbour", Scores(outcome => outcome.Nearest)),
                new Baseline("majority", Scores(outcome => outcome.Majority)),
            ],
            Folds = [.. _outcomes.Select(Row)],
            Parameters = model.ParameterCount,
            ModelSizeMiB = bytes / 1048576.0,
            CpuLatencyMs = latency.Average(),
            LatencyP50Ms = latency[latency.Length / 2],
            LatencyP95Ms = latency[(int)(latency.Length * 0.95)],
            Macs = UrbanCnn.Macs(network, frames),
            Status = _outcomes.Any(outcome => outcome.Status == RunStatus.Collapsed) ? RunStatus.Collapsed : RunStatus.Ok,
            Warnings = [.. Warnings()],
            Excluded = [.. _set.Exclusions.Select(exclusion => new ExcludedItem(exclusion.Id, exclusion.Reason))],
            DataFingerprint = _fingerprint,
            Columns = Columns(),
            Extra = new JsonObject { ["compat"] = _config.Compat, ["scenes"] = Scenes() },
        };
    }

    /// <summary>The result in a few lines.</summary>
    public IReadOnlyList<string> Lines(RunSummary summary)
    {
        var folds = MeanAndDeviation.Of([.. _outcomes.Select(outcome => Accuracy.Of(outcome.Test.Matrix))]);
        string Mean(Func<FoldOutcome, ConfusionMatrix> matrix) => Text(_outcomes.Average(outcome => Accuracy.Of(matrix(outcome))));
        var interval = summary.TestIntervals["acc"];
        var lines = new List<string>
        {
            "fold   clips  accuracy  nearest  majority",
        };
        lines.AddRange(_outcomes.Select(outcome =>
            $"{outcome.Split.Fold,4}  {outcome.Split.Test.Length,6}  {Text(Accuracy.Of(outcome.Test.Matrix)),8}  {Text(Accuracy.Of(outcome.Nearest)),7}  {Text(Accuracy.Of(outcome.Majority)),8}"));
        if (_outcomes.Count > 1)
            lines.Add($"mean {"",7}  {Text(folds.Mean),8}  {Mean(outcome => outcome.Nearest),7}  {Mean(outcome => outcome.Majority),8}   deviation {Text(folds.PopulationDeviation)} (n), {Text(folds.SampleDeviation)} (n-1)");
        lines.Add($"all held-out clips: accuracy {Text(summary.Test["acc"])} (95 % interval {Text(interval.Low)} to {Text(interval.High)} over recordings), macro F1 {Text(summary.Test["f1_macro"])}");
        lines.AddRange(Scenes().Select(scene => $"{scene.Key}: accuracy {Text((double)scene.Value!["acc"]!)} of {scene.Value["clips"]} clips"));
        lines.AddRange(summary.Warnings.Select(warning => "warning: " + warning));
        return lines;
    }

    FoldRow Row(FoldOutcome outcome) => new(
        outcome.Split.Fold, outcome.Status, outcome.Split.Train.Length, outcome.Split.Validation.Length, outcome.Split.Test.Length,
        outcome.BestEpoch, outcome.History.Count, outcome.History.Sum(row => row.Seconds), outcome.Validation.Scores, outcome.Test.Scores);

    IEnumerable<string> Warnings()
    {
        foreach (var outcome in _outcomes.Where(outcome => outcome.Status == RunStatus.Collapsed))
            yield return $"fold {outcome.Split.Fold} collapsed: the network names one class whatever it hears";
        if (_config.Compat == "original")
            yield return "compat=original: the held-out fold picked the epoch, so the scores flatter";
        var dropped = _outcomes.Sum(outcome => outcome.Split.Dropped.Length);
        if (dropped > 0) yield return $"{dropped} clips left training because their recording also stands in a held-out or validation part";
        if (Accuracy.Of(Test) <= Accuracy.Of(Sum(_outcomes.Select(outcome => outcome.Nearest))))
            yield return "the network is no better than the nearest neighbour";
    }

    Dictionary<string, Interval> Intervals()
    {
        var clips = _outcomes.SelectMany(outcome => outcome.Split.Test).ToArray();
        var truth = clips.Select(index => _set.Recordings[index].Label).ToArray();
        var predicted = Predictions().Select(prediction => prediction.Predicted).ToArray();
        var groups = clips.Select(index => _set.Recordings[index].Group).ToArray();
        var options = new BootstrapOptions { Seed = (ulong)_config.Seed };
        Interval Of(Func<ConfusionMatrix, double> score) => BootstrapInterval.Of(truth, predicted, groups, _set.Classes.Count, score, options);
        return new Dictionary<string, Interval> { ["acc"] = Of(Accuracy.Of), ["f1_macro"] = Of(matrix => MacroScores.Of(matrix).F1) };
    }

    // Accuracy of each sub-population that the dataset names.
    JsonObject Scenes()
    {
        var scenes = new JsonObject();
        foreach (var scene in Predictions().Zip(_outcomes.SelectMany(outcome => outcome.Split.Test))
            .GroupBy(pair => _set.Recordings[pair.Second].Scene).Where(scene => scene.Key is not null).OrderBy(scene => scene.Key, StringComparer.Ordinal))
        {
            scenes[scene.Key!] = new JsonObject
            {
                ["clips"] = scene.Count(),
                ["acc"] = scene.Average(pair => pair.First.Truth == pair.First.Predicted ? 1.0 : 0.0),
            };
        }
        return scenes;
    }

    Dictionary<string, JsonNode?> Columns() => new()
    {
        ["sr"] = _config.Features.SampleRate,
        ["n_mels"] = _config.Features.NMels,
        ["clip_seconds"] = _config.Features.Duration,
        ["epochs"] = _config.Trainer.Epochs,
        ["lr"] = _config.Optim.Lr,
        ["weight_decay"] = _config.Optim.WeightDecay,
        ["batch_size"] = _config.Trainer.BatchSize,
    };

    double MeanLoss() => _outcomes.Sum(outcome => outcome.Test.Loss * outcome.Split.Test.Length) / Test.Total;

    Dictionary<string, double> Scores(Func<FoldOutcome, ConfusionMatrix> matrix)
    {
        var scores = StandardScores.Classification(double.NaN, Sum(_outcomes.Select(matrix)));
        scores.Remove("loss");
        return scores;
    }

    ConfusionMatrix Sum(IEnumerable<ConfusionMatrix> matrices)
    {
        var sum = new ConfusionMatrix(_set.Classes.Count);
        foreach (var matrix in matrices) sum.Merge(matrix);
        return sum;
    }

    // Forward passes of one clip, in milliseconds, sorted.
    double[] Latency(int frames)
    {
        using var random = new RandomGenerator(0);
        using var model = new UrbanCnn(
            new UrbanCnnConfig(_set.Classes.Count, _config.Features.NMels, _config.Model.EncoderDropout, _config.Model.HeadDropout), random, random);
        var clip = new float[_config.Features.NMels * frames];
        var times = new List<double>(LatencyRuns);
        for (var i = 0; i < LatencyWarmups + LatencyRuns; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Classifier.Probabilities(model, clip, 1, _config.Features.NMels, frames, Device.Cpu);
            if (i >= LatencyWarmups) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return [.. times.Order()];
    }

    static string Text(double share) => share.ToString("0.000", CultureInfo.InvariantCulture);
}

using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Tests.Runs;

/// <summary>
/// Writes whole, true run folders with the results of a made-up classifier; only the checkpoints are placeholders.
/// </summary>
static class SampleRun
{
    public static readonly string[] Classes = ["quiet", "breathe", "snore"];
    public static readonly DateTimeOffset Start = new(2026, 2, 8, 17, 41, 9, 250, TimeSpan.Zero);

    public static TimeProvider Clock { get; } = new FixedClock();

    /// <summary>A single run of three epochs, sealed.</summary>
    public static RunSummary Single(string root, string name = "tinycnn_seed42", Func<RunSummary, RunSummary>? change = null)
    {
        using var run = RunFolder.Create(root, name, Clock);
        var contract = RunContract.Classification("sleep_event_classification", Classes);
        var predictions = Predictions(60, fold: null, seed: 1);
        var summary = Summary(run, contract, predictions, []);
        WriteUnit(run.Unit(), contract, summary);
        Finish(run, summary, predictions);
        if (change is not null) summary = change(summary);
        Leaderboard.Append(run, summary);
        return summary;
    }

    /// <summary>A run cross-validated over folds 1, 2 and 5, sealed.</summary>
    public static RunSummary CrossValidated(string root, string name = "urban_seed42")
    {
        using var run = RunFolder.Create(root, name, Clock);
        var contract = RunContract.Classification("urban_sound_classification", Classes) with { Folds = [1, 2, 5] };
        var byFold = contract.Folds.ToDictionary(f => f, f => Predictions(30 + f, f, seed: f));
        List<ClassPrediction> predictions = [.. byFold.Values.SelectMany(p => p)];
        FoldRow[] folds =
        [
            .. byFold.Select(f => new FoldRow(f.Key, RunStatus.Ok, 100, 20, f.Value.Count, 2, 3, 12.5,
                Scores(0.6, Matrix(f.Value)), Scores(0.7, Matrix(f.Value)))),
        ];
        var summary = Summary(run, contract, predictions, folds);
        foreach (var fold in contract.Folds)
        {
            WriteUnit(run.Unit(fold), contract, summary);
            run.Unit(fold).PublishBestModel();
        }
        run.Unit(2).PromoteToRun();
        EvidenceTables.CombineEpochs(run, contract, summary.RunId);
        EvidenceTables.WriteFolds(run, contract, folds);
        Finish(run, summary, predictions);
        Leaderboard.Append(run, summary);
        return summary;
    }

    public static List<ClassPrediction> Predictions(int count, int? fold, int seed)
    {
        var items = Metrics.Items.Random(3, count, seed);
        return [.. Enumerable.Range(0, count).Select(i => new ClassPrediction(
            $"clip {fold}-{i}.wav", fold, items.Truth[i], items.Predicted[i], items.Probabilities[(3 * i)..(3 * i + 3)]))];
    }

    public static EpochRow Epoch(int number, double score, bool best) => new()
    {
        Epoch = number,
        Started = Start.AddSeconds(number),
        Ended = Start.AddSeconds(number + 0.75),
        Seconds = 0.75,
        Train = new Dictionary<string, double> { ["loss"] = 1.0 / number, ["acc"] = score },
        Validation = new Dictionary<string, double> { ["loss"] = 1.1 / number, ["acc"] = score, ["f1_macro"] = score },
        LearningRate = 1e-3,
        IsBest = best,
    };

    static void WriteUnit(TrainingUnit unit, RunContract contract, RunSummary summary)
    {
        var epochs = unit.Epochs(contract, summary.RunId);
        for (var e = 1; e <= 3; e++) epochs.Append(Epoch(e, 0.5 + 0.1 * (e == 2 ? 1 : 0), best: e <= 2));
        unit.WriteEarlyStop(summary.EarlyStop);
        foreach (var name in (string[])[.. RunFiles.RequiredCheckpoints, RunFiles.BestModelSafetensors])
            File.WriteAllText(unit.PathOf(name), $"weights of {unit}, {name}");
    }

    static RunSummary Summary(RunFolder run, RunContract contract, List<ClassPrediction> predictions, FoldRow[] folds)
    {
        var matrix = Matrix(predictions);
        int[] truth = [.. predictions.Select(p => p.Truth)];
        int[] predicted = [.. predictions.Select(p => p.Predicted)];
        var config = new JsonObject { ["trainer"] = new JsonObject { ["epochs"] = 3, ["lr"] = 0.001 } };
        return new RunSummary
        {
            Contract = contract,
            RunName = run.Name,
            ConfigHash = CanonicalJson.Hash(config),
            Started = Start,
            Ended = Start.AddSeconds(40),
            Seconds = 40.125,
            Seed = 42,
            Device = "cpu",
            DeviceName = "a processor",
            Model = "tinycnn",
            Optimizer = "Adam",
            Hyperparameters = config,
            BestEpoch = 2,
            EpochsRan = 3,
            EarlyStop = new EarlyStopState(5, 0, false, 3, 2, 0.6),
            ValidationBest = Scores(0.55, matrix),
            ValidationCurrent = Scores(0.55, matrix),
            Test = Scores(0.7, matrix),
            Folds = folds,
            Parameters = 23_491,
            ModelSizeMiB = 23_491 * 4 / 1048576.0,
            CpuLatencyMs = 1.25,
            LatencyP50Ms = 1.2,
            LatencyP95Ms = 1.5,
            Macs = 78_345_408,
            DataFingerprint = new JsonObject { ["sha256"] = "0123abcd", ["items"] = predictions.Count },
            TestIntervals = new Dictionary<string, Interval>
            {
                ["acc"] = BootstrapInterval.Of(truth, predicted, null, 3, Accuracy.Of, new BootstrapOptions { Resamples = 200 }),
            },
            Baselines = [new Baseline("majority", new Dictionary<string, double> { ["acc"] = 0.4 })],
            Columns = new Dictionary<string, JsonNode?>
            {
                ["epochs"] = 3,
                ["lr"] = 0.001,
                ["weight_decay"] = 1e-5,
                ["batch_size"] = 64,
                ["sr"] = 16000,
                ["n_mels"] = 64,
            },
        };
    }

    static void Finish(RunFolder run, RunSummary summary, List<ClassPrediction> predictions)
    {
        var (contract, matrix) = (summary.Contract, Matrix(predictions));
        run.WriteJson(RunFiles.ResolvedConfig, summary.Hyperparameters);
        run.WriteJson(RunFiles.Contract, contract.ToJson());
        run.WriteJson(RunFiles.Environment, RunEnvironment.Describe(
            new JsonObject { ["libtorch_version"] = "1.13.1" }, 2, new GitState("abc", "main", true), []));
        run.WriteJson(RunFiles.Git, new GitState("abc", "main", true).ToJson());
        run.WriteJson(RunFiles.DataFingerprint, summary.DataFingerprint);
        PredictionTable.Write(run, contract, predictions);
        EvidenceTables.WriteTest(run, contract, summary.RunId, summary.Ended, summary.Test);
        EvidenceTables.WriteClasses(run, contract, summary.Ended, matrix, matrix);
        EvidenceTables.WriteConfusion(run, contract, matrix);
        MetricsFile.Write(run, summary);
        run.Seal();
    }

    static ConfusionMatrix Matrix(IEnumerable<ClassPrediction> predictions) =>
        PredictionTable.Matrix(RunContract.Classification("any", Classes), predictions);

    static Dictionary<string, double> Scores(double loss, ConfusionMatrix matrix) => StandardScores.Classification(loss, matrix);

    sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Start;
    }
}

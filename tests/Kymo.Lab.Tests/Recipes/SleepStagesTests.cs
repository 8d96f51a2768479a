using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Models;
using Kymo.Lab.Prediction;
using Kymo.Lab.Recipes;
using Kymo.Lab.Recipes.SleepStages;
using Kymo.Lab.Runs;
using Kymo.Onnx;
using Kymo.Signals;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Tests.Recipes;

public sealed class SleepStagesTests : IDisposable
{
    static readonly SyntheticNightOptions s_short = new() { Seconds = 1200, MotionRate = 5 };

    readonly TempFolder _folder = new();
    readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Permutation_is_that_of_pytorch() => Assert.Equal([2, 6, 1, 8, 4, 5, 0, 9, 3, 7], SleepSplit.Permutation(10, 42));

    [Fact]
    public void Run_on_a_tree_leaves_every_file_of_the_original()
    {
        SyntheticNights.WriteTree(_folder["tree"], 6, 3, s_short);
        var run = Run("whole", "models=[LSTM,GRU,RNN,Transformer]", "split.folds=2", "trainer.epochs=1", "data.stride=60", "model.feed_forward=32");
        foreach (var file in new[]
        {
            "data_check_failures.txt", "hparams.json", "LSTM_best_model.pt", "GRU_best_model.pt", "RNN_best_model.pt", "Transformer_best_model.pt",
            "model_accuracies.csv", "scaler.json", "scaler.npz", "validation_sample.csv", "validation_sample.json", "nights.csv", "exclusions.csv", "nights.html",
        })
            Assert.True(File.Exists(Path.Combine(run, file)), file);
        Assert.Equal("", File.ReadAllText(Path.Combine(run, "data_check_failures.txt")));
        Assert.Equal("epoch,LSTM,GRU,RNN,Transformer", File.ReadLines(Path.Combine(run, "model_accuracies.csv")).First());
        Assert.StartsWith("1,", File.ReadLines(Path.Combine(run, "model_accuracies.csv")).ElementAt(1));
        Assert.Equal("heart_rate,motion_x,motion_y,motion_z,steps,motion_deviation,arm_angle,activity_count", File.ReadLines(Path.Combine(run, "validation_sample.csv")).First());
        var hparams = JsonNode.Parse(File.ReadAllText(Path.Combine(run, "hparams.json")))!.AsObject();
        Assert.Equal(
            ["dataset_dir", "negative_times", "data_alignment", "motion_magnitude", "window_size", "stride", "batch_size", "hidden_dim", "lr", "epochs", "train_split", "label_map"],
            hparams.Select(entry => entry.Key).Take(12));
        Assert.Equal("REM", (string?)hparams["label_map"]!["5"]);
        Assert.Equal(["fc.bias", "fc.weight", "gru.bias_hh_l0", "gru.bias_ih_l0", "gru.weight_hh_l0", "gru.weight_ih_l0"],
            WeightFiles.Read(Path.Combine(run, "GRU_best_model.pt")).Keys.Order());
        Assert.DoesNotContain(RunVerifier.Verify(run), finding => finding.Severity == Severity.Error);
        // Nobody stands on two sides of any fold.
        foreach (var (_, part) in hparams["people"]!.AsObject())
            Assert.Equal(6, part!.AsObject().SelectMany(side => side.Value!.AsArray()).Select(person => (string?)person).Distinct().Count());
    }

    [Fact]
    public void Sample_of_a_run_is_answered_as_it_says()
    {
        SyntheticNights.WriteTree(_folder["tree"], 6, 3, s_short);
        var run = Run("whole", "models=[GRU]", "split.folds=2", "trainer.epochs=1", "data.stride=60");
        using var predictor = Registry.Find("sleep-stages").OpenPredictor!(run, 1);
        var answer = predictor.Predict(Path.Combine(run, "validation_sample.csv"), new PredictionOptions()).Json;
        Assert.Equal("pooled", (string?)answer["normalisation"]);
        Assert.Equal(1, answer["probabilities"]!.AsObject().Sum(entry => (double)(float)entry.Value!), 1e-5);
        var night = predictor.Predict(SleepAccelTree.FileOf(_folder["tree"], "100001", StreamKind.HeartRate), new PredictionOptions()).Json;
        Assert.Equal("100001", (string?)night["person"]);
        // The network was taught every second epoch; it answers for all.
        double[] times = [.. night["epochs"]!.AsArray().Select(epoch => (double)epoch!["t"]!)];
        Assert.InRange(times.Length, 30, 40);
        Assert.All(times.Zip(times[1..]), pair => Assert.Equal(30, pair.Second - pair.First));
        var smooth = predictor.Predict(SleepAccelTree.FileOf(_folder["tree"], "100001", StreamKind.HeartRate), new PredictionOptions(Smooth: 90)).Json;
        var wake = night["epochs"]!.AsArray().Select(epoch => (double)(float)epoch!["probabilities"]!["Wake"]!).ToArray();
        Assert.Equal((wake[4] + wake[5] + wake[6]) / 3, (double)(float)smooth["epochs"]![5]!["probabilities"]!["Wake"]!, 1e-6);
        foreach (var (file, options) in new[]
        {
            (Path.Combine(run, "validation_sample.csv"), new PredictionOptions(Smooth: 90)),
            (SleepAccelTree.FileOf(_folder["tree"], "100001", StreamKind.HeartRate), new PredictionOptions(Smooth: 30)),
            (SleepAccelTree.FileOf(_folder["tree"], "100001", StreamKind.HeartRate), new PredictionOptions(Top: 2)),
        })
            Assert.Throws<ConfigException>(() => predictor.Predict(file, options));
        Assert.Throws<DataException>(() => predictor.Predict(Path.Combine(run, "hparams.json"), new PredictionOptions()));
    }

    [Fact]
    public void Evaluation_gives_the_held_out_score_again_and_never_asks_about_people_that_were_met()
    {
        SyntheticNights.WriteTree(_folder["tree"], 6, 3, s_short);
        var run = Run("whole", "models=[GRU]", "split.folds=2", "trainer.epochs=1", "data.stride=60");
        var again = Evaluate(run);
        Assert.Equal(6, (int)again["people"]!);
        foreach (var (classes, score) in (ReadOnlySpan<(int, string)>)[(5, "kappa"), (3, "f1_macro")])
        {
            var reported = (double)CanonicalJson.ReadObject(Path.Combine(run, RunFiles.Metrics))["systems"]!["GRU"]![$"classes_{classes}"]![score]!["value"]!;
            Assert.Equal(reported, (double)again[$"classes_{classes}"]![score]!["value"]!, 1e-9);
        }

        SyntheticNights.Write(_folder["others"], SyntheticNights.Make("200001", 9, s_short));
        Assert.Equal(1, (int)Evaluate(run, $"data.dataset_dir={_folder["others"]}")["people"]!);
        Assert.Throws<ConfigException>(() => Evaluate(run, "model.hidden_dim=3"));

        var one = Run("one", "models=[GRU]", "split.folds=2", "split.held_out=[1]", "trainer.epochs=1", "data.stride=60");
        var learned = CanonicalJson.ReadObject(Path.Combine(one, "hparams.json"))["people"]!.AsObject().First().Value!["train"]![0]!;
        Assert.Contains("met by every network", Assert.Throws<DataException>(() => Evaluate(one, $"data.people=[\"{learned}\"]")).Message);
    }

    [Theory]
    [InlineData("GRU", "")]
    [InlineData("LSTM", "")]
    [InlineData("RNN", "")]
    [InlineData("Transformer", "model.feed_forward=32")]
    public void Rem_is_rem_through_prediction_and_onnx(string model, string setting)
    {
        SyntheticNights.WriteTree(_folder["tree"], 6, 3, s_short);
        string[] more = setting == "" ? [] : [setting];
        var run = Run("rem", [$"models=[{model}]", "split=holdout", "split.train_split=0.8", "trainer.epochs=1", "trainer.limit_train_batches=1", "data.stride=60", .. more]);
        // A network with a large bias for REM.
        var source = Path.Combine(run, RunFiles.BestModelSafetensors);
        var file = SafetensorsFile.Read(source);
        var weights = file.Tensors.ToDictionary(entry => entry.Name, entry => entry.Tensor);
        weights["fc.bias"] = StoredTensor.Of<float>([0, 0, 0, 0, 50], 5);
        SafetensorsFile.Write(_folder["rem.safetensors"], [.. weights.Select(entry => (entry.Key, entry.Value))], file.Metadata);

        using (var predictor = Registry.Of(_folder["rem.safetensors"]).OpenPredictor!(_folder["rem.safetensors"], 0))
        {
            var answer = predictor.Predict(Path.Combine(run, "validation_sample.csv"), new PredictionOptions()).Json;
            Assert.Equal(("REM", 4, 5), ((string?)answer["predicted_label"], (int)answer["index"]!, (int)answer["stage_code"]!));
        }
        var export = Registry.Of(_folder["rem.safetensors"]).Export!(_folder["rem.safetensors"], 0, "onnx", _folder["rem.onnx"]);
        if (export.Remark is not null) Assert.Skip(export.Remark);
        Assert.InRange(export.LargestDifference!.Value, 0, 1e-4);
        using var session = InferenceSession.Load(_folder["rem.onnx"]);
        using var logits = session.Run(new float[30 * 8], 1, 30, 8);
        Assert.Equal(4, Kymo.Lab.Metrics.Largest.IndexOf(logits.Float32().ToArray()));
    }

    [Fact]
    public void Original_rules_give_the_originals_windows_and_files()
    {
        SyntheticNights.WriteTree(_folder["tree"], 3, 3, s_short);
        File.Delete(SleepAccelTree.FileOf(_folder["tree"], "100002", StreamKind.Steps));
        var run = Run("original", "compat=original", "models=[RNN]", "trainer.epochs=2");
        var expected = new[] { "100001", "100003" }.Sum(id =>
            OriginalWindows.Find(OriginalJoin.Join(SleepAccelTree.ReadRaw(_folder["tree"], id).Streams!, false, 1, false).Night!, 30, 15).Count);
        var metrics = JsonNode.Parse(File.ReadAllText(Path.Combine(run, "metrics.json")))!;
        Assert.Equal(expected, (int)metrics["data_fingerprint"]!["windows"]!);
        Assert.Equal("original", (string?)metrics["compat"]);
        // A tenth is reported: the original's validation windows.
        Assert.Equal(expected - (int)(0.9 * expected), File.ReadLines(Path.Combine(run, "predictions.csv")).Count() - 1);
        Assert.Equal("Subject 100002 failed: missing file: steps/100002_steps.txt\n", File.ReadAllText(Path.Combine(run, "data_check_failures.txt")));
        Assert.Equal("heart_rate,x,y,z,steps", File.ReadLines(Path.Combine(run, "validation_sample.csv")).First());
        Assert.StartsWith("0,", File.ReadLines(Path.Combine(run, "model_accuracies.csv")).ElementAt(1));
    }

    [Fact]
    public void Same_seed_gives_the_same_bytes()
    {
        string[] settings = ["data=synthetic", "models=[LSTM]", "split.folds=2", "trainer.epochs=1", "data.stride=60", "data.synthetic_seconds=900"];
        var (first, second) = (Run("a", settings), Run("b", settings));
        foreach (var file in new[] { RunFiles.Predictions, RunFiles.BestModelSafetensors, "LSTM_best_model.pt", "nights.csv" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(first, file)), File.ReadAllBytes(Path.Combine(second, file)));
    }

    [Fact]
    public void Damaged_nights_are_named_and_the_run_goes_on()
    {
        SyntheticNights.WriteTree(_folder["tree"], 9, 3, s_short);
        File.WriteAllText(SleepAccelTree.FileOf(_folder["tree"], "100001", StreamKind.Motion), "");
        File.WriteAllText(SleepAccelTree.FileOf(_folder["tree"], "100002", StreamKind.HeartRate), string.Concat(Enumerable.Repeat("x,y\n", 100)));
        File.Copy(SleepAccelTree.FileOf(_folder["tree"], "100004", StreamKind.HeartRate), SleepAccelTree.FileOf(_folder["tree"], "100009", StreamKind.HeartRate), true);
        var run = Run("some", "models=[RNN]", "split.folds=2", "trainer.epochs=1", "data.stride=60");
        var failures = File.ReadAllLines(Path.Combine(run, "data_check_failures.txt"));
        Assert.Equal(3, failures.Length);
        Assert.Equal("Subject 100001 failed: empty sources: motion", failures[0]);
        Assert.StartsWith("Subject 100002 failed: unreadable: " + SleepAccelTree.FileOf(_folder["tree"], "100002", StreamKind.HeartRate) + ":1 ", failures[1]);
        Assert.Equal("Subject 100009 failed: same recording as 100004", failures[2]);
        Assert.Equal(failures, _warnings.Where(warning => warning.StartsWith("Subject", StringComparison.Ordinal)));
    }

    [Fact]
    public void No_usable_night_is_a_data_error_that_names_the_first()
    {
        SyntheticNights.WriteTree(_folder["tree"], 2, 3, s_short);
        foreach (var id in new[] { "100001", "100002" }) File.Delete(SleepAccelTree.FileOf(_folder["tree"], id, StreamKind.Labels));
        var error = Assert.Throws<DataException>(() => Run("none"));
        Assert.Contains("no usable night among 2; the first: Subject 100001 failed: missing file: labels/100001_labeled_sleep.txt", error.Message);
    }

    [Theory]
    [InlineData("split=window", "compat=original")]
    [InlineData("models=[CNN]", "there is no 'CNN'")]
    [InlineData("models=[Night]", "data=sleep_accel_epochs")]
    [InlineData("model.hidden_dim=63", "even number")]
    [InlineData("data.window_size=31 data.data_alignment=2", "no multiple")]
    [InlineData("data.data_alignment=0", "data_alignment")]
    [InlineData("classes=6", "classes")]
    public void Wrong_settings_are_refused_before_any_data_are_read(string settings, string said)
    {
        var error = Assert.Throws<ConfigException>(() => Run("wrong", settings.Split(' ')));
        Assert.Contains(said, error.Message);
    }

    [Fact]
    public void Whole_nights_of_the_shared_data_train_and_report()
    {
        var root = Repository.Shared("data", "sleep-accel");
        var run = Run("nights", "data=sleep_accel_epochs", $"data.dataset_dir={root}", "split.folds=2", "trainer.epochs=2", "classes=3",
            "data.people=[3509524,5132496,759667,4018081,7749105,844359]");
        Assert.DoesNotContain(RunVerifier.Verify(run), finding => finding.Severity == Severity.Error);
        var lines = File.ReadAllLines(Path.Combine(run, "stage_scores.csv"));
        Assert.Contains(lines, line => line.StartsWith("logistic regression with context,2,kappa,", StringComparison.Ordinal));
        using var predictor = Registry.Find("sleep-stages").OpenPredictor!(run, 0);
        Assert.Equal(2, predictor.Networks);
        var night = predictor.Predict(Path.Combine(root, "epochs", "759667_epochs.csv"), new PredictionOptions()).Json;
        Assert.Equal(3, night["minutes"]!.AsObject().Count);
    }

    static JsonObject Evaluate(string run, params string[] settings) => Registry.Find("sleep-stages").Evaluate!(
        run, settings, new RunContext(new MapNode(), new MapNode(), settings, null, false, _ => { }, TimeProvider.System, CancellationToken.None)).Metrics;

    string Run(string name, params string[] settings)
    {
        var recipe = Registry.Find("sleep-stages");
        string[] overrides = [.. settings.Any(setting => setting.StartsWith("data.dataset_dir", StringComparison.Ordinal)) ? (string[])[] : [$"data.dataset_dir={_folder["tree"]}"],
            "trainer.threads=1", $"run.root={_folder.Path}", $"run.name={name}", .. settings];
        if (settings.Contains("data=synthetic")) overrides = [.. overrides.Where(text => !text.StartsWith("data.dataset_dir", StringComparison.Ordinal))];
        var composition = new ConfigComposer().Compose(new ComposeRequest
        {
            SearchPath = [new SearchPathEntry(SearchPathEntry.Main, recipe.ConfFolder)],
            ConfigName = "config",
            Overrides = Override.ParseAll(overrides),
        });
        var job = (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);
        return recipe.Run(job, new RunContext(composition.Config, composition.Hydra, overrides, null, false,
            told => { if (told is RunEvent.Warning warning) _warnings.Add(warning.Text); }, TimeProvider.System, CancellationToken.None)).Folder;
    }
}

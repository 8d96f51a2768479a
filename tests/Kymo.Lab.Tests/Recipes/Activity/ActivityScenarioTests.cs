using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Prediction;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Tests.Recipes.Activity;

/// <summary>A generated MM-Fit tree that <c>kymo prepare activity</c> has aligned.</summary>
public sealed class PreparedTree : IDisposable
{
    readonly TempFolder _folder = new();

    public PreparedTree()
    {
        string[] overrides = [.. ActivityScenarioTests.Small, $"run.root={_folder.Path}"];
        var composition = ActivityTree.Compose(overrides);
        var job = (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);
        Folder = Registry.Find("activity").Prepare(job, new RunContext(composition.Config, composition.Hydra, overrides, null, false, _ => { }, TimeProvider.System, CancellationToken.None));
    }

    /// <summary>The prepared files.</summary>
    public string Folder { get; }

    public void Dispose() => _folder.Dispose();
}

/// <summary>Every scenario from raw files to a score; what several of them make together; what a finished run can do.</summary>
public sealed class ActivityScenarioTests(PreparedTree prepared) : IClassFixture<PreparedTree>, IDisposable
{
    internal static readonly string[] Small =
    [
        "data=synthetic", "model.regressor.joint_hidden_channels=[8,8,8,8]", "model.regressor.temporal_hidden_channels=8", "model.regressor.fc_hidden=16",
        "model.regressor.joint_dropouts=[0,0,0,0]", "model.regressor.temporal_dropout=0", "optim.warmup_epochs=0", "optim.lr=0.003",
    ];

    static readonly RunContext s_nothing = new([], [], [], null, false, _ => { }, TimeProvider.System, CancellationToken.None);

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("scenario2")]
    [InlineData("scenario22")]
    [InlineData("scenario23")]
    [InlineData("scenario24")]
    [InlineData("scenario25")]
    [InlineData("scenario3")]
    [InlineData("scenario4")]
    [InlineData("scenario42")]
    [InlineData("scenario5")]
    [InlineData("real_only")]
    [InlineData("pose_only")]
    public void Scenario_goes_from_raw_files_over_prepared_ones_to_an_evaluation(string scenario)
    {
        var result = ActivityTree.Run(_folder.Path, "run",
            [.. Small, $"data.data_dir={prepared.Folder}", "data.source=preprocessed", $"scenario={scenario}", "scenario.alpha=1", "trainer.epochs=3", "trainer.limit_train_batches=4"]);
        Assert.DoesNotContain(RunVerifier.Verify(result.Folder), finding => finding.Severity == Severity.Error);
        var losses = JsonNode.Parse(File.ReadAllText(Path.Combine(result.Folder, "results.json")))!["history"]!["train_loss"]!.AsArray().Select(node => (double)node!).ToArray();
        Assert.True(losses[^1] < losses[0], $"the loss goes from {losses[0]} to {losses[^1]}");
        Assert.Equal(scenario, (string?)result.Metrics["scenario"]);
        var again = Registry.Of(result.Folder).Evaluate!(result.Folder, [], s_nothing);
        Assert.Equal((double)result.Metrics["test"]!["f1_macro"]!, (double)again.Metrics["test"]!["f1_macro"]!, 9);
    }

    [Fact]
    public void Planted_regression_is_found()
    {
        // Two people teach for twelve epochs. A fifth of the training mean's error is the bar; the linear predictor that the relation was made for has 0.04 of it.
        var result = ActivityTree.Run(_folder.Path, "run",
        [
            .. Small, "scenario.alpha=0.1", "trainer.epochs=12", "trainer.select=last", "model.regressor.fc_hidden=64", "model.regressor.fc_dropout=0",
            "data.train_stride_seconds=0.05", "optim.lr=0.01", "optim.scheduler.name=one_cycle",
        ]);
        Assert.InRange((double)result.Metrics["regression"]!["mse_ratio"]!, 0, 0.2);
    }

    [Theory]
    [InlineData("scenario4", "d_acc,adv_loss,aux_acc,aux_loss,adversarial_dynamics,person_f1")]
    [InlineData("scenario42", "d_acc,adv_loss,adversarial_dynamics,person_f1")]
    [InlineData("scenario23", "scenario23_classifiers,person_f1")]
    [InlineData("scenario24", "scenario24_confidence,person_f1")]
    public void Adversary_and_branches_are_shown_over_epochs_and_by_person(string scenario, string figures)
    {
        string[] more = scenario == "scenario4" ? ["scenario.adversarial.use_acgan=true"] : [];
        var run = ActivityTree.Run(_folder.Path, "run",
            [.. Small, $"data.data_dir={prepared.Folder}", "data.source=preprocessed", $"scenario={scenario}", "trainer.epochs=2", "trainer.limit_train_batches=2", .. more]);
        var table = File.ReadAllLines(Path.Combine(run.Folder, "epoch_metrics.csv"));
        var cells = table[0].Split(',').Zip(table[2].Split(',')).ToDictionary(cell => cell.First, cell => cell.Second);
        foreach (var score in new[] { "sim_acc", "confidence", "sim_confidence" }) Assert.InRange(double.Parse(cells["val_" + score], System.Globalization.CultureInfo.InvariantCulture), 0, 1);
        Assert.Equal(scenario is "scenario4" or "scenario42", cells.ContainsKey("train_d_acc"));
        Assert.Equal(scenario == "scenario4", cells.ContainsKey("val_aux_acc"));
        var people = run.Metrics["participants"]!.AsObject();
        Assert.Equal(["5", "8"], people.Select(person => person.Key));
        Assert.All(people, person => Assert.Equal(scenario is "scenario4" or "scenario42", person.Value!["d_acc"] is not null));
        Assert.All(people, person => Assert.InRange((double)person.Value!["simulated_acc"]!, 0, 1));
        if (run.Summary.Any(line => line.Contains("gnuplot"))) return;
        foreach (var figure in figures.Split(',')) Assert.True(File.Exists(Path.Combine(run.Folder, "figures", figure + ".svg")), $"{figure}.svg is missing");
    }

    [Fact]
    public void Everything_that_is_promised_of_an_evaluation_stands_in_the_run()
    {
        var run = ActivityTree.Run(_folder.Path, "run", [.. Small, $"data.data_dir={prepared.Folder}", "data.source=preprocessed", "trainer.epochs=1", "trainer.limit_train_batches=2"]);
        var metrics = run.Metrics;
        foreach (var key in new[] { "f1_macro", "f1", "acc", "balanced_acc", "mse" }) Assert.NotNull(metrics["test"]![key]);
        foreach (var key in new[] { "kappa", "calibration_error", "macro_f1_present", "pure_windows", "participants", "regression", "events", "streaming", "intervals", "baselines" }) Assert.NotNull(metrics[key]);
        foreach (var key in new[] { "precision", "recall", "f1", "true", "found", "matched" }) Assert.True(metrics["events"]!.AsObject().ContainsKey(key));
        foreach (var key in new[] { "median_latency_s", "missed", "false_alarms_per_hour" }) Assert.True(metrics["streaming"]!.AsObject().ContainsKey(key));
        Assert.Equal(11, File.ReadAllLines(Path.Combine(run.Folder, "class_metrics.csv")).Skip(1).Count(row => row.Contains(",test,")));
        Assert.Equal(12, File.ReadAllLines(Path.Combine(run.Folder, "test_confusion_matrix.csv")).Length);
    }

    [Fact]
    public void Prepared_files_of_the_verb_train_like_raw_ones()
    {
        var one = ActivityTree.Run(_folder.Path, "raw", [.. Small, "trainer.fast_dev_run=true"]);
        var other = ActivityTree.Run(_folder.Path, "prepared", [.. Small, "trainer.fast_dev_run=true", $"data.data_dir={prepared.Folder}", "data.source=preprocessed"]);
        Assert.Equal((double)one.Metrics["test"]!["mse"]!, (double)other.Metrics["test"]!["mse"]!, 4);
    }

    [Fact]
    public void Same_seed_gives_the_same_results_and_another_does_not()
    {
        string Results(string name, string seed)
        {
            var node = JsonNode.Parse(File.ReadAllText(Path.Combine(
                ActivityTree.Run(_folder.Path, name, [.. Small, "scenario=scenario5", "trainer.epochs=1", "trainer.limit_train_batches=2", seed]).Folder, "results.json")))!;
            return node["history"]!.ToJsonString() + node["final_metrics"]!.ToJsonString();
        }
        var first = Results("a", "seed=3");
        Assert.Equal(first, Results("b", "seed=3"));
        Assert.NotEqual(first, Results("c", "seed=4"));
    }

    [Fact]
    public void Ablation_writes_one_table_and_goes_on_where_it_stopped()
    {
        string[] typed = [.. Small, "ablation=[real_only,scenario25]", "trainer.epochs=1", "trainer.limit_train_batches=3"];
        var result = ActivityTree.Run(_folder.Path, "abl", typed);
        var lines = File.ReadAllLines(Path.Combine(result.Folder, "ablation.csv"));
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("scenario,f1_macro,f1_low,f1_high,difference", lines[0]);
        Assert.Contains(result.Summary, line => line.StartsWith("scenario25", StringComparison.Ordinal));
        Assert.Contains("f1_macro_pure", lines[0]);
        // One of the two is gone: the same command makes it again and takes the other as it stands.
        Directory.Delete(Path.Combine(_folder.Path, "runs", "abl_scenario25"), recursive: true);
        var first = Path.Combine(_folder.Path, "runs", "abl_real_only", "metrics.json");
        var before = File.GetLastWriteTimeUtc(first);
        var told = new List<string>();
        var again = ActivityTree.Run(_folder.Path, "abl", typed, told);
        Assert.Equal(lines, File.ReadAllLines(Path.Combine(again.Folder, "ablation.csv")));
        Assert.Equal(before, File.GetLastWriteTimeUtc(first));
        Assert.Contains(told, text => text.Contains("abl_real_only is there already"));
        Assert.Contains("optim.lr was 0.003, is 0.001", Assert.Throws<ConfigException>(() => ActivityTree.Run(_folder.Path, "abl", [.. typed, "optim.lr=0.001"])).Message);
        Assert.Contains("scenario42", Assert.Throws<ConfigException>(() => ActivityTree.Run(_folder.Path, "wrong", [.. Small, "ablation=[scenario7]"])).Message);
    }

    [Fact]
    public void Each_person_is_held_out_once_by_one_command()
    {
        var result = ActivityTree.Run(_folder.Path, "loso", [.. Small, "leave_one_out=true", "scenario=real_only", "trainer.epochs=1", "trainer.limit_train_batches=2"]);
        // w01, w02, w16, w18, w19 are of the people 0, 1, 5, 7, 8.
        var rows = File.ReadAllLines(Path.Combine(result.Folder, "people.csv"));
        Assert.Equal(["0", "1", "5", "7", "8"], rows.Skip(1).Select(row => row.Split(',')[0]));
        Assert.Equal(5, (int)result.Metrics["people"]!);
        Assert.Contains("5 people held out in turn", result.Summary[^1]);
        var trained = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder.Path, "runs", "loso_0", "resolved_config.json")))!["data"]!;
        Assert.Equal(("loso", 0), ((string)trained["split"]!, (int)trained["fold"]!));
        Assert.Contains("people 0 to 4", Assert.Throws<ConfigException>(() => ActivityTree.Run(_folder.Path, "sixth", [.. Small, "data.split=loso", "data.fold=5"])).Message);
    }

    [Fact]
    public void Later_encoder_and_head_train_export_and_answer()
    {
        string[] later = [.. Small, "model/encoder=grouped", "model/head=mlp", "trainer.epochs=1", "trainer.limit_train_batches=2"];
        var run = ActivityTree.Run(_folder.Path, "run", later);
        var recipe = Registry.Of(run.Folder);
        var regressor = (long)ActivityTree.Run(_folder.Path, "plain", [.. Small, "trainer.epochs=1", "trainer.limit_train_batches=2"]).Metrics["params"]!;
        Assert.NotEqual(regressor, (long)run.Metrics["params"]!);
        foreach (var part in new[] { "extractor", "classifier", "both" })
            if (recipe.Export!(run.Folder, 0, "onnx", _folder[$"model.{part}.onnx"]).LargestDifference is { } difference) Assert.InRange(difference, 0, 1e-4);
        using var predictor = recipe.OpenPredictor!(run.Folder, 0);
        var tree = Directory.GetDirectories(Path.Combine(_folder.Path, "synthetic"))[0];
        var answer = predictor.Predict(Path.Combine(tree, "w16", "w16_sw_l_acc.npy"), new PredictionOptions());
        Assert.NotEmpty(answer.Json["windows"]!.AsArray());
        Assert.Contains("nothing reads it", Assert.Throws<ConfigException>(() => ActivityTree.Run(_folder.Path, "wrong", [.. later, "model.feature_extractor.n_filters=8"])).Message);
        Assert.Contains("3 groups", Assert.Throws<ConfigException>(() => ActivityTree.Run(_folder.Path, "wrong", [.. later, "model.encoder.filters=[8,12,16]"])).Message);
        var told = new List<string>();
        ActivityTree.Run(_folder.Path, "longer", [.. later, "model.regressor.sequence_length=120", "trainer.fast_dev_run=true"], told);
        Assert.Contains(told, text => text.Contains("model.encoder.window_size"));
    }

    [Fact]
    public void Predictions_of_a_file_are_those_of_the_run()
    {
        // Raw numbers of a held-out person: the network takes out the mean that training took out.
        var run = ActivityTree.Run(_folder.Path, "run", [.. Small, "scenario=real_only", "trainer.epochs=6", "data.preprocess=frame", "data.train_stride_seconds=0.1"]);
        var recipe = Registry.Of(run.Folder);
        using var predictor = recipe.OpenPredictor!(run.Folder, 0);
        var tree = Directory.GetDirectories(Path.Combine(_folder.Path, "synthetic"))[0];
        var windows = predictor.Predict(Path.Combine(tree, "w16", "w16_sw_l_acc.npy"), new PredictionOptions(Hop: 0.25)).Json["windows"]!.AsArray();
        var table = File.ReadAllLines(Path.Combine(run.Folder, "predictions.csv"));
        var (id, predicted) = (Array.IndexOf(table[0].Split(','), "id"), Array.IndexOf(table[0].Split(','), "predicted"));
        var mine = table.Skip(1).Select(row => row.Split(',')).Where(row => row[id].Contains("/w16:")).Select(row => row[predicted]).ToArray();
        var theirs = windows.Select(window => (string)window!["class"]!).ToArray();
        Assert.InRange(mine.Zip(theirs, (a, b) => a == b ? 1.0 : 0).Average(), 0.98, 1);
        Assert.Equal(mine.Length, theirs.Length);
        File.WriteAllText(_folder["short.csv"], "x_acc,y_acc,z_acc,timestamp\n1,2,3,0\n1,2,3,10\n");
        Assert.Contains("expected at least a window", Assert.Throws<Kymo.Signals.DataException>(() => predictor.Predict(_folder["short.csv"], new PredictionOptions())).Message);
        File.WriteAllText(_folder["jump.csv"], "x_acc,y_acc,z_acc,timestamp\n1,2,3,0\n1,2,3,1600000000000\n");
        Assert.Contains("the time jumps", Assert.Throws<Kymo.Signals.DataException>(() => predictor.Predict(_folder["jump.csv"], new PredictionOptions())).Message);
        File.WriteAllText(_folder["damaged.csv"], "x_acc,y_acc,z_acc,timestamp\n1,2,3,0\n1,nan,3,10\n");
        Assert.Contains("y_acc is 'nan'", Assert.Throws<Kymo.Signals.DataException>(() => predictor.Predict(_folder["damaged.csv"], new PredictionOptions())).Message);
    }

    [Fact]
    public void Finished_run_is_scored_again_exported_and_its_weights_read()
    {
        var run = ActivityTree.Run(_folder.Path, "run", [.. Small, "trainer.epochs=1", "trainer.limit_train_batches=2"]);
        var recipe = Registry.Of(run.Folder);
        var again = recipe.Evaluate!(run.Folder, [], s_nothing);
        Assert.Equal((double)run.Metrics["test"]!["f1_macro"]!, (double)again.Metrics["test"]!["f1_macro"]!, 9);
        Assert.Equal((double)run.Metrics["test"]!["mse"]!, (double)again.Metrics["test"]!["mse"]!, 6);
        Assert.Contains("trained on 0", Assert.Throws<Kymo.Signals.DataException>(() => recipe.Evaluate!(run.Folder, ["data.test_subjects=[w01]", "data.train_subjects=[w02]"], s_nothing)).Message);
        Assert.Contains("cannot be changed", Assert.Throws<ConfigException>(() => recipe.Evaluate!(run.Folder, ["data.sensor_window_length=50"], s_nothing)).Message);
        Assert.Contains("nothing reads it", Assert.Throws<ConfigException>(() => recipe.Evaluate!(run.Folder, ["scenario.mmd.weight=3"], s_nothing)).Message);
        Assert.Contains("nothing is trained", Assert.Throws<ConfigException>(() => recipe.Evaluate!(run.Folder, ["optim.lr=0.1"], s_nothing)).Message);

        // Whoever is listed beside the held-out people, the networks get numbers on the scale that they were trained on.
        var fewer = recipe.Evaluate!(run.Folder, ["data.train_subjects=[w02]"], s_nothing);
        Assert.Equal((double)run.Metrics["test"]!["loss"]!, (double)fewer.Metrics["test"]!["loss"]!, 4);
        Assert.Equal((double)run.Metrics["test"]!["mse"]!, (double)fewer.Metrics["test"]!["mse"]!, 4);

        // Windows of several classes have no score of their own under this rule; who listens to a recording hears them all the same.
        var pure = recipe.Evaluate!(run.Folder, ["data.label_rule=pure"], s_nothing);
        Assert.True((int)pure.Metrics["pure_windows"]!["count"]! < File.ReadAllLines(Path.Combine(run.Folder, "predictions.csv")).Length - 1);
        foreach (var part in new[] { "events", "streaming" })
            Assert.All(run.Metrics[part]!.AsObject(), score => Assert.Equal(Number(score.Value), Number(pure.Metrics[part]![score.Key])));

        static double? Number(JsonNode? node) => node is null ? null : double.Parse(node.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

        foreach (var part in new[] { "regressor", "extractor", "classifier", "both" })
        {
            var export = recipe.Export!(run.Folder, 0, "onnx", _folder[$"model.{part}.onnx"]);
            if (export.LargestDifference is { } difference) Assert.InRange(difference, 0, 1e-4);
            else Assert.NotNull(export.Remark);
        }
        recipe.Export!(run.Folder, 0, "pth", _folder["bundle.pth"]);
        Assert.Contains("ac.classfier.weight", Kymo.Lab.Models.WeightFiles.Read(_folder["bundle.pth"]).Keys);
    }
}

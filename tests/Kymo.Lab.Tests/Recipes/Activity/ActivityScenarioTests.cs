using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Tests.Recipes.Activity;

/// <summary>Every scenario from raw files to a score; what several of them make together; what a finished run can do.</summary>
public sealed class ActivityScenarioTests : IDisposable
{
    static readonly string[] s_small =
    [
        "data=synthetic", "model.regressor.joint_hidden_channels=[8,8,8,8]", "model.regressor.temporal_hidden_channels=8", "model.regressor.fc_hidden=16",
        "model.regressor.joint_dropouts=[0,0,0,0]", "model.regressor.temporal_dropout=0", "optim.warmup_epochs=0", "optim.lr=0.003",
    ];

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
    public void Scenario_learns_from_raw_files(string scenario)
    {
        var result = ActivityTree.Run(_folder.Path, "run", [.. s_small, $"scenario={scenario}", "scenario.alpha=1", "trainer.epochs=3", "trainer.limit_train_batches=4"]);
        Assert.DoesNotContain(RunVerifier.Verify(result.Folder), finding => finding.Severity == Severity.Error);
        var losses = JsonNode.Parse(File.ReadAllText(Path.Combine(result.Folder, "results.json")))!["history"]!["train_loss"]!.AsArray().Select(node => (double)node!).ToArray();
        Assert.True(losses[^1] < losses[0], $"the loss goes from {losses[0]} to {losses[^1]}");
        Assert.Equal(scenario, (string?)result.Metrics["scenario"]);
    }

    [Fact]
    public void Planted_regression_is_found()
    {
        var result = ActivityTree.Run(_folder.Path, "run", [.. s_small, "scenario.alpha=1", "trainer.epochs=12", "model.regressor.fc_hidden=64"]);
        Assert.InRange((double)result.Metrics["regression"]!["mse_ratio"]!, 0, 0.5);
    }

    [Fact]
    public void Prepared_files_of_the_verb_train_like_raw_ones()
    {
        string[] overrides = [.. s_small, $"run.root={_folder.Path}"];
        var composition = ActivityTree.Compose(overrides);
        var job = (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);
        var prepared = Registry.Find("activity").Prepare(job, new RunContext(composition.Config, composition.Hydra, overrides, null, false, _ => { }, TimeProvider.System, CancellationToken.None));
        var one = ActivityTree.Run(_folder.Path, "raw", [.. s_small, "trainer.fast_dev_run=true"]);
        var other = ActivityTree.Run(_folder.Path, "prepared", [.. s_small, "trainer.fast_dev_run=true", $"data.data_dir={prepared}", "data.source=preprocessed"]);
        Assert.Equal((double)one.Metrics["test"]!["mse"]!, (double)other.Metrics["test"]!["mse"]!, 4);
    }

    [Fact]
    public void Same_seed_gives_the_same_results_and_another_does_not()
    {
        string Results(string name, string seed)
        {
            var node = JsonNode.Parse(File.ReadAllText(Path.Combine(
                ActivityTree.Run(_folder.Path, name, [.. s_small, "scenario=scenario5", "trainer.epochs=1", "trainer.limit_train_batches=2", seed]).Folder, "results.json")))!;
            return node["history"]!.ToJsonString() + node["final_metrics"]!.ToJsonString();
        }
        var first = Results("a", "seed=3");
        Assert.Equal(first, Results("b", "seed=3"));
        Assert.NotEqual(first, Results("c", "seed=4"));
    }

    [Fact]
    public void Ablation_writes_one_table_with_intervals_over_people()
    {
        var result = ActivityTree.Run(_folder.Path, "abl", [.. s_small, "ablation=[real_only,scenario25]", "trainer.epochs=1", "trainer.limit_train_batches=3"]);
        var lines = File.ReadAllLines(Path.Combine(result.Folder, "ablation.csv"));
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("scenario,f1_macro,f1_low,f1_high,difference", lines[0]);
        Assert.Contains(result.Summary, line => line.StartsWith("scenario25", StringComparison.Ordinal));
        var error = Assert.Throws<ConfigException>(() => ActivityTree.Run(_folder.Path, "wrong", [.. s_small, "ablation=[scenario7]"]));
        Assert.Contains("scenario42", error.Message);
    }

    [Fact]
    public void Finished_run_is_scored_again_exported_and_its_weights_read()
    {
        var run = ActivityTree.Run(_folder.Path, "run", [.. s_small, "trainer.epochs=1", "trainer.limit_train_batches=2"]);
        var recipe = Registry.Of(run.Folder);
        var context = new RunContext([], [], [], null, false, _ => { }, TimeProvider.System, CancellationToken.None);
        var again = recipe.Evaluate!(run.Folder, [], context);
        Assert.Equal((double)run.Metrics["test"]!["f1_macro"]!, (double)again.Metrics["test"]!["f1_macro"]!, 9);
        Assert.Equal((double)run.Metrics["test"]!["mse"]!, (double)again.Metrics["test"]!["mse"]!, 6);
        Assert.Contains("trained on 0", Assert.Throws<Kymo.Signals.DataException>(() => recipe.Evaluate!(run.Folder, ["data.test_subjects=[w01]", "data.train_subjects=[w02]"], context)).Message);
        Assert.Contains("cannot be changed", Assert.Throws<ConfigException>(() => recipe.Evaluate!(run.Folder, ["data.sensor_window_length=50"], context)).Message);

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

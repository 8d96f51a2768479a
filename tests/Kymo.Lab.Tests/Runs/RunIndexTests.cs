using Kymo.Config;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Runs;

public sealed class RunIndexTests
{
    [Fact]
    public void Runs_are_listed_with_their_state_and_broken_ones_are_named()
    {
        using var root = new TempFolder();
        Assert.Empty(RunIndex.Read(root.Path));
        SampleRun.Single(root.Path, "a_done");
        using var running = RunFolder.Create(root.Path, "b_running", SampleRun.Clock);
        RunFolder.Create(root.Path, "c_interrupted", SampleRun.Clock).Dispose();
        Directory.CreateDirectory(root["runs/d_broken"]);
        File.WriteAllText(root["runs/d_broken/metrics.json"], "{\"model\": ");
        Directory.CreateDirectory(root["runs/e_copied"]); // a folder from elsewhere has no lock

        var runs = RunIndex.Read(root.Path);
        Assert.Equal(["a_done", "b_running", "c_interrupted", "d_broken", "e_copied"], runs.Select(r => r.Name));
        Assert.Equal([RunState.Finished, RunState.Running, RunState.Interrupted, RunState.Broken, RunState.Interrupted],
            runs.Select(r => r.State));
        Assert.Contains("not JSON", runs[3].Problem);
        Assert.Equal("tinycnn", runs[0].Text("model"));
        Assert.Equal(23_491, runs[0].Number("params"));
        Assert.True(runs[0].Number("test.acc") > 0.5);
        Assert.Equal(double.NaN, runs[1].Number("test.acc"));
    }

    [Fact]
    public void A_run_is_found_by_name_or_folder_and_others_are_offered()
    {
        using var root = new TempFolder();
        SampleRun.Single(root.Path, "a");
        Assert.Equal("a", RunIndex.Find(root.Path, "a").Name);
        Assert.Equal("a", RunIndex.Find("elsewhere", root["runs/a/"]).Name);
        Assert.Contains("There are a.", Assert.Throws<ConfigException>(() => RunIndex.Find(root.Path, "b")).Message);
    }

    [Fact]
    public void Two_runs_are_compared_item_by_item()
    {
        using var root = new TempFolder();
        Write(root.Path, "first", SampleRun.Predictions(200, null, 1), lr: 0.001);
        var better = SampleRun.Predictions(200, null, 1).Select((p, i) => i % 3 == 0 ? p with { Predicted = p.Truth } : p);
        Write(root.Path, "second", [.. better.Skip(10), new ClassPrediction("new.wav", null, 0, 0, [])], lr: 0.01);

        var comparison = RunComparison.Of(root["runs/first"], root["runs/second"], id => id[..^5], new BootstrapOptions());
        Assert.Equal((190, 10, 1), (comparison.Items, comparison.OnlyInFirst, comparison.OnlyInSecond));
        Assert.Equal(0, comparison.Test.OnlyFirstRight);
        Assert.True(comparison.Test.OnlySecondRight > 5);
        Assert.Equal(comparison.Test.OnlySecondRight / 190.0, comparison.Accuracy.Difference.Estimate, 1e-12);
        Assert.True(comparison.Accuracy.Difference.Low > 0 && comparison.Accuracy.P < 0.01);
        Assert.True(comparison.MacroF1.Difference.Estimate > 0);
        Assert.True(comparison.Accuracy.Difference.Groups < 190);
        Assert.Equal([new ConfigDifference("optim.lr", "0.001", "0.01")], comparison.Configuration);
    }

    [Fact]
    public void Groups_that_a_run_keeps_are_resampled()
    {
        using var root = new TempFolder();
        Write(root.Path, "first", SampleRun.Predictions(200, null, 1), lr: 1);
        Write(root.Path, "second", SampleRun.Predictions(200, null, 2).Zip(SampleRun.Predictions(200, null, 1), (p, truth) => p with { Truth = truth.Truth }).ToList(), lr: 1);
        RunComparison Compare(Func<string, string>? groupOf) => RunComparison.Of(root["runs/first"], root["runs/second"], groupOf, new BootstrapOptions());
        string GroupOf(string id) => id[..^5];
        Assert.Equal((false, 200), (Compare(null).IsGrouped, Compare(null).MacroF1.Difference.Groups));
        var table = root["runs/first/" + RunFiles.ItemGroups];
        File.WriteAllText(table, "id,group\r\n" + string.Concat(SampleRun.Predictions(200, null, 1).Select(p => $"{p.Id},{GroupOf(p.Id)}\r\n")));
        var (kept, given) = (Compare(null), Compare(GroupOf));
        Assert.True(kept.IsGrouped);
        Assert.True(kept.MacroF1.Difference.Groups < 200);
        Assert.Equal(given.MacroF1, kept.MacroF1);
        File.WriteAllLines(table, File.ReadAllLines(table)[..^1]);
        Assert.Contains("is not there", Assert.Throws<DataException>(() => Compare(null)).Message);
    }

    [Fact]
    public void Duration_is_that_of_the_process_and_of_the_epochs_before_it()
    {
        var began = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        EpochRow Row(double from, double to, double seconds) => new()
        {
            Epoch = 1,
            Started = began.AddSeconds(from),
            Ended = began.AddSeconds(to),
            Seconds = seconds,
            LearningRate = 1,
            IsBest = false,
            Train = new Dictionary<string, double>(),
            Validation = new Dictionary<string, double>(),
        };
        Assert.Equal(30, RunSummary.SecondsOf(began, began.AddSeconds(30), [Row(5, 10, 5), Row(10, 20, 10)]), 1e-9);
        // Before the interruption 7 s, and 11 of the 15 s of the epoch that it cut, which ended 4 s after the process had begun.
        Assert.Equal(30 + 7 + 11, RunSummary.SecondsOf(began, began.AddSeconds(30), [Row(-100, -93, 7), Row(-93, 4, 15), Row(4, 20, 16)]), 1e-9);
    }

    [Fact]
    public void Runs_that_cannot_be_compared_say_why()
    {
        using var root = new TempFolder();
        Write(root.Path, "a", SampleRun.Predictions(20, null, 1), 1);
        Write(root.Path, "folds", SampleRun.Predictions(20, 3, 1), 1);
        var disputed = SampleRun.Predictions(20, null, 1).Select(p => p with { Truth = (p.Truth + 1) % 3 });
        Write(root.Path, "disputed", [.. disputed], 1);
        RunComparison Compare(string other) =>
            RunComparison.Of(root["runs/a"], root["runs/" + other], null, new BootstrapOptions());
        Assert.Contains("no held-out item in common", Assert.Throws<ConfigException>(() => Compare("folds")).Message);
        Assert.Contains("another true class", Assert.Throws<DataException>(() => Compare("disputed")).Message);
        using (var run = RunFolder.Create(root.Path, "numbers", SampleRun.Clock))
            run.WriteJson(RunFiles.Contract, RunContract.Regression("t", ["x"], ["mse"]).ToJson());
        Assert.Contains("no classification run", Assert.Throws<ConfigException>(() => Compare("numbers")).Message);
    }

    static void Write(string root, string name, List<ClassPrediction> predictions, double lr)
    {
        using var run = RunFolder.Create(root, name, SampleRun.Clock);
        var contract = RunContract.Classification("t", SampleRun.Classes);
        run.WriteJson(RunFiles.Contract, contract.ToJson());
        run.WriteJson(RunFiles.ResolvedConfig,
            new() { ["optim"] = new System.Text.Json.Nodes.JsonObject { ["lr"] = lr, ["name"] = "adam" } });
        PredictionTable.Write(run, contract, predictions);
    }
}

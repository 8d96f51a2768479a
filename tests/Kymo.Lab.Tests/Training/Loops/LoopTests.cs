using System.Text.Json;
using Kymo.Config;
using Kymo.Lab.Training;
using Kymo.Lab.Training.Loops;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;
using Kymo.Torch.Layers;
using Kymo.Torch.Optimizers;

namespace Kymo.Lab.Tests.Training.Loops;

public sealed class LoopTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(3, 0.001, "min", new[] { 1, .9, .8, .8, .8, .8 }, 5)]
    [InlineData(2, 0.1, "min", new[] { 1, .95, .94, .93 }, 2)]
    [InlineData(1, 0, "min", new[] { double.NaN, 1, 2 }, 0)]
    [InlineData(2, 0, "min", new[] { 1, double.NaN, double.PositiveInfinity, .5 }, 2)]
    [InlineData(2, 0.01, "max", new[] { .5, .6, .605, .6 }, 3)]
    [InlineData(2, 0.01, "max", new[] { .5, .6, .7, .8 }, -1)]
    public void EarlyStopping_stops_at_the_stated_score(int patience, double minDelta, string mode, double[] scores, int expected)
    {
        var stopping = new EarlyStopping(patience, minDelta, mode);
        var stopped = -1;
        for (var epoch = 0; epoch < scores.Length; epoch++)
        {
            var stop = stopping.ShouldStop(scores[epoch], epoch);
            if (stop && stopped < 0) stopped = epoch;
            Assert.Equal(stopped >= 0, stop);
        }
        Assert.Equal(expected, stopped);
    }

    [Fact]
    public void EarlyStopping_refuses_patience_0_and_other_modes()
    {
        Assert.Contains("at least 1", Assert.Throws<ConfigException>(() => new EarlyStopping(0)).Message);
        Assert.Contains("min or max", Assert.Throws<ConfigException>(() => new EarlyStopping(mode: "best")).Message);
    }

    [Fact]
    public void CheckpointManager_of_a_new_process_keeps_the_better_score()
    {
        using var model = Net(1);
        using var optimizer = new Adam(model.NamedParameters(), new AdamOptions());
        var first = new CheckpointManager(_folder.Path);
        Assert.EndsWith("net_best.pt", first.SaveCheckpoint(model, 0, 0.5, optimizer, new Dictionary<string, object?> { ["lr"] = 0.001, ["note"] = "a" }, "net"));
        Assert.Null(first.SaveCheckpoint(model, 1, 0.5, modelName: "net"));
        Assert.Null(first.SaveCheckpoint(model, 1, double.NaN, modelName: "net"));
        using var other = Net(2);
        Assert.Null(new CheckpointManager(_folder.Path).SaveCheckpoint(other, 2, 0.6, modelName: "net"));
        var loaded = CheckpointManager.LoadCheckpoint(other, _folder["net_best.pt"]);
        Assert.Equal((0, 0.5, 0.001, "a"), (loaded.Epoch, loaded.Score, loaded.Metadata["lr"], loaded.Metadata["note"]));
        Assert.Equal(model.SaveState()["0.weight"].Data.ToArray(), other.SaveState()["0.weight"].Data.ToArray());
        Assert.NotNull(new CheckpointManager(_folder.Path).SaveCheckpoint(other, 3, 0.4, modelName: "net"));
        using var wrong = new Sequential(new Linear(3, 2, null));
        Assert.Contains("0.weight", Assert.Throws<CheckpointException>(() => CheckpointManager.LoadCheckpoint(wrong, _folder["net_best.pt"])).Message);
    }

    [Fact]
    public void CheckpointManager_keeps_epochs_where_asked_and_drops_the_oldest()
    {
        using var model = Net(1);
        var manager = new CheckpointManager(_folder.Path, saveBestOnly: false, mode: "max", keepLast: 2);
        for (var epoch = 8; epoch < 12; epoch++) manager.SaveCheckpoint(model, epoch, epoch == 9 ? 0.9 : 0.5, modelName: "m");
        Assert.Equal(["m_best.pt", "m_epoch_10.pt", "m_epoch_11.pt"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(9, CheckpointManager.LoadCheckpoint(model, _folder["m_best.pt"]).Epoch);
        Assert.Throws<ConfigException>(() => manager.SaveCheckpoint(model, 1, 1, modelName: "../m"));
    }

    [Fact]
    public void CheckpointManager_writes_what_pytorch_reads()
    {
        using var model = Net(1);
        var path = new CheckpointManager(_folder.Path).SaveCheckpoint(model, 7, 0.25, modelName: "m")!;
        var answer = Oracle.Ask("loop_utilities.py", ["torch"], "checkpoint", path);
        Assert.Equal("7 0.25 0.weight (2, 4) 2.bias (1,)", answer.Trim());
    }

    [Fact]
    public void MetricsTracker_averages_within_an_epoch_and_fills_gaps_with_null()
    {
        var tracker = new MetricsTracker();
        tracker.Update(new Dictionary<string, double> { ["train_loss"] = 1 });
        tracker.Update(new Dictionary<string, double> { ["train_loss"] = 2 });
        tracker.EndEpoch();
        tracker.Update(new Dictionary<string, double> { ["val_loss"] = double.NaN, ["lr"] = 0.1 });
        tracker.EndEpoch();
        Assert.Equal([1.5, null], tracker.GetHistory("train_loss"));
        Assert.Equal([null, 0.1], tracker.GetHistory("lr"));
        Assert.Empty(tracker.GetHistory("unknown"));
        Assert.Equal((1.5, null), (tracker.GetLatest("train_loss"), tracker.GetLatest("unknown")));
        tracker.SaveToJson(_folder["m.json"]);
        using var json = JsonDocument.Parse(File.ReadAllText(_folder["m.json"]));
        Assert.Equal(["train_loss", "val_loss", "lr"], json.RootElement.EnumerateObject().Select(entry => entry.Name));
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("val_loss")[1].ValueKind);
    }

    [Fact]
    public void SplitDataset_of_ten_with_seed_42_is_pytorchs()
    {
        var (train, validation) = Datasets.SplitDataset([.. Enumerable.Range(0, 10)]);
        Assert.Equal([2, 6, 1, 8, 4, 5, 0, 9], train);
        Assert.Equal([3, 7], validation);
        (train, validation) = Datasets.SplitDataset([.. Enumerable.Range(0, 10)], 0.3, shuffle: false);
        Assert.Equal([7, 8, 9], validation);
        Assert.Equal((1442, 360), Sizes(1802, 0.2));
        Assert.Equal((1, 1), Sizes(2, 0.01));
        Assert.Equal((1, 0), Sizes(1, 0.5));
        Assert.Throws<ArgumentException>(() => Sizes(10, 1));
        static (int, int) Sizes(int count, double share) => Datasets.SplitIndices(count, share) is var (a, b) ? (a.Length, b.Length) : default;
    }

    [Theory]
    [InlineData(1000, 0), InlineData(1802, 42), InlineData(77, 123456789)]
    public void SplitDataset_equals_random_split(int count, long seed)
    {
        var expected = Oracle.Ask("loop_utilities.py", ["torch"], "split", $"{count}", $"{seed}").Trim().Split(' ').Select(text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
        var (train, validation) = Datasets.SplitIndices(count, 0.2, seed: seed);
        Assert.Equal(expected, train.Concat(validation));
    }

    [Fact]
    public void SplitDataset_never_cuts_a_group()
    {
        string[] groups = [.. Enumerable.Range(0, 100).Select(i => $"g{i % 7}")];
        var (train, validation) = Datasets.SplitIndices(100, 0.3, groups: groups);
        Assert.Empty(train.Select(i => groups[i]).Intersect(validation.Select(i => groups[i])));
        Assert.Equal(100, train.Length + validation.Length);
        Assert.InRange(validation.Length, 30, 44);
        var (a, b, c) = Datasets.SplitDataset([.. Enumerable.Range(0, 11)], 0.6, 0.2, 0.2);
        Assert.Equal((6, 2, 3), (a.Count, b.Count, c.Count));
        Assert.Throws<ArgumentException>(() => Datasets.SplitDataset([.. Enumerable.Range(0, 11)], 0.6, 0.2, 0.3));
    }

    // The original's example, line by line.
    [Fact]
    public void The_originals_example_trains_stops_and_goes_back_to_the_best()
    {
        var random = new RandomStream(1, "data");
        var emotionDataset = Enumerable.Range(0, 200).Select(_ =>
        {
            float[] x = [.. Enumerable.Range(0, 4).Select(_ => (float)random.Normal())];
            return new Example(x, [(float)Math.Tanh(x[0] - (0.5 * x[1]))]);
        }).ToArray();

        var (trainDataset, valDataset) = Datasets.SplitDataset(emotionDataset, valSplit: 0.2, shuffle: true);
        var trainLoader = new DataLoader(trainDataset, batchSize: 64, shuffle: true);
        var valLoader = new DataLoader(valDataset, batchSize: 64, shuffle: false);
        var earlyStopping = new EarlyStopping(patience: 10, minDelta: 0.001);
        var checkpointMgr = new CheckpointManager(_folder["checkpoints"], saveBestOnly: true);
        var metrics = new MetricsTracker();
        using var model = Net(3);
        using var optimizer = new Adam(model.NamedParameters(), new AdamOptions { LearningRate = 0.02 });
        static Tensor Criterion(Tensor output, Tensor target) => Losses.MeanSquaredError(output, target);

        for (var epoch = 0; epoch < 60; epoch++)
        {
            var trainMetrics = TrainingLoop.TrainEpoch(model, trainLoader, Criterion, optimizer, Device.Cpu);
            var valMetrics = TrainingLoop.ValidateEpoch(model, valLoader, Criterion, Device.Cpu);
            metrics.Update(trainMetrics);
            metrics.Update(valMetrics);
            metrics.EndEpoch();
            checkpointMgr.SaveCheckpoint(model, epoch, valMetrics["val_loss"], optimizer, modelName: "emotion_recognizer");
            if (earlyStopping.ShouldStop(valMetrics["val_loss"], epoch)) break;
        }

        var best = CheckpointManager.LoadCheckpoint(model, _folder["checkpoints/emotion_recognizer_best.pt"], optimizer);
        Assert.Equal(metrics.GetHistory("val_loss").Min(), best.Score);
        Assert.Equal(best.Score, TrainingLoop.ValidateEpoch(model, valLoader, Criterion)["val_loss"], 1e-9);
        Assert.True(best.Score < 0.2 * metrics.GetHistory("val_loss")[0], $"{metrics.GetHistory("val_loss")[0]} then {best.Score}");
        Assert.Equal((160, 40), (trainDataset.Count, valDataset.Count));
    }

    [Fact]
    public void TrainEpoch_refuses_an_empty_loader_and_names_the_step_of_a_loss_that_is_not_finite()
    {
        using var model = Net(1);
        using var optimizer = new Adam(model.NamedParameters(), new AdamOptions());
        static Tensor Criterion(Tensor output, Tensor target) => Losses.MeanSquaredError(output, target);
        Assert.Contains("no examples", Assert.Throws<TrainingException>(() => TrainingLoop.TrainEpoch(model, new DataLoader([]), Criterion, optimizer)).Message);
        var bad = new DataLoader([new([1, 1, 1, 1], [1]), new([1, 1, 1, float.NaN], [1])], batchSize: 1);
        Assert.Contains("step 2: the loss is NaN", Assert.Throws<TrainingException>(() => TrainingLoop.TrainEpoch(model, bad, Criterion, optimizer)).Message);
    }

    static Sequential Net(ulong seed)
    {
        using var init = new RandomGenerator(seed);
        return new Sequential(new Linear(4, 2, init), new Tanh(), new Linear(2, 1, init));
    }
}

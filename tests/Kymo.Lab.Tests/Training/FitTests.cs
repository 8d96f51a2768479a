using Kymo.Config;
using Kymo.Lab.Training;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Tests.Training;

/// <summary>What a training promises: limits, equal gradients however a batch is cut, and the same end after every stop.</summary>
public sealed class FitTests
{
    const int Examples = 40, Inputs = 5;

    static readonly TrainerOptions s_trainer = new(
        new EarlyStoppingOptions(), new CheckpointOptions(), new WandbOptions([]), Epochs: 3, BatchSize: 8, MicroBatch: "off", Select: WeightSelection.Last);

    static readonly OptimOptions s_optim = new(new PlateauOptions(), Name: "sgd", Lr: 0.05, Momentum: 0.9);

    [Fact]
    public void Batches_cut_in_parts_accumulated_or_whole_give_the_same_weights()
    {
        var whole = Train(s_trainer);
        foreach (var cut in new[] { s_trainer with { MicroBatch = "3" }, s_trainer with { BatchSize = 4, AccumulateGradBatches = 2 }, s_trainer with { BatchSize = 2, AccumulateGradBatches = 4, MicroBatch = "1" } })
            AssertClose(whole, Train(cut), 1e-6);
    }

    // 40 examples: batches that share evenly, a last one of one example, batches of one example.
    [Theory]
    [InlineData(2, 8)]
    [InlineData(2, 13)]
    [InlineData(3, 13)]
    [InlineData(2, 1)]
    public async Task Several_processes_train_to_the_weights_of_one(int processes, int batch)
    {
        var trainer = s_trainer with { BatchSize = batch };
        var alone = Train(trainer);
        var port = Ports.Free();
        var team = await Workers.Run(processes, rank =>
        {
            using var group = ProcessGroup.Join("127.0.0.1", port, rank, processes, Wait.Limit);
            return Train(trainer, group);
        });
        Assert.All(team, weights => Assert.Equal(team[0], weights));
        AssertClose(alone, team[0], 1e-6);
    }

    [Fact]
    public void Training_that_a_limit_ended_is_finished_when_it_is_restored()
    {
        using var first = NewFit(s_trainer with { MaxSteps = 7 });
        Run(first, _ => { }, CancellationToken.None);
        using var second = NewFit(s_trainer with { MaxSteps = 7 });
        second.Restore(first.Capture());
        Assert.True(second.IsFinished);
        Assert.Equal([5, 7], second.State.History.Select(row => row.Steps));
    }

    [Fact]
    public void Epoch_whose_score_is_no_number_is_the_worst()
    {
        var state = new FitState(s_trainer with { Checkpoint = new CheckpointOptions(SaveTopK: 2) });
        foreach (var (loss, best) in new[] { (double.NaN, 1), (0.5, 2), (double.NaN, 2), (0.3, 4), (0.4, 4) })
        {
            var row = new Lab.Runs.EpochRow
            {
                Epoch = state.History.Count + 1,
                Started = default,
                Ended = default,
                Seconds = 1,
                Train = new Dictionary<string, double>(),
                Validation = new Dictionary<string, double> { ["loss"] = loss },
                LearningRate = 1,
                IsBest = false,
            };
            state.Add(row with { IsBest = state.IsBest(row) }, new Dictionary<string, Torch.Checkpoints.StoredTensor>());
            Assert.Equal(best, state.BestEpoch);
        }
        Assert.Equal([4, 5], state.TopEpochs().Select(row => row.Epoch));
    }

    [Fact]
    public void Limits_and_names_that_leave_nothing_are_refused()
    {
        Assert.Empty(s_trainer.Validate());
        Assert.Contains("limit_val_batches=0: nothing would be left", Assert.Single((s_trainer with { LimitValBatches = 0L }).Validate()));
        Assert.Contains("nothing would be left", Assert.Single((s_trainer with { LimitTrainBatches = 0.0 }).Validate()));
        Assert.Contains("choose another", Assert.Single((s_trainer with { Checkpoint = new CheckpointOptions(Filename: "best_model") }).Validate()));
        Assert.Contains("put {epoch} into it", Assert.Single((s_trainer with { Checkpoint = new CheckpointOptions(Filename: "net", SaveTopK: 3) }).Validate()));
    }

    [Fact]
    public void Brain_floats_train_beside_full_precision_and_leave_the_weights_wide()
    {
        using var fit = NewFit(s_trainer with { Precision = "bf16" });
        Run(fit, _ => { }, CancellationToken.None);
        Assert.All(fit.Network.NamedParameters(), parameter => Assert.Equal(ElementType.Float32, parameter.Tensor.Type));
        var (wide, narrow) = (Train(s_trainer), Weights(fit));
        Assert.NotEqual(wide, narrow);
        AssertClose(wide, narrow, 0.05);
        Assert.Contains("needs a CUDA device", Assert.Throws<ConfigException>(() => Devices.Prepare(s_trainer with { Precision = "16", Device = "cpu" })).Message);
    }

    [Fact]
    public void Loss_scale_halves_on_overflow_and_doubles_after_two_thousand_steps()
    {
        var scale = new LossScale();
        Assert.Equal(65_536, scale.Factor);
        scale.Shrink();
        Assert.Equal(32_768, scale.Factor);
        for (var step = 0; step < 1_999; step++) scale.Grow();
        var kept = new LossScale { State = scale.State };
        Assert.Equal(32_768, kept.Factor);
        kept.Grow();
        Assert.Equal(65_536, kept.Factor);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10)]
    public void Stopped_after_any_step_and_restored_it_ends_in_the_same_bits(int step)
    {
        var trainer = s_trainer with { GradientClipVal = 0.5, Select = WeightSelection.Average };
        var whole = Train(trainer);
        FitSnapshot? taken = null;
        using var folder = new TempFolder();
        var files = new FitCheckpoints(folder.Path, trainer);
        using (var first = NewFit(trainer))
        {
            var steps = 0;
            using var stop = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => Run(first, _ =>
            {
                if (++steps == step) stop.Cancel();
            }, stop.Token));
            files.Save(first.Capture());
        }
        taken = files.Load(Assert.Fail);
        using var second = NewFit(trainer);
        second.Restore(taken!);
        Run(second, _ => { }, CancellationToken.None);
        second.SelectWeights();
        Assert.Equal(whole, Weights(second));
    }

    [Fact]
    public void Limits_end_a_training_where_they_say()
    {
        Assert.Equal((15, 3), Count(s_trainer));
        Assert.Equal((6, 3), Count(s_trainer with { LimitTrainBatches = 2L }));
        Assert.Equal((6, 3), Count(s_trainer with { LimitTrainBatches = 0.5 }));
        Assert.Equal((7, 2), Count(s_trainer with { MaxSteps = 7 }));
        Assert.Equal((1, 1), Count(s_trainer with { FastDevRun = true }));
        Assert.Equal((3, 3), Count(s_trainer with { OverfitBatches = 1 }));
        Assert.Equal((9, 3), Count(s_trainer with { AccumulateGradBatches = 2 }));
        Assert.Equal((10, 2), Count(s_trainer with { EarlyStopping = new EarlyStoppingOptions(Enabled: true, Patience: 1, MinDelta: 1e6) }));
    }

    [Fact]
    public void Loss_that_is_not_finite_stops_with_the_step_and_the_tensor_or_is_skipped_and_counted()
    {
        var error = Assert.Throws<TrainingException>(() => Train(s_trainer, poison: 9));
        Assert.Contains("the test, epoch 1, step", error.Message);
        Assert.Contains("the gradient of 0.weight", error.Message);
        using var fit = NewFit(s_trainer with { Nonfinite = NonFinitePolicy.Skip }, poison: 9);
        Run(fit, _ => { }, CancellationToken.None);
        Assert.Equal(3, fit.State.Skipped);
        Assert.Equal(12, fit.State.Steps);
        Assert.All(Weights(fit), weight => Assert.True(float.IsFinite(weight)));
    }

    [Fact]
    public void Range_test_suggests_a_rate_that_learns_and_moves_nothing()
    {
        using var fit = NewFit(s_trainer);
        var before = Weights(fit);
        var search = fit.FindRate();
        Assert.Equal(before, Weights(fit));
        Assert.InRange(search.Suggested!.Value, 1e-3, 0.1);
        Assert.True(search.Rates.Count > 20);
        fit.State.FoundRate = search.Suggested;
        Run(fit, _ => { }, CancellationToken.None);
        Assert.True(fit.State.History[^1].Train["loss"] < fit.State.History[0].Train["loss"]);
    }

    [Fact]
    public void Steps_allocate_almost_nothing_on_the_managed_heap()
    {
        using var fit = NewFit(s_trainer with { Epochs = 300 });
        var (steps, before) = (0, 0L);
        Run(fit, _ =>
        {
            if (++steps == 5) before = GC.GetAllocatedBytesForCurrentThread();
        }, CancellationToken.None, epochs: 1);
        var perStep = (GC.GetAllocatedBytesForCurrentThread() - before) / Math.Max(1, steps - 5);
        Assert.True(perStep < 20_000, $"{perStep} bytes a step");
    }

    [Theory]
    [InlineData(null, 7, 7)]
    [InlineData(0.5, 7, 3)]
    [InlineData(0.01, 7, 1)]
    [InlineData(3L, 7, 3)]
    [InlineData(30L, 7, 7)]
    public void Batch_limit_is_a_share_or_a_count(object? limit, int batches, int expected) => Assert.Equal(expected, BatchLimit.Of(limit, batches));

    [Theory]
    [InlineData("best-{epoch}-{val_f1:.4f}", true, "best-epoch=7-val_f1=0.8123")]
    [InlineData("epoch{epoch}-val{val_f1:.2f}", false, "epoch7-val0.81")]
    [InlineData("epoch{epoch}", true, "epochepoch=7")]
    [InlineData("{epoch:03d}", false, "007")]
    public void Checkpoint_names_expand_as_Lightning_does(string template, bool insert, string expected) =>
        Assert.Equal(expected, FileNameTemplate.Expand(template, insert, name => name switch { "epoch" => 7, "val_f1" => 0.81234, _ => null }, ["epoch", "val_f1"]));

    [Fact]
    public void Checkpoint_name_of_an_unknown_score_lists_those_there_are()
    {
        var error = Assert.Throws<ConfigException>(() => FileNameTemplate.Expand("{val_f2}", true, _ => null, ["epoch", "val_f1"]));
        Assert.Contains("'val_f2'; there are epoch, val_f1", error.Message);
    }

    [Fact]
    public void Class_weights_follow_their_rule()
    {
        Assert.Null(ClassWeights.Of("none", [3, 1]));
        Assert.Equal([2 / 3f, 2f], ClassWeights.Of("inverse", [3, 1])!);
        Assert.Equal([1f, 2.5f], ClassWeights.Of("[1,2.5]", [3, 1])!);
        var effective = ClassWeights.Of("effective", [1000, 10])!;
        // (1 - 0.999) / (1 - 0.999^n), scaled to a mean of one.
        Assert.Equal(((1 - Math.Pow(0.999, 1000)) / (1 - Math.Pow(0.999, 10))), effective[1] / effective[0], 1e-3);
        Assert.Equal(2f, effective.Sum(), 1e-5f);
        Assert.Contains("1 numbers for 2 classes", Assert.Throws<ConfigException>(() => ClassWeights.Of("[1]", [3, 1])).Message);
        var drawn = ClassWeights.Draw([.. Enumerable.Range(0, 1000)], [.. Enumerable.Range(0, 1000).Select(i => i < 990 ? 0 : 1)], new RandomStream(1, "draw"));
        Assert.InRange(drawn.Count(item => item >= 990), 400, 600);
    }

    static (int Batches, int Epochs) Count(TrainerOptions trainer)
    {
        using var fit = NewFit(trainer);
        Run(fit, _ => { }, CancellationToken.None);
        return ((int)fit.State.Steps, fit.State.History.Count);
    }

    static float[] Train(TrainerOptions trainer, ProcessGroup? group = null, int poison = -1)
    {
        using var fit = NewFit(trainer, poison);
        fit.Processes = group;
        Run(fit, _ => { }, CancellationToken.None);
        fit.SelectWeights();
        return Weights(fit);
    }

    static void Run(Fit fit, Action<StepDone> step, CancellationToken cancel, int epochs = int.MaxValue)
    {
        while (!fit.IsFinished && fit.State.History.Count < epochs) fit.RunEpoch(step, () => false, cancel);
    }

    static float[] Weights(Fit fit) => [.. fit.Network.NamedParameters().SelectMany(parameter => parameter.Tensor.ToArray<float>())];

    static void AssertClose(float[] expected, float[] actual, double tolerance) =>
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 0, tolerance);

    // A small network that learns a sum; the target of example `poison` is not a number.
    static Fit NewFit(TrainerOptions trainer, int poison = -1)
    {
        var streams = new RandomStreams(1, "the test");
        var random = new RandomStream(1, "data");
        float[] inputs = [.. Enumerable.Range(0, Examples * Inputs).Select(_ => (float)random.Normal())];
        float[] targets = [.. Enumerable.Range(0, Examples).Select(i => i == poison ? float.NaN : inputs[(i * Inputs)..((i + 1) * Inputs)].Sum())];
        var network = new Sequential(new Linear(Inputs, 4, streams.Generator("init")), new Tanh(), new Linear(4, 1, streams.Generator("init")));
        var (x, y) = (new float[Examples * Inputs], new float[Examples]);
        Tensor Loss(TensorScope scope, int first, int count, EpochSums sums)
        {
            var answer = network.Forward(scope.From<float>(x.AsSpan(first * Inputs, count * Inputs), count, Inputs));
            return Losses.MeanSquaredError(answer, scope.From<float>(y.AsSpan(first, count), count, 1));
        }
        PartLoss loss = Loss;
        return new Fit(
            new FitPlan
            {
                Title = "the test",
                Network = network,
                Optimizer = s_optim.NewOptimizer(network.NamedParameters()),
                Streams = streams,
                Train = [.. Enumerable.Range(0, Examples)],
                Validation = [.. Enumerable.Range(0, 8)],
                Prepare = examples =>
                {
                    var indices = examples.Span;
                    for (var i = 0; i < indices.Length; i++)
                    {
                        inputs.AsSpan(indices[i] * Inputs, Inputs).CopyTo(x.AsSpan(i * Inputs));
                        y[i] = targets[indices[i]];
                    }
                    return loss;
                },
                Score = _ => new Dictionary<string, double> { ["loss"] = 1 },
            },
            trainer, s_optim, TimeProvider.System);
    }
}

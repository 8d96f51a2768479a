using Kymo.Lab.Data.Motion;
using Kymo.Lab.Models;
using Kymo.Lab.Recipes.Activity;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Signals.Arrays;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;
using Kymo.Torch.Optimizers;

namespace Kymo.Lab.Tests.Recipes.Activity;

/// <summary>The scenarios' losses: scenario2 against PyTorch, and what each of the others promises of its modules.</summary>
public sealed class ScenarioLossTests : IDisposable
{
    static readonly ScenarioOptions s_plain = new([], new(), new(), new(), new(), new([], new([], [])));

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Three_steps_of_scenario2_equal_pytorch()
    {
        Oracle.Ask("har_models.py", ["torch", "numpy"], "train", _folder.Path);
        var config = Config(s_plain with { Alpha = 2, Beta = 0.5, Gamma = 1.5 });
        using var streams = new RandomStreams(0, "test");
        using var network = new ActivityNetwork(config, streams);
        network.LoadState(Weights(""));
        using var optimizer = new Adam(network.Trained([]), new AdamOptions { LearningRate = 1e-3, WeightDecay = 7e-4 });
        var (poses, signals) = (NpyFile.Read(_folder["poses.npy"]).AsFloat32(), NpyFile.Read(_folder["signals.npy"]).AsFloat32());
        var labels = NpyFile.Read(_folder["labels.npy"]).AsInt64();
        var expected = NpyFile.Read(_folder["terms.npy"]).AsFloat32();
        using var scope = new TensorScope();

        network.Eval();
        using (Autograd.NoGrad())
        {
            var terms = ScenarioLoss.Of(network, config.Scenario, Batch(scope, poses, signals, labels, 0));
            AssertClose(NpyFile.Read(_folder["sim.npy"]).AsFloat32(), terms.Simulated!.Value.ToArray<float>(), 1e-5);
            AssertClose(NpyFile.Read(_folder["logits.npy"]).AsFloat32(), terms.Logits.ToArray<float>(), 1e-5);
        }
        network.Train();
        for (var step = 0; step < 3; step++)
        {
            var terms = ScenarioLoss.Of(network, config.Scenario, Batch(scope, poses, signals, labels, step));
            AssertClose(expected[(4 * step)..(4 * step + 4)],
                [(float)terms.Total.Item(), (float)terms.Mse!.Value.Item(), (float)terms.Activity!.Value.Item(), (float)terms.Similarity!.Value.Item()], 1e-4);
            optimizer.ZeroGrad();
            terms.Total.Backward();
            optimizer.Step();
            scope.Reset();
        }
        foreach (var (name, tensor) in Weights("_after"))
        {
            // A bias before a normalisation has no gradient but rounding, which Adam enlarges to whole steps.
            if (tensor.Type != ElementType.Float32 || BeforeNorm(name)) continue;
            AssertClose(tensor.ToArray<float>(), network.State().Single(entry => entry.Name == name).Tensor.ToArray<float>(), 1e-4);
        }
    }

    [Fact]
    public void Separate_extractors_share_no_storage_and_shared_ones_do()
    {
        var config = Config(s_plain with { SeparateFeatureExtractors = true });
        using var streams = new RandomStreams(0, "test");
        using var network = new ActivityNetwork(config, streams);
        Assert.NotSame(network.Extractor, network.SimulatedExtractor);
        Assert.NotEqual(network.Extractor.Parameters()[0].Address, network.SimulatedExtractor.Parameters()[0].Address);
        Assert.NotEqual(network.Extractor.Parameters()[0].ToArray<float>(), network.SimulatedExtractor.Parameters()[0].ToArray<float>());
        using var others = new RandomStreams(0, "test");
        using var shared = new ActivityNetwork(config with { Compat = new(Scenario24: "shared") }, others);
        Assert.Same(shared.Extractor, shared.SimulatedExtractor);
        // One more network moves no other: the streams have names.
        Assert.Equal(network.Extractor.Parameters()[0].ToArray<float>(), shared.Extractor.Parameters()[0].ToArray<float>());
    }

    [Fact]
    public void Frozen_modules_keep_their_bytes()
    {
        var (before, after) = Steps(s_plain with { Trainable = ["fe", "ac"] });
        Assert.All(before.Keys.Where(name => name.StartsWith("pose2imu.", StringComparison.Ordinal)), name => Assert.Equal(before[name], after[name]));
        Assert.NotEqual(before["fe.conv1.0.weight"], after["fe.conv1.0.weight"]);
    }

    [Fact]
    public void Critic_and_generator_leave_each_other_alone()
    {
        var options = new AdversarialOptions([], new([], [], "signal"), Enabled: true, Loss: "wgan");
        var config = Config(s_plain with { Adversarial = options });
        var data = Data();
        var (fit, objective) = ActivityObjective.Begin(config, data, Device.Cpu, TimeProvider.System);
        using (fit)
        {
            var before = Bytes(objective.Network);
            objective.Network.Train();
            var part = fit.Plan.Prepare(data.Train.AsMemory(0, 8));
            var between = Bytes(objective.Network);
            Assert.All(before.Keys.Where(name => !name.StartsWith("discriminator", StringComparison.Ordinal)), name => Assert.Equal(before[name], between[name]));
            Assert.NotEqual(before["discriminator.fc.0.weight"], between["discriminator.fc.0.weight"]);

            using var scope = new TensorScope();
            part(scope, 0, 8, new EpochSums(data.Set.Classes.Count)).Backward();
            fit.Plan.Optimizer.Step();
            fit.Plan.OtherOptimizers["adversary"].Step();
            var after = Bytes(objective.Network);
            Assert.All(between.Keys.Where(name => name.StartsWith("discriminator", StringComparison.Ordinal)), name => Assert.Equal(between[name], after[name]));
            Assert.NotEqual(between["pose2imu.fc.0.weight"], after["pose2imu.fc.0.weight"]);
        }
    }

    [Fact]
    public void Adversary_has_an_optimiser_of_its_own()
    {
        var (before, after) = Steps(s_plain with { Adversarial = new AdversarialOptions([], new([], []), Enabled: true, Lr: 0.01) });
        Assert.NotEqual(before["discriminator.net.0.weight"], after["discriminator.net.0.weight"]);
        Assert.NotEqual(before["fe.conv1.0.weight"], after["fe.conv1.0.weight"]);
    }

    [Fact]
    public void Rates_follow_the_published_table()
    {
        var optim = new ActivityOptimOptions(new(), Lr: 4.4303752e-4, WarmupEpochs: 8, WarmupStartFactor: 0.2469142);
        var history = new List<EpochRow>();
        var rates = new List<double>();
        for (var epoch = 0; epoch < 43; epoch++)
        {
            rates.Add(ActivityRates.At(optim, 0, 1, history));
            history.Add(new EpochRow
            {
                Epoch = epoch + 1,
                Started = default,
                Ended = default,
                Seconds = 0,
                Train = new Dictionary<string, double>(),
                Validation = new Dictionary<string, double> { ["loss"] = 1 },
                LearningRate = 0,
                IsBest = false,
            });
        }
        double[] expected = [1.09392e-4, 1.51098e-4, 1.92804e-4, 2.34509e-4, 2.76215e-4, 3.17921e-4, 3.59626e-4, 4.01332e-4, 4.43038e-4];
        for (var epoch = 0; epoch < expected.Length; epoch++) Assert.Equal(expected[epoch], rates[epoch], 1e-9);
        Assert.Equal([4.43e-4, 4.43e-5, 4.43e-5, 4.43e-6, 4.43e-7], new[] { 19, 20, 30, 31, 42 }.Select(epoch => double.Parse(rates[epoch].ToString("0.00e0", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Events_and_latency_are_those_worked_by_hand()
    {
        // Rest, ten seconds of class 0, rest; windows of one second every half second, decided right but for one.
        var labels = Enumerable.Range(0, 3000).Select(row => row is >= 1000 and < 2000 ? 0 : 2).ToArray();
        var recording = new PairedRecording { Id = "a", Participant = "p", Input = [], Target = [], Labels = labels, RestLabel = 2 };
        var windows = MotionWindows.Cut([recording], new WindowOptions(100, 50)).Windows;
        int[] decisions = [.. windows.Select(window => window.Start == 1500 ? 1 : window.Label)];
        var found = ActivityEvents.Found(windows, decisions, 100, 50, 100, 2);
        var only = Assert.Single(found);
        Assert.Equal((0, 10.0, 20.0), (only.Label, Math.Round(only.Start, 0), Math.Round(only.End, 0)));
        Assert.Equal(new EventScores(1, 1, 1), ActivityEvents.Match(ActivityEvents.True([recording], 100, 2), found));
        var stream = ActivityEvents.Stream(windows, decisions, 100, 50, 100, 2);
        // The first window whose middle lies in the set starts at row 950 and ends 0.5 s into it.
        Assert.Equal(0.5, stream.MedianLatency, 6);
        Assert.Equal((0, 0.0), (stream.Missed, stream.FalseAlarmsPerHour));
        // A second recording, in which the decisions come a second later: the median of two is their mean.
        MotionWindow[] both = [.. windows, .. windows.Select(window => window with { Recording = recording with { Id = "b" } })];
        int[] later = [.. decisions, .. decisions.Select((decision, i) => windows[i].Start is 950 or 1000 ? 2 : decision)];
        Assert.Equal(1, ActivityEvents.Stream(both, later, 100, 50, 100, 2).MedianLatency, 6);
    }

    [Fact]
    public void Windows_on_two_sides_of_a_gap_are_no_neighbours()
    {
        var labels = Enumerable.Range(0, 3000).Select(row => row is >= 1000 and < 2000 ? 0 : 2).ToArray();
        bool[] masked = [.. Enumerable.Range(0, 3000).Select(row => row is (>= 120 and < 130) or (>= 1400 and < 1500))];
        var recording = new PairedRecording { Id = "a", Participant = "p", Input = [], Target = [], Labels = labels, RestLabel = 2, Masked = masked };
        var windows = MotionWindows.Cut([recording], new WindowOptions(100, 50)).Windows;
        int[] right = [.. windows.Select(window => window.Label)];
        var found = ActivityEvents.Found(windows, right, 100, 50, 100, 2);
        Assert.Equal([(9.75, 13.75), (15.25, 19.75)], found.Select(item => (Math.Round(item.Start, 6), Math.Round(item.End, 6))));
        // Two decisions before the gap and one behind it are not three in a row.
        int[] late = [.. windows.Select(window => window.Start < 1250 ? 2 : window.Label)];
        Assert.Equal(6, ActivityEvents.Stream(windows, late, 100, 50, 100, 2).MedianLatency, 6);
    }

    [Fact]
    public void Learning_from_simulated_signals_alone_is_moved_by_no_real_one()
    {
        var poseOnly = s_plain with { Beta = 0, Losses = new(Similarity: false, ActivityReal: false) };
        Assert.Equal(After(poseOnly, 1), After(poseOnly, 2));
        Assert.NotEqual(After(s_plain, 1), After(s_plain, 2));

        // The network after a step; the signal that is classified is all that differs.
        Dictionary<string, byte[]> After(ScenarioOptions scenario, int signal)
        {
            var config = Config(scenario);
            using var streams = new RandomStreams(0, "test");
            using var network = new ActivityNetwork(config, streams);
            using var optimizer = new Adam(network.Trained([]), new AdamOptions { LearningRate = 1e-3 });
            using var scope = new TensorScope();
            var random = new RandomStream(0, "noise");
            float[] Noise(int count, RandomStream from) => [.. Enumerable.Range(0, count).Select(_ => (float)from.Normal())];
            var batch = new ActivityBatch(
                scope.From<float>(Noise(8 * 180, random), 8, 3, 3, 20), scope.From<float>(Noise(8 * 60, random), 8, 3, 20),
                scope.From<float>(Noise(8 * 60, new RandomStream(signal, "signal")), 8, 3, 20), scope.From<long>([0L, 1, 2, 3, 0, 1, 2, 3], 8));
            network.Train();
            var terms = ScenarioLoss.Of(network, config.Scenario, batch);
            Assert.Equal(8, terms.Logits.Shape[0]);
            terms.Total.Backward();
            optimizer.Step();
            Assert.True(network.Extractor.Training);
            return Bytes(network);
        }
    }

    [Fact]
    public void Pretraining_is_validated_on_its_own_loss_and_gives_no_best_epoch()
    {
        var adversary = new AdversarialOptions([], new([], []), Enabled: true, PretrainEpochs: 2);
        var config = Config(s_plain with { Alpha = 50, Gamma = 2, Adversarial = adversary }) with
        {
            Trainer = new TrainerOptions(new(Enabled: true, Monitor: "val_loss", Mode: "min", Patience: 2), new(Monitor: "val_loss", Mode: "min"), new([]), BatchSize: 8, Epochs: 4),
        };
        var (fit, _) = ActivityObjective.Begin(config, Data(), Device.Cpu, TimeProvider.System);
        using (fit)
        {
            while (fit.State.History.Count < 4)
            {
                var row = fit.RunEpoch(_ => { }, () => false, CancellationToken.None);
                Assert.Equal(row.Epoch <= 2, Math.Abs(row.Validation["loss"] - (2 * row.Validation["mse"])) < 1e-4);
                Assert.Equal(row.Epoch <= 2, Math.Abs(row.Train["loss"] - (2 * row.Train["mse"])) < 1e-4);
                if (row.Epoch == 3) Assert.True(row.IsBest);
                Assert.Equal(row.Epoch > 2, fit.State.BestEpoch > 2);
                Assert.All(fit.State.TopEpochs(), kept => Assert.Equal(row.Epoch > 2, kept.Epoch > 2));
                // The loss rises when the other terms come in; neither waits for it to be as small as before.
                Assert.False(fit.State.Stopped);
                Assert.Equal(1e-3, ActivityRates.At(config.Optim with { Scheduler = new(Patience: 1) }, 0, 1, fit.State.History, 2));
            }
        }
    }

    [Fact]
    public void Finished_networks_get_numbers_on_their_own_scale()
    {
        var raw = Data().Set.Recordings[0];
        var (ownInput, ownTarget) = (Scale(9, 0.1f, 2), Scale(3, 5, 0.5f));
        var own = Standardised(ownInput, ownTarget);
        Assert.Same(own, ActivityEvaluator.OnScales(own, ownInput, ownTarget));
        var (input, target) = (Scale(9, -1, 3), Scale(3, 2, 4));
        var data = ActivityEvaluator.OnScales(own, input, target);
        AssertClose(input.Apply(raw.Input), data.Windows[3].Recording.Input, 1e-5);
        AssertClose(target.Apply(raw.Target), data.Split.Test[0].Target, 1e-5);
        Assert.Equal((input, target), (data.InputScale, data.TargetScale));

        static ChannelScale Scale(int channels, float mean, float deviation) => new([.. Enumerable.Repeat(mean, channels)], [.. Enumerable.Repeat(deviation, channels)]);

        ActivityData Standardised(ChannelScale inputs, ChannelScale targets)
        {
            var recording = raw with { Input = inputs.Apply(raw.Input), Target = targets.Apply(raw.Target) };
            var all = Data();
            return all with
            {
                Set = all.Set with { Recordings = [recording] },
                Split = new MotionSplit("none", [recording], [recording], [recording], []),
                Windows = [.. all.Windows.Select(window => window with { Recording = recording })],
                InputScale = inputs,
                TargetScale = targets,
            };
        }
    }

    (Dictionary<string, byte[]> Before, Dictionary<string, byte[]> After) Steps(ScenarioOptions scenario)
    {
        var data = Data();
        var (fit, objective) = ActivityObjective.Begin(Config(scenario), data, Device.Cpu, TimeProvider.System);
        using (fit)
        {
            var before = Bytes(objective.Network);
            fit.RunEpoch(_ => { }, () => false, CancellationToken.None);
            return (before, Bytes(objective.Network));
        }
    }

    static Dictionary<string, byte[]> Bytes(Module network) => network.State().ToDictionary(entry => entry.Name, entry => entry.Tensor.ToBytes());

    OrderedDictionary<string, StoredTensor> Weights(string ending)
    {
        var all = new OrderedDictionary<string, StoredTensor>();
        foreach (var (module, file) in new[] { ("pose2imu", "r"), ("fe", "f"), ("ac", "c") })
            foreach (var (name, tensor) in WeightFiles.Read(_folder[$"{file}{ending}.pth"])) all[$"{module}.{name}"] = tensor;
        return all;
    }

    static bool BeforeNorm(string name) => name.EndsWith("conv1.bias", StringComparison.Ordinal) || name.EndsWith("conv2.bias", StringComparison.Ordinal);

    static ActivityBatch Batch(TensorScope scope, float[] poses, float[] signals, long[] labels, int step)
    {
        var signal = scope.From<float>(signals.AsSpan(step * 16 * 60, 16 * 60), 16, 3, 20);
        return new ActivityBatch(scope.From<float>(poses.AsSpan(step * 16 * 180, 16 * 180), 16, 3, 3, 20), signal, signal, scope.From<long>(labels.AsSpan(step * 16, 16), 16));
    }

    static ActivityConfig Config(ScenarioOptions scenario) => new(
        new RunOptions(), new ActivityEnvOptions(),
        new ActivityDataOptions([14, 15, 16], [], [], [], [], new MotionAugmentation(), NClasses: 4, BatchSize: 8, SensorWindowLength: 20),
        new ActivityModelOptions(
            new HarRegressorConfig([8, 8, 4], [5, 3, 1], [1, 3, 2], [0, 0, 0], SequenceLength: 20, TemporalHiddenChannels: 6, TemporalDropout: 0, FcHidden: 10, UseBatchNorm: true),
            new HarFeatureExtractorConfig(NFilters: 6, FilterSize: 3, NDense: 9, WindowSize: 20, DropProb: 0),
            new HarClassifierConfig(FIn: 9, NClasses: 4)),
        scenario, new ActivityOptimOptions(new(), Lr: 1e-3), new TrainerOptions(new(), new(), new([]), BatchSize: 8), [], new ActivityCompatOptions());

    // Sixteen windows of noise.
    static ActivityData Data()
    {
        var random = new RandomStream(0, "noise");
        float[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.Normal())];
        var recording = new PairedRecording { Id = "r", Participant = "p", Input = Noise(9 * 320), Target = Noise(3 * 320), Labels = [.. Enumerable.Range(0, 320).Select(row => row / 80)] };
        MotionWindow[] windows = [.. MotionWindows.Cut([recording], new WindowOptions(20, 20)).Windows];
        return new ActivityData
        {
            Set = new PairedSet("noise", ".", "none", ["a", "b", "c", "d"], 100, 3, 3, 3, [recording], []),
            Split = new MotionSplit("none", [recording], [recording], [recording], []),
            Windows = windows,
            Train = [.. Enumerable.Range(0, 16)],
            Validation = [0, 4, 8, 12],
            Test = [0, 4, 8, 12],
            InputScale = ChannelScale.None(9),
            TargetScale = ChannelScale.None(3),
            Exclusions = [],
            Secondary = [],
            Length = 20,
        };
    }

    static void AssertClose(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = Math.Max(expected.Max(Math.Abs), 1e-6f);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() / scale, 0, tolerance);
    }
}

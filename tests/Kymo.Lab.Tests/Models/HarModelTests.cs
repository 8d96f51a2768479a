using System.Text.Json;
using Kymo.Config;
using Kymo.Lab.Models;
using Kymo.Lab.Training;
using Kymo.Signals.Arrays;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Tests.Models;

/// <summary>The activity networks: parameter counts and golden values of the original, everything else against PyTorch.</summary>
public sealed class HarModelTests : IDisposable
{
    const string GroupFile = "joint_hidden_channels=[32,32,32,16] joint_kernel_sizes=[5,5,5,1] joint_dilations=[1,2,4,1] "
        + "joint_dropouts=[0,.2,.2,.2] temporal_hidden_channels=32 fc_hidden=64 fc_dropout=0.1 use_batch_norm=true";
    const string Effective = "joint_dilations=[1,3,5,1] joint_dropouts=[.1,.3,.3,.3] temporal_hidden_channels=48 temporal_dropout=0.3 "
        + "fc_hidden=128 fc_dropout=0.1 use_batch_norm=true";
    const string Later = "joint_hidden_channels=[32,32,32,32] joint_kernel_sizes=[3,3,3,3] joint_dilations=[1,2,4,1] joint_dropouts=[0,.2,.2,.2] "
        + "temporal_hidden_channels=16 temporal_kernel_size=3 fc_hidden=0 use_batch_norm=true";

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("har-regressor", "", 4_408_836)]
    [InlineData("har-regressor", "sequence_length=450", 9_809_286)]
    [InlineData("har-regressor", GroupFile + " sequence_length=450", 1_106_422)]
    [InlineData("har-regressor", Effective + " sequence_length=450", 3_047_206)]
    [InlineData("har-regressor", Effective + " sequence_length=256", 1_780_192)]
    [InlineData("har-regressor", Effective + " sequence_length=300", 2_067_556)]
    [InlineData("har-regressor", Effective + " sequence_length=400", 2_720_656)]
    [InlineData("har-regressor", Effective + " sequence_length=500", 3_373_756)]
    [InlineData("har-regressor", Effective + " sequence_length=16", 212_752)]
    [InlineData("har-regressor", Later + " sequence_length=500", 12_077_964)]
    [InlineData("har-regressor", Later + " sequence_length=400 temporal_hidden_channels=12", 5_835_764)]
    [InlineData("har-regressor", Later + " sequence_length=100", 556_764)]
    [InlineData("har-feature-extractor", "", 68_626)]
    [InlineData("har-feature-extractor", "n_filters=24 filter_size=7 window_size=450", 277_684)]
    [InlineData("har-feature-extractor", "n_filters=16 filter_size=3 window_size=450", 181_124)]
    [InlineData("har-feature-extractor", "n_filters=16 filter_size=3 window_size=256", 104_324)]
    [InlineData("har-feature-extractor", "n_filters=16 filter_size=3 window_size=300", 121_924)]
    [InlineData("har-feature-extractor", "n_filters=16 filter_size=3 window_size=400", 161_924)]
    [InlineData("har-feature-extractor", "n_filters=16 filter_size=3 window_size=500", 201_924)]
    [InlineData("har-feature-extractor", "n_filters=16 filter_size=5 window_size=256", 105_444)]
    [InlineData("har-feature-extractor", "n_filters=24 filter_size=7 window_size=400", 248_884)]
    [InlineData("har-feature-extractor", "window_size=500", 113_626)]
    [InlineData("har-feature-extractor", "n_filters=16 filter_size=3 window_size=16", 8_324)]
    [InlineData("har-classifier", "", 1_111)]
    [InlineData("har-encoder", "window_size=500", 23_998)]
    [InlineData("har-encoder", "window_size=400", 19_198)]
    [InlineData("har-mlp", "", 11_211)]
    [InlineData("har-feature-discriminator", "", 6_529)]
    [InlineData("har-feature-discriminator", "n_classes=11", 9_644)]
    [InlineData("har-signal-discriminator", "window_size=100", 113_345)]
    [InlineData("har-signal-discriminator", "window_size=400", 420_545)]
    [InlineData("har-signal-discriminator", "window_size=500", 522_945)]
    [InlineData("har-signal-discriminator", "window_size=400 hidden_channels=[32,64,128] n_classes=11", 877_228)]
    public void Network_has_the_originals_number_of_parameters(string model, string settings, long expected)
    {
        using var network = Create(model, settings);
        Assert.Equal(expected, network.ParameterCount);
    }

    [Fact]
    public void Joint_blocks_have_the_originals_parameters_and_names()
    {
        using var network = Create("har-regressor", Effective + " sequence_length=16");
        long Of(string prefix) => network.NamedParameters().Where(p => p.Name.StartsWith(prefix, StringComparison.Ordinal)).Sum(p => p.Tensor.Count);
        Assert.Equal([17_120, 31_968, 31_968, 1_392], Enumerable.Range(0, 4).Select(i => Of($"joint_blocks.{i}.")));
        Assert.Equal(25_680, Of("temporal_block."));
        var names = network.State().Select(entry => entry.Name).ToArray();
        Assert.Contains("joint_blocks.0.conv1.weight", names);
        Assert.Contains("joint_blocks.3.norm2.running_var", names);
        Assert.Contains("fc.0.weight", names);
        Assert.Contains("fc.3.bias", names);
        using var plain = Create("har-regressor", Later + " sequence_length=16");
        Assert.Contains("fc.weight", plain.State().Select(entry => entry.Name));
        using var undropped = Create("har-regressor", Effective + " sequence_length=16 fc_dropout=0");
        Assert.Contains("fc.2.weight", undropped.State().Select(entry => entry.Name));
        using var extractor = Create("har-feature-extractor", "");
        Assert.Equal(
            ["conv1.0.weight", "conv1.0.bias", "conv1.2.weight", "conv1.2.bias", "conv1.2.running_mean", "conv1.2.running_var", "conv1.2.num_batches_tracked"],
            extractor.State().Take(7).Select(entry => entry.Name));
        Assert.Equal("fc.0.bias", extractor.State()[^1].Name);
        using var classifier = Create("har-classifier", "");
        Assert.Equal(["classfier.weight", "classfier.bias"], HarClassifier.OriginalNames(classifier.SaveState()).Keys);
        classifier.LoadState(HarClassifier.RightNames(HarClassifier.OriginalNames(classifier.SaveState())));
    }

    [Fact]
    public void Golden_forward_of_the_original_is_met()
    {
        using var regressor = (HarRegressor)Create("har-regressor", Effective + " sequence_length=16");
        using var extractor = Create("har-feature-extractor", "n_filters=16 filter_size=3 window_size=16");
        using var classifier = Create("har-classifier", "");
        foreach (var network in new[] { regressor, extractor, classifier }) Plant(network);
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        var pose = scope.From<float>([.. Enumerable.Range(0, 288).Select(i => (float)(0.5 * Math.Cos(i)))], 2, 3, 3, 16);
        var signal = scope.From<float>([.. Enumerable.Range(0, 96).Select(i => (float)(0.5 * Math.Sin(i)))], 2, 3, 16);
        AssertClose([0.1498456677f, 0.1577490636f, 0.1396372579f], regressor.AfterBlock(pose, 0).ToArray<float>()[..3], 1e-5);
        AssertClose([0.2427708326f], regressor.AfterBlock(pose, 3).ToArray<float>()[..1], 1e-5);
        var simulated = regressor.Forward(pose);
        AssertClose([0.1254361820f, -0.0119376633f, 0.0032413204f, 0.0248487615f], simulated.ToArray<float>()[..4], 1e-5);
        var (real, sim) = (extractor.Forward(signal), extractor.Forward(simulated));
        AssertClose([0.0454191431f, 0.0440752099f, 0.0026213088f, -0.0003992600f], real.ToArray<float>()[..4], 1e-5);
        AssertClose([0.1049638872f, 0.0998222135f, 0.0379123865f, -0.0389813788f], classifier.Forward(real).ToArray<float>()[..4], 1e-5);

        var labels = scope.From<long>([0L, 10L], 2);
        var mse = Losses.MeanSquaredError(simulated, signal).Item();
        var classes = Losses.CrossEntropy(classifier.Forward(real), labels).Item() + Losses.CrossEntropy(classifier.Forward(sim), labels).Item();
        var similarity = Alignment.Dissimilarity(sim, real).Item();
        Assert.Equal(0.1353645293, mse, 6);
        Assert.Equal(4.7042120575, classes, 5);
        Assert.Equal(0.0001027127, similarity, 6);
        Assert.Equal(470.5566729917, mse + (100 * classes) + similarity, 3);
    }

    [Fact]
    public void Networks_of_the_later_state_equal_pytorch()
    {
        Oracle.Ask("har_models.py", ["torch", "numpy"], "later", _folder.Path);
        using var encoder = Load("har-encoder", "window_size=120 embedding=20", "encoder");
        using var head = Load("har-mlp", "hidden=[7] f_in=20 n_classes=4", "head");
        using var judge = (HarFeatureDiscriminator)Load("har-feature-discriminator", "hidden_units=[8] f_in=20 n_classes=4", "judge");
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        var z = encoder.Forward(Array(scope, "x"));
        AssertClose(Array("z"), z.ToArray<float>(), 1e-5);
        AssertClose(Array("logits"), head.Forward(z).ToArray<float>(), 1e-5);
        var (real, classes) = judge.Judge(z, scope.From<long>([3L, 0L, 1L], 3));
        AssertClose(Array("real"), real.ToArray<float>(), 1e-5);
        AssertClose(Array("aux"), classes!.Value.ToArray<float>(), 1e-5);
    }

    [Theory]
    [InlineData("plain", "hidden_channels=[8,12] window_size=22 hidden_units=16 dropout=0")]
    [InlineData("classes", "hidden_channels=[8,12] window_size=22 hidden_units=16 n_classes=3 dropout=0")]
    public void Gradient_penalty_of_the_signal_discriminator_equals_pytorch(string name, string settings)
    {
        Oracle.Ask("har_models.py", ["torch", "numpy"], "critic", _folder.Path);
        using var critic = (HarSignalDiscriminator)Load("har-signal-discriminator", settings, name);
        critic.Train();
        using var scope = new TensorScope();
        var x = Array(scope, "x");
        var labels = scope.From<long>(NpyFile.Read(_folder["labels.npy"]).AsInt64(), 4);
        AssertClose(Array($"{name}.real"), critic.Judge(x, labels).Real.ToArray<float>(), 1e-5);
        var gradient = critic.InputGradient(x, labels);
        AssertClose(Array($"{name}.gradient"), gradient.ToArray<float>(), 1e-4);
        var penalty = gradient.Flatten(1).Norm(1).Subtract(1).Square().Mean();
        Assert.Equal(Array($"{name}.penalty")[0], penalty.Item(), 4);
        penalty.Backward();
        foreach (var parameter in critic.NamedParameters())
        {
            var expected = Array($"{name}.grad.{parameter.Name}");
            if (parameter.Tensor.Grad is { } grad) AssertClose(expected, grad.ToArray<float>(), 1e-4);
            else Assert.All(expected, value => Assert.Equal(0, value));
        }
    }

    [Theory]
    [InlineData(2, 2, 5, 1)]
    [InlineData(2, 2, 5, 2)]
    [InlineData(2, 2, 5, 3)]
    [InlineData(2, 2, 5, 5)]
    [InlineData(3, 3, 5, 2)]
    [InlineData(3, 3, 5, 3)]
    [InlineData(3, 3, 1, 4)]
    [InlineData(5, 4, 3, 3)]
    public void Convolution_that_leaves_out_rows_without_data_equals_the_whole_one(int rows, int high, int wide, int dilation)
    {
        using var random = new RandomGenerator(1);
        using var conv = new SameConv2d(2, 3, (high, wide), dilation, random);
        conv.Bias.CopyFrom<float>([0.5f, -1, 2]);
        using var scope = new TensorScope();
        var input = scope.Normal(random, 4, 2, rows, 9).SetRequiresGrad();
        var weights = scope.Normal(random, 4, 3, rows, 9);
        (float[] Value, float[][] Gradients) Walk(Func<Tensor> forward)
        {
            foreach (var tensor in new[] { input, conv.Weight, conv.Bias }) tensor.Grad?.FillZero();
            var output = forward();
            output.Multiply(weights).Sum().Backward();
            return (output.ToArray<float>(), [.. new[] { input, conv.Weight, conv.Bias }.Select(tensor => tensor.Grad?.ToArray<float>() ?? new float[tensor.Count])]);
        }
        var mine = Walk(() => conv.Forward(input));
        long Before(int size) => (long)dilation * (size - 1) / 2;
        long After(int size) => ((long)dilation * (size - 1)) - Before(size);
        var whole = Walk(() => Functional.Conv2d(input.Pad([Before(wide), After(wide), Before(high), After(high)]), conv.Weight, conv.Bias, [1, 1], [0, 0], [dilation, dilation]));
        AssertClose(whole.Value, mine.Value, 1e-5);
        foreach (var (theirs, ours) in whole.Gradients.Zip(mine.Gradients)) AssertClose(theirs, ours, 1e-5);
    }

    [Fact]
    public void Discrepancy_and_contrastive_loss_have_the_known_values()
    {
        using var scope = new TensorScope();
        Assert.Equal(2.3563892401, Alignment.Discrepancy(scope.From<float>([0f, 0, 1, 0], 2, 2), scope.From<float>([0f, 1, 2, 0], 2, 2)).Item(), 5);
        var rows = scope.From<float>([1f, 0, 0, 1, 1, 1, 2, 0], 4, 2);
        Assert.Equal(0.6366709140, Alignment.Contrastive(rows, scope.From<long>([0L, 1L, 1L, 0L], 4)).Item(), 5);

        var given = JsonDocument.Parse(Oracle.Ask("har_models.py", ["torch", "numpy"], "objectives")).RootElement;
        float[] Floats(string key) => [.. given.GetProperty(key).EnumerateArray().Select(e => e.GetSingle())];
        var (real, sim) = (scope.From<float>(Floats("real"), 5, 6), scope.From<float>(Floats("sim"), 5, 6));
        Assert.Equal(given.GetProperty("mmd").GetDouble(), Alignment.Discrepancy(real, sim).Item(), 5);
        long[] labels = [.. given.GetProperty("labels").EnumerateArray().Select(e => e.GetInt64())];
        var both = Functional.Concatenate([real, sim]);
        Assert.Equal(given.GetProperty("contrastive").GetDouble(), Alignment.Contrastive(both, scope.From<long>([.. labels, .. labels], 10)).Item(), 5);
    }

    [Fact]
    public void Gradient_reversal_turns_the_gradient_round()
    {
        using var scope = new TensorScope();
        using var weight = Tensor.From<float>([1f, -2f, 3f], 3).SetRequiresGrad();
        var reversed = GradientReversal.Apply(scope.Borrow(weight), 0.5);
        Assert.Equal([1f, -2f, 3f], reversed.ToArray<float>());
        reversed.Sum().Backward();
        Assert.Equal([-0.5f, -0.5f, -0.5f], weight.Grad!.Value.ToArray<float>());
        double[] expected = [0, 0.50467, 0.80445, 0.93111];
        Assert.Equal(expected, Enumerable.Range(0, 4).Select(epoch => Math.Round(GradientReversal.Scheduled(epoch, 10), 5)));
        Assert.Equal(0.99991, GradientReversal.Scheduled(9, 10), 5);
    }

    [Theory]
    [InlineData("har-regressor", "joint_kernel_sizes=[3,3]", "the same number")]
    [InlineData("har-regressor", "temporal_hidden_channels=0", "temporal_hidden_channels")]
    [InlineData("har-feature-extractor", "filter_size=4", "odd")]
    [InlineData("har-encoder", "filters=[8,12,16]", "which 3 groups do not divide")]
    public void Impossible_setting_is_named(string model, string settings, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => Create(model, settings)).Message);

    [Fact]
    public void Shapes_follow_joints_window_and_classes()
    {
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        foreach (var joints in new[] { 2, 5 })
        {
            using var regressor = Create("har-regressor", $"num_joints={joints} sequence_length=64");
            Assert.Equal([2, 3, 64], regressor.Forward(scope.Zeros(2, 3, joints, 64)).Shape.ToArray());
        }
        using var extractor = Create("har-feature-extractor", "window_size=64 branch_norm=separate");
        using var classifier = Create("har-classifier", "n_classes=5");
        Assert.Equal([2, 5], classifier.Forward(extractor.Forward(scope.Zeros(2, 3, 64))).Shape.ToArray());
        Assert.Equal([2, 100], ((HarFeatureExtractor)extractor).ForwardSimulated(scope.Zeros(2, 3, 64)).Shape.ToArray());
    }

    static Module Create(string model, string settings) => ModelRegistry.Find(model).Create(
        settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('=')).GroupBy(pair => pair[0])
            .ToDictionary(pair => pair.Key, pair => pair.Last()[1]), 0);

    Module Load(string model, string settings, string file)
    {
        var network = Create(model, settings);
        network.LoadState(WeightFiles.Read(_folder[file + ".pth"]));
        network.Eval();
        return network;
    }

    float[] Array(string name) => NpyFile.Read(_folder[name + ".npy"]).AsFloat32();

    Tensor Array(TensorScope scope, string name)
    {
        var array = NpyFile.Read(_folder[name + ".npy"]);
        return scope.From<float>(array.AsFloat32(), [.. array.Shape]);
    }

    // Element k (from 1) of every parameter 0.05 sin k, weights of normalisations 1 + 0.05 sin k, statistics 0 and 1.
    static void Plant(Module network)
    {
        var state = network.SaveState();
        var planted = new OrderedDictionary<string, StoredTensor>();
        foreach (var (name, tensor) in state)
        {
            var norm = name.Contains("norm", StringComparison.Ordinal) || (name.StartsWith("conv", StringComparison.Ordinal) && name.Contains(".2.", StringComparison.Ordinal));
            planted[name] = tensor.Type != ElementType.Float32 || name.Contains("running", StringComparison.Ordinal) ? tensor : StoredTensor.Of<float>(
                [.. Enumerable.Range(1, tensor.Data.Length / 4).Select(k => (float)((norm && name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0) + (0.05 * Math.Sin(k))))],
                [.. tensor.Shape]);
        }
        network.LoadState(planted);
        network.Eval();
    }

    static void AssertClose(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = Math.Max(expected.Max(Math.Abs), 1e-6f);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() / scale, 0, tolerance);
    }
}

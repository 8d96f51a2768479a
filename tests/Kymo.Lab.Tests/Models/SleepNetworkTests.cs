using Kymo.Config;
using Kymo.Lab.Models;
using Kymo.Signals.Arrays;
using Kymo.Torch;

namespace Kymo.Lab.Tests.Models;

public sealed class SleepNetworkTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sleep-rnn", 5, 4_869)]
    [InlineData("sleep-rnn", 6, 4_933)]
    [InlineData("sleep-gru", 5, 13_957)]
    [InlineData("sleep-gru", 6, 14_149)]
    [InlineData("sleep-lstm", 5, 18_501)]
    [InlineData("sleep-lstm", 6, 18_757)]
    [InlineData("sleep-transformer", 5, 563_013)]
    [InlineData("sleep-transformer", 6, 563_077)]
    public void Networks_have_the_published_number_of_parameters(string name, int features, long parameters)
    {
        using var network = Create(name, features);
        Assert.Equal(parameters, network.ParameterCount);
    }

    [Fact]
    public void State_names_are_the_originals()
    {
        foreach (var cell in new[] { "rnn", "gru", "lstm" })
        {
            using var network = Create("sleep-" + cell, 5);
            Assert.Equal([$"{cell}.weight_ih_l0", $"{cell}.weight_hh_l0", $"{cell}.bias_ih_l0", $"{cell}.bias_hh_l0", "fc.weight", "fc.bias"],
                network.State().Select(tensor => tensor.Name));
        }
        using var transformer = Create("sleep-transformer", 5);
        var names = transformer.State().Select(tensor => tensor.Name).ToArray();
        Assert.Equal(28, names.Length);
        Assert.Equal("input_proj.weight", names[0]);
        Assert.Contains("transformer.layers.1.self_attn.in_proj_weight", names);
        Assert.Contains("transformer.layers.0.norm2.bias", names);
        Assert.Equal("fc.bias", names[^1]);
    }

    // Element k (from 1) of every parameter tensor is 0.05 sin k, the normalisations' weights 1 more; x_i = cos(i) / 2 over (2, 30, F).
    [Theory]
    [InlineData("sleep-rnn", 5, new[] { 0.1733009, 0.1121302, -0.0719247, -0.1664038, -0.0697227 })]
    [InlineData("sleep-rnn", 6, new[] { 0.1752161, 0.1120243, -0.0739230 })]
    [InlineData("sleep-gru", 5, new[] { -0.0314799, 0.0833956, 0.1103363, 0.0051714, -0.1175178 })]
    [InlineData("sleep-gru", 6, new[] { -0.0374188, 0.0795192, 0.1132373 })]
    [InlineData("sleep-lstm", 5, new[] { -0.0064356, 0.0714098, 0.0758985, -0.0098322, -0.0948385 })]
    [InlineData("sleep-lstm", 6, new[] { -0.0092207, 0.0695011, 0.0771878 })]
    [InlineData("sleep-transformer", 5, new[] { 0.5905727, 0.2759618, -0.3607994, -0.5566307, -0.0866744 })]
    [InlineData("sleep-transformer", 6, new[] { 0.6004702, 0.2793087, -0.3680739 })]
    public void Logits_of_the_golden_weights(string name, int features, double[] expected)
    {
        using var network = Create(name, features);
        foreach (var (key, tensor, _) in network.State())
        {
            var shift = key.Contains("norm", StringComparison.Ordinal) && key.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0;
            tensor.CopyFrom<float>([.. Enumerable.Range(1, (int)tensor.Count).Select(k => (float)(shift + 0.05 * Math.Sin(k)))]);
        }
        network.Eval();
        using var scope = new TensorScope();
        using var noGrad = Autograd.NoGrad();
        var x = Enumerable.Range(0, 2 * 30 * features).Select(i => (float)(0.5 * Math.Cos(i))).ToArray();
        var logits = network.Forward(scope.From<float>(x, 2, 30, features)).ToArray<float>();
        Assert.Equal(10, logits.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], logits[i], 1e-5);
    }

    [Theory]
    [InlineData("rnn", "sleep-rnn", "")]
    [InlineData("gru", "sleep-gru", "")]
    [InlineData("lstm", "sleep-lstm", "")]
    [InlineData("transformer", "sleep-transformer", "dropout=0")]
    [InlineData("gru-deep", "sleep-gru", "layers=2 bidirectional=true conv_stride=2")]
    [InlineData("night", "sleep-night", "dropout=0")]
    [InlineData("night-conv", "sleep-night", "dropout=0 conv_layers=2")]
    public void Forward_and_gradients_equal_pytorch(string oracle, string name, string settings)
    {
        Oracle.Ask("sleep_networks.py", ["torch", "numpy"], oracle, "6", _folder.Path);
        using var network = Create(name, 6, settings);
        network.LoadState(WeightFiles.Read(_folder["weights.pth"]));
        using var scope = new TensorScope();
        var stored = NpyFile.Read(_folder["x.npy"]);
        var x = scope.From<float>(stored.AsFloat32(), [.. stored.Shape]);
        network.Eval();
        using (Autograd.NoGrad()) Close(NpyFile.Read(_folder["y.npy"]).AsFloat32(), network.Forward(x).ToArray<float>(), 1e-5);

        network.Train();
        var logits = network.Forward(x).Reshape(-1, 5);
        var rows = (int)logits.Shape[0];
        var loss = Losses.CrossEntropy(logits, scope.From<long>([.. Enumerable.Range(0, rows).Select(i => i % 5L)], rows));
        loss.Backward();
        Close(NpyFile.Read(_folder["loss.npy"]).AsFloat32(), [(float)loss.Item()], 1e-5);
        foreach (var parameter in network.NamedParameters())
            Close(NpyFile.Read(_folder[$"grad.{parameter.Name}.npy"]).AsFloat32(), parameter.Tensor.Grad!.Value.ToArray<float>(), 1e-4);
    }

    [Theory]
    [InlineData("hidden_dim=63", "even")]
    [InlineData("hidden_dim=64 heads=3", "3 heads")]
    public void Transformer_refuses_a_width_that_does_not_fit(string settings, string said) =>
        Assert.Contains(said, Assert.Throws<ConfigException>(() => Create("sleep-transformer", 5, settings)).Message);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Encoder_layers_start_alike_only_when_cloned(bool clone)
    {
        using var network = Create("sleep-transformer", 5, clone ? "clone_layers=true" : "");
        var state = network.State().ToDictionary(tensor => tensor.Name, tensor => tensor.Tensor);
        Assert.Equal(clone, state["transformer.layers.0.linear1.weight"].ToArray<float>()
            .SequenceEqual(state["transformer.layers.1.linear1.weight"].ToArray<float>()));
    }

    [Fact]
    public void Transformer_takes_windows_of_any_length()
    {
        using var network = Create("sleep-transformer", 5);
        network.Eval();
        using var scope = new TensorScope();
        using var noGrad = Autograd.NoGrad();
        foreach (var time in new[] { 1, 30, 600, 7 })
            Assert.All(network.Forward(scope.From<float>(new float[2 * time * 5], 2, time, 5)).ToArray<float>(), logit => Assert.True(float.IsFinite(logit)));
    }

    [Fact]
    public void Night_gives_logits_for_every_epoch()
    {
        using var network = Create("sleep-night", 8, "conv_layers=1 cell=lstm layers=2");
        network.Eval();
        using var scope = new TensorScope();
        using var noGrad = Autograd.NoGrad();
        Assert.Equal([2, 41, 5], network.Forward(scope.From<float>(new float[2 * 41 * 8], 2, 41, 8)).Shape.ToArray());
    }

    static Module Create(string name, int features, string settings = "")
    {
        var all = new Dictionary<string, string> { ["input_dim"] = features.ToString() };
        foreach (var setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)) all[setting.Split('=')[0]] = setting.Split('=')[1];
        return ModelRegistry.Find(name).Create(all, 0);
    }

    // Relative to the largest number of the expected array.
    static void Close(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = Math.Max(expected.Max(Math.Abs), 1e-6f);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() / scale, 0, tolerance);
    }
}

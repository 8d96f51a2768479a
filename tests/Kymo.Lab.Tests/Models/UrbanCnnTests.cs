using Kymo.Lab.Models;
using Kymo.Signals.Arrays;
using Kymo.Torch;

namespace Kymo.Lab.Tests.Models;

public sealed class UrbanCnnTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Network_has_the_published_parameters_names_and_bytes()
    {
        using var network = Create();
        var state = network.SaveState();
        Assert.Equal(250_250, network.ParameterCount);
        Assert.Equal(27, state.Count);
        Assert.Equal("encoder1.conv.weight", state.First().Key);
        Assert.Equal("fc2.bias", state.Last().Key);
        Assert.Equal(1_002_816, state.Sum(entry => entry.Value.Data.Length));
    }

    [Fact]
    public void Forward_equals_pytorch()
    {
        Oracle.Ask("urban_cnn.py", ["torch", "numpy"], "make", _folder.Path);
        using var network = Create();
        network.LoadState(WeightFiles.Read(_folder["weights.pth"]));
        network.Eval();
        using var scope = new TensorScope();
        using var noGrad = Autograd.NoGrad();
        var x = NpyFile.Read(_folder["x.npy"]);
        AssertClose(NpyFile.Read(_folder["y.npy"]).AsFloat32(), network.Forward(scope.From<float>(x.AsFloat32(), [.. x.Shape])).ToArray<float>(), 1e-5);
    }

    [Fact]
    public void Loss_and_gradients_equal_pytorch()
    {
        Oracle.Ask("urban_cnn.py", ["torch", "numpy"], "make", _folder.Path);
        using var network = Create(dropout: 0);
        network.LoadState(WeightFiles.Read(_folder["weights.pth"]));
        network.Train();
        using var scope = new TensorScope();
        var x = NpyFile.Read(_folder["x.npy"]);
        var loss = Losses.CrossEntropy(network.Forward(scope.From<float>(x.AsFloat32(), [.. x.Shape])), scope.From<long>([1L, 0L, 7L], 3));
        loss.Backward();
        AssertClose(NpyFile.Read(_folder["loss.npy"]).AsFloat32(), [(float)loss.Item()], 1e-5);
        foreach (var parameter in network.NamedParameters())
        {
            var (expected, actual) = (NpyFile.Read(_folder[$"grad.{parameter.Name}.npy"]).AsFloat32(), parameter.Tensor.Grad!.Value.ToArray<float>());
            // Normalisation takes these biases away: PyTorch's gradient is rounding, Kymo's is zero.
            if (parameter.Name.StartsWith("encoder", StringComparison.Ordinal) && parameter.Name.EndsWith("conv.bias", StringComparison.Ordinal))
            {
                Assert.All(expected, value => Assert.InRange(value, -1e-4, 1e-4));
                Assert.All(actual, value => Assert.Equal(0, value));
            }
            else AssertClose(expected, actual, 1e-4);
        }
    }

    [Fact]
    public void Weights_written_as_pth_give_the_same_logits_in_pytorch()
    {
        using var network = Create();
        network.Eval();
        WeightFiles.Write(_folder["w.pth"], network.SaveState());
        var x = Enumerable.Range(0, 2 * 128 * 173).Select(i => MathF.Sin(i * 0.37f)).ToArray();
        NpyFile.Write(_folder["x.npy"], x, [2, 128, 173]);
        Oracle.Ask("urban_cnn.py", ["torch", "numpy"], "forward", _folder["w.pth"], _folder["x.npy"], _folder["y.npy"]);
        using var scope = new TensorScope();
        using var noGrad = Autograd.NoGrad();
        AssertClose(NpyFile.Read(_folder["y.npy"]).AsFloat32(), network.Forward(scope.From<float>(x, 2, 128, 173)).ToArray<float>(), 1e-5);
    }

    [Fact]
    public void Create_unknown_setting_names_those_that_exist()
    {
        var error = Assert.Throws<Kymo.Config.ConfigException>(() =>
            ModelRegistry.Find("urban-cnn").Create(new Dictionary<string, string> { ["clases"] = "3" }, 0));
        Assert.Contains("classes", error.Message);
    }

    static Module Create(double dropout = 0.2) => ModelRegistry.Find("urban-cnn").Create(
        new Dictionary<string, string> { ["encoder_dropout"] = dropout == 0 ? "0" : "0.2", ["head_dropout"] = dropout == 0 ? "0" : "0.5" }, 0);

    // Relative to the largest number of the expected array.
    static void AssertClose(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = Math.Max(expected.Max(Math.Abs), 1e-6f);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() / scale, 0, tolerance);
    }
}

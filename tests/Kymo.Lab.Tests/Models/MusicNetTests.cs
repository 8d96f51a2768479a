using Kymo.Lab.Models;
using Kymo.Signals.Arrays;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Tests.Models;

public sealed class MusicNetTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("emotion-recognizer", 403_264, 128, "0.0426075 -0.0116593 0.0854503 -0.0894037")]
    [InlineData("melody-transformer", 641_664, 64, "0.5512888 0.5105888 0.4609539 0.4945701")]
    [InlineData("harmony-predictor", 74_176, 128, "0.0188675 0.0147495 0.0152565 0.0169399")]
    [InlineData("dynamics-engine", 13_520, 32, "0.5205353 0.5167255 0.4959407 0.4806203")]
    [InlineData("groove-predictor", 18_656, 64, "0.1252841 0.0867497 -0.0442605 -0.1190170")]
    public void Network_has_its_parameters_and_golden_outputs(string name, long parameters, int inputs, string golden)
    {
        using var network = Create(name);
        Assert.Equal(parameters, network.ParameterCount);
        var weights = new OrderedDictionary<string, StoredTensor>();
        foreach (var (key, tensor) in network.SaveState())
        {
            var values = new float[tensor.ToArray<float>().Length];
            for (var k = 1; k <= values.Length; k++) values[k - 1] = (float)(0.05 * Math.Sin(k));
            weights[key] = StoredTensor.Of<float>(values, tensor.Shape);
        }
        network.LoadState(weights);
        network.Eval();
        using var scope = new TensorScope();
        using var noGrad = Autograd.NoGrad();
        var x = Enumerable.Range(0, inputs).Select(i => (float)(0.5 * Math.Cos(i))).ToArray();
        var y = network.Forward(scope.From<float>(x, 1, inputs)).ToArray<float>();
        var expected = golden.Split(' ').Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
        Assert.All(expected.Zip(y), pair => Assert.Equal(pair.First, pair.Second, 2e-6));
    }

    [Theory]
    [InlineData("emotion-recognizer")]
    [InlineData("melody-transformer")]
    [InlineData("harmony-predictor")]
    [InlineData("dynamics-engine")]
    [InlineData("groove-predictor")]
    [InlineData("music-mlp", 5, 4, 6)]
    [InlineData("music-sequence", 5, 4, 6, 0, 0)]
    [InlineData("music-sequence", 5, 4, 6, 1, 1)]
    public void Forward_and_gradients_equal_pytorch(string name, params int[] numbers)
    {
        var texts = numbers.Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Oracle.Ask("music_nets.py", ["torch", "numpy"], [name, _folder.Path, .. texts]);
        using var network = Create(name, numbers);
        var weights = WeightFiles.Read(_folder["weights.pth"]);
        Assert.Equal(weights.Keys, network.SaveState().Keys);
        network.LoadState(weights);
        network.Train();
        using var scope = new TensorScope();
        var x = NpyFile.Read(_folder["x.npy"]);
        var y = network.Forward(scope.From<float>(x.AsFloat32(), [.. x.Shape]));
        AssertClose("y", y);
        (y * y).Mean().Backward();
        foreach (var parameter in network.NamedParameters()) AssertClose("grad." + parameter.Name, parameter.Tensor.Grad!.Value);
    }

    [Theory]
    [InlineData("emotion-recognizer", 128, 65_536), InlineData("melody-transformer", 64, 262_144)]
    public void One_step_leaves_the_recurrent_weights_without_gradient(string name, int inputs, int dead)
    {
        using var network = Create(name);
        using var scope = new TensorScope();
        var y = network.Forward(scope.From<float>(Enumerable.Repeat(0.3f, 2 * inputs).ToArray(), 2, inputs));
        (y * y).Mean().Backward();
        var gradient = network.NamedParameters().Single(parameter => parameter.Name == "lstm.weight_hh_l0").Tensor.Grad!.Value.ToArray<float>();
        Assert.Equal(dead, gradient.Count(value => value == 0));
    }

    // Without dropout, so that training mode can be compared.
    static Module Create(string name, params int[] numbers)
    {
        var settings = new Dictionary<string, string>();
        if (numbers.Length > 0)
            (settings["inputs"], settings["outputs"], settings["hidden"], settings["dropout"]) = ($"{numbers[0]}", $"{numbers[1]}", $"{numbers[2]}", "0");
        if (name == "music-mlp") settings["input_dropout"] = "0";
        if (numbers.Length > 3) (settings["bidirectional"], settings["pooled"]) = (numbers[3] == 1 ? "true" : "false", numbers[4] == 1 ? "true" : "false");
        return ModelRegistry.Find(name).Create(settings, 0);
    }

    void AssertClose(string file, Tensor actual)
    {
        var expected = NpyFile.Read(_folder[file + ".npy"]).AsFloat32();
        var scale = Math.Max(expected.Max(Math.Abs), 1e-6f);
        Assert.InRange(expected.Zip(actual.ToArray<float>(), (a, b) => Math.Abs(a - b)).Max() / scale, 0, 1e-4);
    }
}

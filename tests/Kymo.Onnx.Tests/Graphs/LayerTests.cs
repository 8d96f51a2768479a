namespace Kymo.Onnx.Tests.Graphs;

/// <summary>Each layer helper against PyTorch's layer of the same name, run by ONNX Runtime.</summary>
public sealed class LayerTests(LayerOracle oracle) : IClassFixture<LayerOracle>
{
    public static TheoryData<string> Names => [.. LayerCases.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Layer_equals_PyTorchs(string name)
    {
        Ready.Runtime();
        var given = oracle.Case(name);
        var model = Build(name, given, dynamic: false);
        Assert.Equal(given.Output.Shape.Select(OnnxDimension.Fixed), model.Graph.Outputs[0].Shape!);
        Assert.InRange(Difference(model, given), 0, Tolerance(name));
    }

    [Theory, MemberData(nameof(Names))]
    public void Layer_with_open_batch_equals_PyTorchs(string name)
    {
        Ready.Runtime();
        var given = oracle.Case(name);
        var model = Build(name, given, dynamic: true);
        if (given.Output.Shape[0] == given.Inputs[0].Shape[0]) Assert.Equal("batch", model.Graph.Outputs[0].Shape![0].Name);
        Assert.InRange(Difference(model, given), 0, Tolerance(name));
    }

    [Fact]
    public void Every_file_passes_the_outside_checker_and_shape_inference()
    {
        using var folder = new TempFolder();
        foreach (var name in LayerCases.All.Keys)
            foreach (var dynamic in (bool[])[false, true])
                OnnxModelFile.Write(Build(name, oracle.Case(name), dynamic), folder[$"{name}-{dynamic}.onnx"]);
        Assert.Equal($"{LayerCases.All.Count * 2} sound", Oracle.Ask("onnx_check.py", ["onnx", "numpy"], folder.Path).Trim());
    }

    static OnnxModel Build(string name, LayerCase given, bool dynamic)
    {
        var graph = new OnnxGraph(name, $"The case '{name}'").Metadata("case", name);
        var inputs = given.Inputs.Select((input, i) => graph.Input($"input{i}",
            [.. input.Shape.Select((size, axis) => dynamic && axis == 0 ? OnnxDimension.Named("batch") : size)]));
        graph.Output("output", LayerCases.All[name](graph, [.. inputs], given.Weights), "what PyTorch makes of it");
        return graph.ToModel();
    }

    static double Difference(OnnxModel model, LayerCase given)
    {
        using var session = InferenceSession.Load(model, new SessionOptions { Threads = 1 });
        using var result = session.Run([.. given.Inputs.Select((input, i) => RunInput.Of($"input{i}", input.Values, input.Shape))]);
        Assert.Equal(given.Output.Shape, result.Shape());
        var difference = 0.0;
        for (var i = 0; i < given.Output.Values.Length; i++)
            difference = Math.Max(difference, Math.Abs(given.Output.Values[i] - result.Float32()[i]));
        return difference;
    }

    // Post-norm encoders and random statistics make numbers of several units; the rest stays near 1.
    static double Tolerance(string name) => name is "urban-cnn" or "sleep-transformer" ? 1e-4 : 1e-5;
}

namespace Kymo.Onnx.Tests.Graphs;

/// <summary>Each layer helper against PyTorch's layer of the same name, run by ONNX Runtime.</summary>
public sealed class LayerTests(LayerOracle oracle) : IClassFixture<LayerOracle>
{
    /// <summary>Every case with all sizes fixed and with the batch open; the sequence cases also with batch and time open.</summary>
    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> cases = [];
        foreach (var name in LayerCases.All.Keys.Concat(LayerCases.Sequences.Keys))
        {
            cases.Add(name, "");
            cases.Add(name, "batch");
            if (LayerCases.Sequences.ContainsKey(name)) cases.Add(name, "batch,time");
        }
        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Layer_equals_PyTorchs(string name, string open)
    {
        Ready.Runtime();
        var given = oracle.Case(name);
        var model = LayerCases.Model(name, given, open);
        Assert.Empty(OnnxChecker.Check(model));
        var shape = model.Graph.Outputs[0].Shape!;
        if (open.Length == 0) Assert.Equal(given.Output.Shape.Select(OnnxDimension.Fixed), shape);
        else if (given.Output.Shape[0] == given.Inputs[0].Shape[0]) Assert.Equal("batch", shape[0].Name);
        Assert.InRange(Difference(model, given), 0, Tolerance(name));
    }

    [Fact]
    public void Every_file_passes_the_outside_checker_and_shape_inference()
    {
        using var folder = new TempFolder();
        // onnx 1.12 counts the frames of STFT with half the frame's length (corrected later), so only an open length passes.
        var cases = Cases().Select(row => row.Data).Where(one => one.Item1 != "logmel-operator" || one.Item2 == "batch,time").ToList();
        foreach (var (name, open) in cases)
            OnnxModelFile.Write(LayerCases.Model(name, oracle.Case(name), open), folder[$"{name}-{open}.onnx"]);
        Assert.Equal($"{cases.Count} sound", Oracle.Ask("onnx_check.py", ["onnx", "numpy"], folder.Path).Trim());
    }

    static double Difference(OnnxModel model, LayerCase given)
    {
        using var session = InferenceSession.Load(model, new SessionOptions { Threads = 1 });
        using var result = session.Run([.. given.Inputs.Select((input, i) => RunInput.Of($"input{i}", input.Values, input.Shape))]);
        Assert.Equal(given.Output.Shape, result.Shape());
        // Energies 50 dB below the clip's maximum are what single precision leaves of a difference of large numbers.
        var faint = !model.Graph.Name.StartsWith("logmel", StringComparison.Ordinal) ? float.MinValue
            : given.Output.Values.Max() - (model.Graph.Name.EndsWith("natural", StringComparison.Ordinal) ? 5.8f : 50);
        var difference = 0.0;
        for (var i = 0; i < given.Output.Values.Length; i++)
        {
            var one = Math.Abs(given.Output.Values[i] - result.Float32()[i]);
            difference = Math.Max(difference, given.Output.Values[i] < faint ? one * 0.01 : one);
        }
        return difference;
    }

    // Post-norm encoders and random statistics make numbers of several units; the rest stays near 1.
    static double Tolerance(string name) => name.StartsWith("logmel", StringComparison.Ordinal) ? 1e-3
        : name is "urban-cnn" or "sleep-transformer" ? 1e-4 : 1e-5;
}

using System.Runtime.InteropServices;
using Kymo.Onnx.Quantisation;
using Kymo.Onnx.Tests.Files;
using Kymo.Onnx.Tests.Graphs;

namespace Kymo.Onnx.Tests.Quantisation;

public sealed class StaticQuantiserTests(LayerOracle oracle) : IClassFixture<LayerOracle>
{
    // The share of the largest output by which int8 may differ: measured 0.5 to 2 %, doubled.
    [Theory, InlineData("urban-cnn", 6, 0.3), InlineData("tinycnn-cbam", 9, 0.55), InlineData("crnn", 6, 0.4), InlineData("linear-over-time", 1, 20)]
    public void Network_keeps_its_outputs_within_a_few_percent(string name, int nodes, double size)
    {
        Ready.Runtime();
        var given = oracle.Case(name);
        var model = LayerCases.Model(name, given, "batch");
        RunInput[] run = [.. given.Inputs.Select((input, i) => RunInput.Of($"input{i}", input.Values, input.Shape))];
        var (quantised, report) = StaticQuantiser.Quantise(model, [run], new QuantisationOptions { CalibrationSet = "the case's input" });

        Assert.Equal(nodes, report.QuantisedNodes);
        Assert.InRange(report.MaxDifference, 1e-6, 0.05 * report.LargestOutput);
        Assert.InRange(report.MeanDifference, 1e-7, report.MaxDifference);
        Assert.Equal((OnnxModelFile.ToBytes(model).Length, OnnxModelFile.ToBytes(quantised).Length), (report.FloatBytes, report.QuantisedBytes));
        Assert.InRange((double)report.QuantisedBytes / report.FloatBytes, 0, size);
        Assert.Contains(new("quantisation.calibration_set", "the case's input"), quantised.Metadata);
        Assert.Contains(new("case", name), quantised.Metadata);

        // The report's difference is the one PyTorch sees, up to what float arithmetic adds.
        using var session = InferenceSession.Load(quantised);
        using var result = session.Run(run);
        var difference = 0.0;
        for (var i = 0; i < given.Output.Values.Length; i++)
            difference = Math.Max(difference, Math.Abs(given.Output.Values[i] - result.Float32()[i]));
        Assert.Equal(report.MaxDifference, difference, 1e-4);

        using var folder = new TempFolder();
        OnnxModelFile.Write(quantised, folder["int8.onnx"]);
        Assert.Equal("1 sound", Oracle.Ask("onnx_check.py", ["onnx", "numpy"], folder.Path, "quantised").Trim());
    }

    [Fact]
    public void Weights_are_symmetric_codes_per_channel_within_half_a_step()
    {
        var weight = OnnxTensor.Of("w", [0.5f, -1.27f, 0, 0, 0, 0, 3, 2, -1], 3, 3);
        var (codes, scales) = WeightCodes.Of(weight, 0, 127);
        Assert.Equal([50, -127, 0, 0, 0, 0, 127, 85, -42], codes.AsInt8().ToArray());
        Assert.Equal(0.01f, scales[0], 1e-9);
        Assert.Equal((1f, 3 / 127f), (scales[1], scales[2]));
        var byColumn = WeightCodes.Of(weight, 1, 63);
        Assert.Equal([3 / 63f, 2 / 63f, 1 / 63f], byColumn.Scales);
        Assert.Equal([10, -40, 0, 0, 0, 0, 63, 63, -63], byColumn.Codes.AsInt8().ToArray());
    }

    [Fact]
    public void Range_holds_zero_exactly_and_gives_outliers_up()
    {
        var range = new ValueRange();
        range.Widen("x", [-1, 0.5f, 4.1f]);
        var (scale, zero) = range.Steps();
        Assert.Equal((5.1f / 255, 50), (scale, zero));

        var positive = new ValueRange();
        float[] values = [.. Enumerable.Range(0, 10_000).Select(i => i / 10_000f), 500];
        positive.Widen("x", values);
        Assert.Equal((0, 500), (positive.Low, positive.High));
        positive.Count(values);
        positive.Narrow(0.999);
        Assert.Equal(0, positive.Low);
        Assert.InRange(positive.High, 0.99f, 1.3f);
        Assert.Equal((1f, 0), new ValueRange().Steps());
        Assert.Contains("NaN of 'x'", Assert.Throws<OnnxException>(() => range.Widen("x", [float.NaN])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Biases_far_above_their_input_step_do_not_overflow()
    {
        Ready.Runtime();
        var weights = new NetworkWeights().Add("fc.weight", [1e-6f, 1], 2, 1).Add("fc.bias", [1000, 3], 2);
        var graph = new OnnxGraph("bias");
        graph.Output("y", graph.Linear(graph.Input("x", "batch", 1), weights, "fc"));
        RunInput[] run = [RunInput.Of("x", new[] { 1e-3f, 2e-3f }, 2, 1)];
        var (model, report) = StaticQuantiser.Quantise(graph.ToModel(), [run]);
        Assert.InRange(report.MaxDifference, 0, 1e-3);
        Assert.Equal(3, model.Graph.Initialisers.Count(one => one.Type is OnnxType.Int8 or OnnxType.Int32));
    }

    [Fact]
    public void Nodes_named_as_kept_and_recurrent_ones_if_asked_stay_float()
    {
        Ready.Runtime();
        var small = ModelFileTests.Small();
        RunInput[] run = [RunInput.Of("x", Enumerable.Range(0, 50).Select(i => MathF.Cos(i)).ToArray(), 2, 5, 5)];
        Assert.Equal(2, StaticQuantiser.Quantise(small, [run]).Report.QuantisedNodes);
        var floatGru = StaticQuantiser.Quantise(small, [run], new QuantisationOptions { RecurrentWeights = false, ReducedRange = true, Coverage = 0.99 });
        Assert.Equal(1, floatGru.Report.QuantisedNodes);
        var codes = floatGru.Model.Graph.Initialisers.Single(one => one.Name == "fc.weight.int8");
        Assert.InRange(MemoryMarshal.Cast<byte, sbyte>(codes.Data.Span).ToArray().Max(one => Math.Abs((int)one)), 63, 63);
        var gemm = small.Graph.Nodes.Single(node => node.Operator == "Gemm").Name;
        var kept = new QuantisationOptions { RecurrentWeights = false, Kept = [gemm] };
        Assert.Contains("no layer", Assert.Throws<OnnxException>(() => StaticQuantiser.Quantise(small, [run], kept)).Message, StringComparison.Ordinal);
        Assert.Contains("no calibration runs", Assert.Throws<OnnxException>(() => StaticQuantiser.Quantise(small, [])).Message, StringComparison.Ordinal);
    }
}

using Kymo.Onnx.Tests.Files;

namespace Kymo.Onnx.Tests.Checking;

public sealed class OnnxCheckerTests
{
    [Fact]
    public void Every_fault_is_listed_at_once()
    {
        var integers = OnnxTensor.Of("n", [1L, 2], 2);
        var model = new OnnxModel(new OnnxModelGraph("bad",
            [
                new("Add", ["x", "n"], ["a"], []),
                new("Relu", ["later"], ["b"], []) { Name = "second" },
                new("Conv", ["x"], ["later"], []),
                new("Relu", ["x"], ["a"], []),
                new("ReduceSum", ["x"], ["r"], [OnnxAttribute.Of("axes", [1L])]),
                new("LayerNormalization", ["x", ""], ["l"], []),
                new("Nonsense", ["x"], ["z"], []),
            ],
            [integers, new OnnxTensor("short", OnnxType.Float32, [3], new byte[4])],
            [new("x", OnnxType.Float32, ["batch", 2])], [new("missing", OnnxType.Float32, null), new("a", OnnxType.Int64, null)]))
        {
            IrVersion = 2,
            Opsets = [("", 6)],
        };
        Assert.Equal([
            "IR version 2, known are 3 to 13",
            "opset 6, known are 7 to 17",
            "weight 'short' of Float32 (3) has 4 bytes",
            "unknown operators: Nonsense",
            "node 0 (Add) exists from opset 7 on, the model says 6",
            "node 0 (Add) is given Int64 as 'n', input 1, beside Float32",
            "node 1 'second' (Relu) uses 'later', which nothing before it makes",
            "node 1 'second' (Relu) exists from opset 7 on, the model says 6",
            "node 2 (Conv) exists from opset 7 on, the model says 6",
            "node 2 (Conv) has 1 inputs, takes 2 to 3",
            "node 3 (Relu) exists from opset 7 on, the model says 6",
            "'a' is made a second time, by node 3 (Relu)",
            "node 4 (ReduceSum) exists from opset 7 on, the model says 6",
            "node 5 (LayerNormalization) exists from opset 17 on, the model says 6",
            "node 5 (LayerNormalization) leaves out input 1, which it needs",
            "output 'missing' is made by nothing",
            "output 'a' is said to be Int64 and is Float32",
        ], OnnxChecker.Check(model));
        Assert.Contains("node 4 (ReduceSum) has its axes as an attribute; from opset 13 they are an input",
            OnnxChecker.Check(model with { Opsets = [("", 17)] }));
        Assert.Contains("no version of ONNX's operator set is named", OnnxChecker.Check(model with { Opsets = [] }));
    }

    [Fact]
    public void A_model_built_here_is_sound_until_it_is_damaged()
    {
        var model = ModelFileTests.Small();
        Assert.Empty(OnnxChecker.Check(model));
        var without = model with { Graph = model.Graph with { Initialisers = [.. model.Graph.Initialisers.Where(one => one.Name != "fc.bias")] } };
        Assert.Contains("uses 'fc.bias', which nothing before it makes", Assert.Single(OnnxChecker.Check(without)), StringComparison.Ordinal);
    }
}

namespace Kymo.Onnx.Tests.Graphs;

/// <summary>The graph that should equal each network of <c>tests/Oracles/onnx_layers.py</c>.</summary>
static partial class LayerCases
{
    public delegate OnnxValue Build(OnnxGraph graph, OnnxValue[] inputs, NetworkWeights weights);

    public static readonly Dictionary<string, Build> All = new()
    {
        ["linear"] = (g, x, w) => g.Linear(x[0], w, "layer"),
        ["linear-without-bias"] = (g, x, w) => g.Linear(x[0], w, "layer"),
        ["linear-over-time"] = (g, x, w) => g.Linear(x[0], w, "layer"),
        ["conv1d"] = (g, x, w) => g.Conv1d(x[0], w, "layer", stride: 2, padding: 3, dilation: 2),
        ["conv1d-groups"] = (g, x, w) => g.Conv1d(x[0], w, "layer", padding: 1, groups: 4),
        ["conv1d-same-even"] = (g, x, w) => g.Conv1d(x[0], w, "layer", dilation: 3, same: true),
        ["conv2d"] = (g, x, w) => g.Conv2d(x[0], w, "layer", stride: (2, 1), padding: (1, 2), dilation: (1, 2)),
        ["conv-transpose1d"] = (g, x, w) => g.ConvTranspose1d(x[0], w, "layer", stride: 3, padding: 1, outputPadding: 2, groups: 2),
        ["conv2d-norm"] = (g, x, w) => g.Conv2d(x[0], w, "layer", norm: "norm"),
        ["batchnorm1d"] = (g, x, w) => g.BatchNorm(x[0], w, "layer"),
        ["batchnorm1d-plain"] = (g, x, w) => g.BatchNorm(x[0], w, "layer"),
        ["batchnorm2d"] = (g, x, w) => g.BatchNorm(x[0], w, "layer"),
        ["layernorm"] = (g, x, w) => g.LayerNorm(x[0], w, "layer"),
        ["layernorm-two-axes"] = (g, x, w) => g.LayerNorm(x[0], w, "layer"),
        ["relu"] = (g, x, w) => g.Relu(x[0]),
        ["leaky-relu"] = (g, x, w) => g.LeakyRelu(x[0], 0.2f),
        ["elu"] = (g, x, w) => g.Elu(x[0]),
        ["sigmoid"] = (g, x, w) => g.Sigmoid(x[0]),
        ["tanh"] = (g, x, w) => g.Tanh(x[0]),
        ["gelu"] = (g, x, w) => g.Gelu(x[0]),
        ["silu"] = (g, x, w) => g.Silu(x[0]),
        ["hard-sigmoid"] = (g, x, w) => g.HardSigmoid(g.Mul(x[0], 4)),
        ["hard-swish"] = (g, x, w) => g.HardSwish(g.Mul(x[0], 4)),
        ["softmax"] = (g, x, w) => g.Softmax(x[0], 1),
        ["log-softmax"] = (g, x, w) => g.LogSoftmax(x[0]),
        ["normalise-length"] = (g, x, w) => g.NormaliseLength(x[0]),
        ["arithmetic"] = (g, x, w) => Arithmetic(g, x[0]),
        ["max-pool1d"] = (g, x, w) => g.MaxPool1d(x[0], 3, 2, 1),
        ["max-pool2d"] = (g, x, w) => g.MaxPool2d(x[0], (2, 4)),
        ["avg-pool1d"] = (g, x, w) => g.AvgPool1d(x[0], 4, 3, 2),
        ["avg-pool2d"] = (g, x, w) => g.AvgPool2d(x[0], 3, 2, 1),
        ["adaptive-avg1d"] = (g, x, w) => g.AdaptiveAvgPool1d(x[0], 5),
        ["adaptive-avg2d"] = (g, x, w) => g.AdaptiveAvgPool2d(x[0], (4, 5)),
        ["adaptive-avg2d-one"] = (g, x, w) => g.AdaptiveAvgPool2d(x[0], 1),
        ["adaptive-max2d"] = (g, x, w) => g.AdaptiveMaxPool2d(x[0], (3, 7)),
        ["adaptive-max1d-one"] = (g, x, w) => g.AdaptiveMaxPool1d(x[0], 1),
        ["reductions"] = (g, x, w) => Reductions(g, x[0]),
        ["shapes"] = (g, x, w) => Rearranged(g, x[0]),
        ["padding"] = (g, x, w) => g.Concat(1, g.Pad(x[0], -1, 2, 3, 0.5f), g.PadReflect(x[0], -1, 3, 2)),
        ["embedding"] = (g, x, w) => g.Embedding(g.Cast(x[0], OnnxType.Int64), w, "layer"),
        ["cbam"] = (g, x, w) => Cbam(g, x[0], w, "layer"),
        ["tcn-block"] = (g, x, w) => TcnBlock(g, x[0], w, "layer", 2),
        ["normalise"] = (g, x, w) => g.Normalise(x[0], [0, 1 / 3f, 2 / 3f, 1, 4 / 3f, 5 / 3f], [0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f]),
        ["urban-cnn"] = (g, x, w) => UrbanCnn(g, x[0], w),
    };

    /// <summary>The case's graph, with every size fixed, or with "batch", or "batch,time" open.</summary>
    public static OnnxModel Model(string name, LayerCase given, string open)
    {
        var build = All.GetValueOrDefault(name) ?? Sequences[name];
        var graph = new OnnxGraph(name, $"The case '{name}'").Metadata("case", name);
        var inputs = given.Inputs.Select((input, i) =>
        {
            var shape = input.Shape.Select(OnnxDimension.Fixed).ToArray();
            if (open.Contains("batch", StringComparison.Ordinal)) shape[0] = "batch";
            if (open.Contains("time", StringComparison.Ordinal)) shape[shape.Length == 4 ? 3 : 1] = "time";
            return graph.Input($"input{i}", shape);
        });
        graph.Output("output", build(graph, [.. inputs], given.Weights), "what PyTorch makes of it");
        return graph.ToModel();
    }

    static OnnxValue UrbanCnn(OnnxGraph g, OnnxValue x, NetworkWeights w)
    {
        x = g.Unsqueeze(x, 1);
        x = g.MaxPool2d(g.Relu(g.Conv2d(x, w, "encoder1.conv", padding: 1, norm: "encoder1.bn")), 2);
        x = g.MaxPool2d(g.Relu(g.BatchNorm(g.Conv2d(x, w, "encoder2.conv", padding: 1), w, "encoder2.bn")), 2);
        x = g.MaxPool2d(g.Relu(g.Conv2d(x, w, "encoder3.conv", padding: 1, norm: "encoder3.bn")), (2, 4));
        x = g.Relu(g.Conv1d(g.ReduceMean(x, false, 3), w, "conv1d", padding: 1));
        return g.Linear(g.Relu(g.Linear(g.Flatten(x), w, "fc1")), w, "fc2");
    }

    static OnnxValue Cbam(OnnxGraph g, OnnxValue x, NetworkWeights w, string layer)
    {
        OnnxValue Mlp(OnnxValue pooled) => g.Linear(g.Relu(g.Linear(pooled, w, layer + ".ca.mlp.0")), w, layer + ".ca.mlp.2");
        var channel = g.Sigmoid(g.Add(Mlp(g.ReduceMean(x, false, 2, 3)), Mlp(g.ReduceMax(x, false, 2, 3))));
        x = g.Mul(x, g.Unsqueeze(channel, 2, 3));
        var pooled = g.Concat(1, g.ReduceMean(x, true, 1), g.ReduceMax(x, true, 1));
        return g.Mul(x, g.Sigmoid(g.Conv2d(pooled, w, layer + ".sa.conv", same: true)));
    }

    static OnnxValue TcnBlock(OnnxGraph g, OnnxValue x, NetworkWeights w, string layer, int dilation)
    {
        var first = g.LeakyRelu(g.Conv2d(x, w, layer + ".conv1", dilation: dilation, same: true, norm: layer + ".norm1"));
        var second = g.LeakyRelu(g.Conv2d(first, w, layer + ".conv2", dilation: dilation, same: true, norm: layer + ".norm2"));
        return g.Add(second, g.Conv2d(x, w, layer + ".conv0"));
    }

    static OnnxValue Arithmetic(OnnxGraph g, OnnxValue x)
    {
        var quotient = g.Div(g.Sqrt(g.Add(g.Abs(x), 2)), g.Clip(g.Exp(g.Neg(x)), 0.5f, 2));
        return g.Add(g.Sub(quotient, g.Log(g.Add(g.Mul(x, x), 1))), g.Max(x, g.Mul(x, -3)));
    }

    static OnnxValue Reductions(OnnxGraph g, OnnxValue x)
    {
        var product = g.Mul(g.ReduceMax(x, true, 2), g.ReduceMin(x, true, 1, 2));
        return g.Add(g.Add(g.ReduceMean(x, true, 1), product), g.ReduceSum(x, true, 1));
    }

    static OnnxValue Rearranged(OnnxGraph g, OnnxValue x)
    {
        var both = g.Concat(2, g.Transpose(g.Slice(x, 1, 1, -2), 0, 2, 1), g.Squeeze(g.Unsqueeze(g.Transpose(x, 0, 2, 1), 1), 1));
        return g.Flatten(g.Reshape(both, 0, -1, 2));
    }
}

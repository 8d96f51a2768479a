using Kymo.Onnx.Graphs;

namespace Kymo.Onnx;

public sealed partial class OnnxGraph
{
    /// <summary>PyTorch's <c>Conv1d</c>: (batch, channel, time) to (batch, filter, time).</summary>
    /// <param name="x">The signal.</param>
    /// <param name="weights">Holds <c>layer.weight</c> (filter, channel/groups, kernel) and, if there is one, <c>layer.bias</c>.</param>
    /// <param name="layer">The layer's prefix.</param>
    /// <param name="stride">Step.</param>
    /// <param name="padding">Zeros at both ends.</param>
    /// <param name="dilation">Distance between taps.</param>
    /// <param name="groups">Groups of channels that do not mix.</param>
    /// <param name="same">Zeros so that the length stays (stride 1), as PyTorch's <c>padding="same"</c>; <paramref name="padding"/> is not used.</param>
    /// <param name="norm">The prefix of a batch norm that follows, to be folded into the weights.</param>
    /// <param name="epsilon">That batch norm's epsilon.</param>
    /// <exception cref="OnnxException">Weights are missing or do not fit.</exception>
    public OnnxValue Conv1d(OnnxValue x, NetworkWeights weights, string layer, int stride = 1, int padding = 0, int dilation = 1,
        int groups = 1, bool same = false, string? norm = null, float epsilon = 1e-5f) =>
        Convolve(x, weights, layer, [stride], [padding], [dilation], groups, same, norm, epsilon);

    /// <summary>PyTorch's <c>Conv2d</c>: (batch, channel, height, width) to (batch, filter, height, width).</summary>
    /// <param name="x">The image or spectrogram.</param>
    /// <param name="weights">Holds <c>layer.weight</c> (filter, channel/groups, height, width) and, if there is one, <c>layer.bias</c>.</param>
    /// <param name="layer">The layer's prefix.</param>
    /// <param name="stride">Step. Default 1.</param>
    /// <param name="padding">Zeros at both ends. Default 0.</param>
    /// <param name="dilation">Distance between taps. Default 1.</param>
    /// <param name="groups">Groups of channels that do not mix.</param>
    /// <param name="same">Zeros so that the sizes stay (stride 1), as PyTorch's <c>padding="same"</c>; <paramref name="padding"/> is not used.</param>
    /// <param name="norm">The prefix of a batch norm that follows, to be folded into the weights.</param>
    /// <param name="epsilon">That batch norm's epsilon.</param>
    /// <exception cref="OnnxException">Weights are missing or do not fit.</exception>
    public OnnxValue Conv2d(OnnxValue x, NetworkWeights weights, string layer, Size2d? stride = null, Size2d? padding = null,
        Size2d? dilation = null, int groups = 1, bool same = false, string? norm = null, float epsilon = 1e-5f) =>
        Convolve(x, weights, layer, Pair(stride ?? 1), Pair(padding ?? 0), Pair(dilation ?? 1), groups, same, norm, epsilon);

    /// <summary>PyTorch's <c>ConvTranspose1d</c>: (batch, channel, time) to (batch, filter, longer time).</summary>
    /// <param name="x">The signal.</param>
    /// <param name="weights">Holds <c>layer.weight</c> (channel, filter/groups, kernel) and, if there is one, <c>layer.bias</c>.</param>
    /// <param name="layer">The layer's prefix.</param>
    /// <param name="stride">Step of the convolution this one undoes.</param>
    /// <param name="padding">Samples cut from both ends.</param>
    /// <param name="outputPadding">Samples added at the end.</param>
    /// <param name="groups">Groups of channels that do not mix.</param>
    /// <exception cref="OnnxException">Weights are missing or do not fit.</exception>
    public OnnxValue ConvTranspose1d(OnnxValue x, NetworkWeights weights, string layer, int stride = 1, int padding = 0,
        int outputPadding = 0, int groups = 1)
    {
        Shapes.ExpectRank(x, 3, layer);
        var kernel = weights.Get(layer + ".weight", 3);
        Shapes.Expect(x, 1, kernel.Shape[0], layer);
        var length = (x.Shape[2].Size - 1) * stride - 2 * padding + kernel.Shape[2] + outputPadding;
        return Node("ConvTranspose", [x, Weight(kernel), Bias(weights, layer, kernel.Shape[1] * groups)], x.Type,
            [x.Shape[0], kernel.Shape[1] * groups, length ?? OnnxDimension.Unknown],
            OnnxAttribute.Of("strides", [stride]), OnnxAttribute.Of("pads", [padding, padding]),
            OnnxAttribute.Of("output_padding", [outputPadding]), OnnxAttribute.Of("group", groups));
    }

    /// <summary>PyTorch's <c>BatchNorm1d</c> or <c>BatchNorm2d</c> in evaluation: (x - mean)/√(variance + epsilon) · weight + bias per channel.</summary>
    /// <param name="x">(batch, channel) or (batch, channel, ...).</param>
    /// <param name="weights">Holds <c>layer.running_mean</c>, <c>.running_var</c> and, where affine, <c>.weight</c> and <c>.bias</c>.</param>
    /// <param name="layer">The layer's prefix.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="OnnxException">Weights are missing or do not fit.</exception>
    public OnnxValue BatchNorm(OnnxValue x, NetworkWeights weights, string layer, float epsilon = 1e-5f)
    {
        var mean = weights.Get(layer + ".running_mean", 1);
        Shapes.Expect(x, 1, mean.Shape[0], layer);
        var scale = weights.Find(layer + ".weight") ?? Filled(layer + ".weight", mean.Shape[0], 1);
        var shift = weights.Find(layer + ".bias") ?? Filled(layer + ".bias", mean.Shape[0], 0);
        return Node("BatchNormalization", [x, Weight(scale), Weight(shift), Weight(mean), Weight(weights.Get(layer + ".running_var", 1))],
            x.Type, x.Shape, OnnxAttribute.Of("epsilon", epsilon));
    }

    OnnxValue Convolve(OnnxValue x, NetworkWeights weights, string layer, long[] stride, long[] padding, long[] dilation, int groups,
        bool same, string? norm, float epsilon)
    {
        var axes = stride.Length;
        Shapes.ExpectRank(x, axes + 2, layer);
        var kernel = weights.Get(layer + ".weight", axes + 2);
        Shapes.Expect(x, 1, kernel.Shape[1] * groups, layer);
        long[] pads = [.. padding, .. padding];
        for (var i = 0; i < axes && same; i++)
        {
            if (stride[i] != 1) throw new OnnxException($"{layer}: the same length needs a stride of 1, not {stride[i]}");
            var zeros = dilation[i] * (kernel.Shape[i + 2] - 1);
            (pads[i], pads[i + axes]) = (zeros / 2, zeros - zeros / 2);
        }
        var shape = new OnnxDimension[axes + 2];
        (shape[0], shape[1]) = (x.Shape[0], kernel.Shape[0]);
        for (var i = 0; i < axes; i++)
            shape[i + 2] = Shapes.Windowed(x.Shape[i + 2], kernel.Shape[i + 2], stride[i], pads[i] + pads[i + axes], dilation[i], x);
        var bias = weights.Find(layer + ".bias");
        if (norm is not null) (kernel, bias) = Folding.IntoConvolution(kernel, bias, weights, norm, epsilon);
        OnnxValue[] inputs = bias is null ? [x, Weight(kernel)] : [x, Weight(kernel), Weight(bias)];
        return Node("Conv", inputs, x.Type, shape, OnnxAttribute.Of("kernel_shape", kernel.Shape[2..]),
            OnnxAttribute.Of("strides", stride), OnnxAttribute.Of("pads", pads), OnnxAttribute.Of("dilations", dilation),
            OnnxAttribute.Of("group", groups));
    }

    OnnxValue? Bias(NetworkWeights weights, string layer, long size)
    {
        if (weights.Find(layer + ".bias") is not { } bias) return null;
        return bias.Shape is [var given] && given == size ? Weight(bias)
            : throw new OnnxException($"weight '{layer}.bias' has the shape ({string.Join(", ", bias.Shape)}), expected ({size})");
    }

    static OnnxTensor Filled(string name, long size, float value)
    {
        var values = new float[size];
        Array.Fill(values, value);
        return OnnxTensor.Of(name, values, size);
    }

    static long[] Pair(Size2d size) => [size.Height, size.Width];
}

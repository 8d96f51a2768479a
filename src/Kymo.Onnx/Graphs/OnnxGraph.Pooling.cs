using Kymo.Onnx.Graphs;

namespace Kymo.Onnx;

public sealed partial class OnnxGraph
{
    /// <summary>PyTorch's <c>MaxPool1d</c> over the last of (batch, channel, time); an incomplete window at the end is left out.</summary>
    /// <param name="x">The signal.</param>
    /// <param name="kernel">Window length.</param>
    /// <param name="stride">Step. Default the window's length.</param>
    /// <param name="padding">Lowest values added at both ends, at most half the window.</param>
    public OnnxValue MaxPool1d(OnnxValue x, int kernel, int? stride = null, int padding = 0) =>
        Pool("MaxPool", x, [kernel], [stride ?? kernel], [padding]);

    /// <summary>PyTorch's <c>MaxPool2d</c> over the last two of (batch, channel, height, width); incomplete windows are left out.</summary>
    /// <param name="x">The image or spectrogram.</param>
    /// <param name="kernel">Window.</param>
    /// <param name="stride">Step. Default the window's size.</param>
    /// <param name="padding">Lowest values added at both ends, at most half the window. Default 0.</param>
    public OnnxValue MaxPool2d(OnnxValue x, Size2d kernel, Size2d? stride = null, Size2d? padding = null) =>
        Pool("MaxPool", x, Pair(kernel), Pair(stride ?? kernel), Pair(padding ?? 0));

    /// <summary>PyTorch's <c>AvgPool1d</c>, padding counted in the mean.</summary>
    /// <param name="x">The signal, (batch, channel, time).</param>
    /// <param name="kernel">Window length.</param>
    /// <param name="stride">Step. Default the window's length.</param>
    /// <param name="padding">Zeros at both ends.</param>
    public OnnxValue AvgPool1d(OnnxValue x, int kernel, int? stride = null, int padding = 0) =>
        Pool("AveragePool", x, [kernel], [stride ?? kernel], [padding], OnnxAttribute.Of("count_include_pad", 1));

    /// <summary>PyTorch's <c>AvgPool2d</c>, padding counted in the mean.</summary>
    /// <param name="x">(batch, channel, height, width).</param>
    /// <param name="kernel">Window.</param>
    /// <param name="stride">Step. Default the window's size.</param>
    /// <param name="padding">Zeros at both ends. Default 0.</param>
    public OnnxValue AvgPool2d(OnnxValue x, Size2d kernel, Size2d? stride = null, Size2d? padding = null) =>
        Pool("AveragePool", x, Pair(kernel), Pair(stride ?? kernel), Pair(padding ?? 0), OnnxAttribute.Of("count_include_pad", 1));

    /// <summary>The mean over every place of (batch, channel, ...), sizes 1 kept: PyTorch's adaptive mean pool to 1.</summary>
    public OnnxValue GlobalAvgPool(OnnxValue x) => Node("GlobalAveragePool", [x], x.Type, Ones(x));

    /// <summary>The largest over every place of (batch, channel, ...), sizes 1 kept: PyTorch's adaptive max pool to 1.</summary>
    public OnnxValue GlobalMaxPool(OnnxValue x) => Node("GlobalMaxPool", [x], x.Type, Ones(x));

    /// <summary>PyTorch's <c>AdaptiveAvgPool1d</c>; a length other than 1 needs a fixed input length.</summary>
    /// <exception cref="OnnxException">The input's length is decided by the run and <paramref name="size"/> is not 1.</exception>
    public OnnxValue AdaptiveAvgPool1d(OnnxValue x, int size)
    {
        Shapes.ExpectRank(x, 3, "AdaptiveAvgPool1d");
        return size == 1 ? GlobalAvgPool(x) : AdaptiveMean(x, 2, size);
    }

    /// <summary>PyTorch's <c>AdaptiveAvgPool2d</c>; sizes other than 1 need fixed input sizes.</summary>
    /// <exception cref="OnnxException">A size is decided by the run where it must be fixed.</exception>
    public OnnxValue AdaptiveAvgPool2d(OnnxValue x, Size2d size)
    {
        Shapes.ExpectRank(x, 4, "AdaptiveAvgPool2d");
        return size == new Size2d(1, 1) ? GlobalAvgPool(x) : AdaptiveMean(AdaptiveMean(x, 2, size.Height), 3, size.Width);
    }

    /// <summary>PyTorch's <c>AdaptiveMaxPool1d</c>; a length other than 1 must divide a fixed input length.</summary>
    /// <exception cref="OnnxException">The length does not divide the input's, or that is decided by the run.</exception>
    public OnnxValue AdaptiveMaxPool1d(OnnxValue x, int size)
    {
        Shapes.ExpectRank(x, 3, "AdaptiveMaxPool1d");
        return size == 1 ? GlobalMaxPool(x) : MaxPool1d(x, Divided(x, 2, size));
    }

    /// <summary>PyTorch's <c>AdaptiveMaxPool2d</c>; sizes other than 1 must divide fixed input sizes.</summary>
    /// <exception cref="OnnxException">A size does not divide the input's, or that is decided by the run.</exception>
    public OnnxValue AdaptiveMaxPool2d(OnnxValue x, Size2d size)
    {
        Shapes.ExpectRank(x, 4, "AdaptiveMaxPool2d");
        return size == new Size2d(1, 1) ? GlobalMaxPool(x) : MaxPool2d(x, (Divided(x, 2, size.Height), Divided(x, 3, size.Width)));
    }

    /// <summary>The mean along axes.</summary>
    public OnnxValue ReduceMean(OnnxValue x, bool keep, params int[] axes) => Reduced("ReduceMean", x, keep, axes);

    /// <summary>The largest along axes.</summary>
    public OnnxValue ReduceMax(OnnxValue x, bool keep, params int[] axes) => Reduced("ReduceMax", x, keep, axes);

    /// <summary>The smallest along axes.</summary>
    public OnnxValue ReduceMin(OnnxValue x, bool keep, params int[] axes) => Reduced("ReduceMin", x, keep, axes);

    /// <summary>√Σx² along axes.</summary>
    public OnnxValue ReduceL2(OnnxValue x, bool keep, params int[] axes) => Reduced("ReduceL2", x, keep, axes);

    /// <summary>The sum along axes.</summary>
    public OnnxValue ReduceSum(OnnxValue x, bool keep, params int[] axes) => Node("ReduceSum",
        [x, Integers([.. axes.Select(axis => (long)x.Axis(axis))])], x.Type, Left(x, keep, axes), OnnxAttribute.Of("keepdims", keep ? 1 : 0));

    // Only ReduceSum takes its axes as an input in opset 17; the others do from opset 18.
    OnnxValue Reduced(string @operator, OnnxValue x, bool keep, int[] axes) => Node(@operator, [x], x.Type, Left(x, keep, axes),
        OnnxAttribute.Of("axes", [.. axes.Select(axis => (long)x.Axis(axis))]), OnnxAttribute.Of("keepdims", keep ? 1 : 0));

    OnnxValue Pool(string @operator, OnnxValue x, long[] kernel, long[] stride, long[] padding, params OnnxAttribute[] more)
    {
        Shapes.ExpectRank(x, kernel.Length + 2, @operator);
        OnnxDimension[] shape = [.. x.Shape];
        for (var i = 0; i < kernel.Length; i++)
        {
            if (padding[i] * 2 > kernel[i]) throw new OnnxException($"{@operator}: padding {padding[i]} is over half the window {kernel[i]}");
            shape[i + 2] = Shapes.Windowed(x.Shape[i + 2], kernel[i], stride[i], 2 * padding[i], 1, x);
        }
        return Node(@operator, [x], x.Type, shape, [OnnxAttribute.Of("kernel_shape", kernel), OnnxAttribute.Of("strides", stride),
            OnnxAttribute.Of("pads", [.. padding, .. padding]), .. more]);
    }

    /// <summary>Window i of the mean covers floor(i·L/n) up to ceil((i+1)·L/n): a product with a constant matrix.</summary>
    OnnxValue AdaptiveMean(OnnxValue x, int axis, int size)
    {
        var length = (int)x.FixedSize(axis, $"an adaptive pool to {size}");
        var matrix = new float[length * size];
        for (var i = 0; i < size; i++)
        {
            var first = i * length / size;
            var end = ((i + 1) * length + size - 1) / size;
            for (var j = first; j < end; j++) matrix[j * size + i] = 1f / (end - first);
        }
        var means = Table($"adaptive_{length}_to_{size}", matrix, length, size);
        if (axis == x.Rank - 1) return MatMul(x, means);
        var order = Enumerable.Range(0, x.Rank).ToArray();
        (order[axis], order[^1]) = (order[^1], order[axis]);
        return Transpose(MatMul(Transpose(x, order), means), order);
    }

    static int Divided(OnnxValue x, int axis, int size)
    {
        var length = x.FixedSize(axis, $"an adaptive pool to {size}");
        return length % size == 0 ? (int)(length / size)
            : throw new OnnxException($"an adaptive max pool to {size} of {length} has windows of different lengths, which ONNX cannot say");
    }

    static OnnxDimension[] Ones(OnnxValue x) => [.. x.Shape.Select((size, axis) => axis < 2 ? size : 1)];

    static OnnxDimension[] Left(OnnxValue x, bool keep, int[] axes)
    {
        var gone = axes.Select(x.Axis).ToHashSet();
        return keep ? [.. x.Shape.Select((size, axis) => gone.Contains(axis) ? 1 : size)]
            : [.. x.Shape.Where((_, axis) => !gone.Contains(axis))];
    }
}

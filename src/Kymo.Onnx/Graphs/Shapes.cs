namespace Kymo.Onnx.Graphs;

/// <summary>How sizes follow from sizes.</summary>
static class Shapes
{
    /// <summary>The sizes of an elementwise operation: aligned at the end, sizes of 1 stretched (NumPy's rule).</summary>
    public static OnnxDimension[] Broadcast(OnnxValue a, OnnxValue b)
    {
        var result = new OnnxDimension[Math.Max(a.Rank, b.Rank)];
        for (var i = 1; i <= result.Length; i++)
        {
            OnnxDimension left = i <= a.Rank ? a.Shape[^i] : 1, right = i <= b.Rank ? b.Shape[^i] : 1;
            result[^i] = Joined(left, right) ?? throw new OnnxException($"{a} and {b} do not fit together: {left} against {right}");
        }
        return result;
    }

    /// <summary>The sizes with one of them replaced.</summary>
    public static OnnxDimension[] With(this OnnxValue value, int axis, OnnxDimension size)
    {
        OnnxDimension[] shape = [.. value.Shape];
        shape[value.Axis(axis)] = size;
        return shape;
    }

    /// <summary>
    /// What a window of <paramref name="kernel"/> leaves of a size: floor((size + padding - dilation (kernel - 1) - 1) / stride) + 1.
    /// </summary>
    public static OnnxDimension Windowed(OnnxDimension size, long kernel, long stride, long padding, long dilation, OnnxValue of)
    {
        if (size.Size is not { } number)
            return stride == 1 && padding == dilation * (kernel - 1) ? size : OnnxDimension.Unknown;
        var room = number + padding - dilation * (kernel - 1) - 1;
        return room >= 0 ? room / stride + 1
            : throw new OnnxException($"a kernel of {kernel} (dilation {dilation}) does not fit into {number} (padding {padding}) of {of}");
    }

    /// <summary>An error unless the size is the expected one or not known before the run.</summary>
    public static void Expect(OnnxValue value, int axis, long expected, string layer)
    {
        if (value.Shape[value.Axis(axis)].Size is { } size && size != expected)
            throw new OnnxException($"{layer} takes {expected} at axis {axis}, got {value}");
    }

    /// <summary>An error unless the number of dimensions is the expected one.</summary>
    public static void ExpectRank(OnnxValue value, int rank, string layer)
    {
        if (value.Rank != rank) throw new OnnxException($"{layer} takes {rank} dimensions, got {value}");
    }

    static OnnxDimension? Joined(OnnxDimension left, OnnxDimension right) => (left.Size, right.Size) switch
    {
        _ when left == right && (left.IsFixed || left.Name is not null) => left,
        (1, _) => right,
        (_, 1) => left,
        ({ }, { }) => (OnnxDimension?)null,
        ({ }, _) => left,
        (_, { }) => right,
        _ => OnnxDimension.Unknown,
    };
}

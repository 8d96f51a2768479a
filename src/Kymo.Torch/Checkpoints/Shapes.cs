namespace Kymo.Torch.Checkpoints;

/// <summary>Arithmetic on sizes that come from files: nothing overflows unseen.</summary>
static class Shapes
{
    /// <summary>No tensor of a weights file has more dimensions (PyTorch's own limit).</summary>
    public const int MaxDimensions = 64;

    /// <summary>Product of the sizes, or -1 where one is negative or the product leaves 63 bits.</summary>
    public static long ElementCount(ReadOnlySpan<long> shape)
    {
        Int128 product = 1;
        foreach (var size in shape)
        {
            if (size < 0) return -1;
            product *= size;
            if (product > long.MaxValue) return -1;
        }
        return (long)product;
    }

    /// <summary>Strides, in elements, of a row-major tensor; a size of 0 counts as 1, as PyTorch does.</summary>
    public static long[] RowMajorStrides(ReadOnlySpan<long> shape)
    {
        var strides = new long[shape.Length];
        long stride = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride = unchecked(stride * Math.Max(1, shape[i]));
        }
        return strides;
    }

    /// <summary>Whether the elements follow each other row by row; strides of dimensions of size 1 do not matter.</summary>
    public static bool IsRowMajor(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        long expected = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] == 0) return true;
            if (shape[i] == 1) continue;
            if (strides[i] != expected) return false;
            expected *= shape[i];
        }
        return true;
    }

    /// <summary>Sizes as a person reads them, <c>[3, 2]</c>.</summary>
    public static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}

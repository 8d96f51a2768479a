using System.Runtime.InteropServices;

namespace Kymo.Onnx;

/// <summary>Numbers that are part of a graph: weights, tables, axes. Row-major, contiguous, little-endian.</summary>
/// <param name="Name">The name nodes refer to; empty for the value of an attribute.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Data">The elements' bytes, exactly the product of the sizes times the element's size.</param>
public sealed record OnnxTensor(string Name, OnnxType Type, long[] Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>How many elements the shape stands for.</summary>
    public long Count => CountOf(Shape);

    /// <summary>A tensor of single-precision numbers.</summary>
    /// <exception cref="OnnxException">The shape and the number of values differ.</exception>
    public static OnnxTensor Of(string name, ReadOnlySpan<float> values, params long[] shape) =>
        Make<float>(name, OnnxType.Float32, values, shape);

    /// <summary>A tensor of double-precision numbers.</summary>
    /// <exception cref="OnnxException">The shape and the number of values differ.</exception>
    public static OnnxTensor Of(string name, ReadOnlySpan<double> values, params long[] shape) =>
        Make<double>(name, OnnxType.Float64, values, shape);

    /// <summary>A tensor of 64-bit integers.</summary>
    /// <exception cref="OnnxException">The shape and the number of values differ.</exception>
    public static OnnxTensor Of(string name, ReadOnlySpan<long> values, params long[] shape) =>
        Make<long>(name, OnnxType.Int64, values, shape);

    /// <summary>A tensor of 32-bit integers.</summary>
    /// <exception cref="OnnxException">The shape and the number of values differ.</exception>
    public static OnnxTensor Of(string name, ReadOnlySpan<int> values, params long[] shape) =>
        Make<int>(name, OnnxType.Int32, values, shape);

    /// <summary>A tensor of signed bytes.</summary>
    /// <exception cref="OnnxException">The shape and the number of values differ.</exception>
    public static OnnxTensor Of(string name, ReadOnlySpan<sbyte> values, params long[] shape) =>
        Make<sbyte>(name, OnnxType.Int8, values, shape);

    /// <summary>A tensor of unsigned bytes.</summary>
    /// <exception cref="OnnxException">The shape and the number of values differ.</exception>
    public static OnnxTensor Of(string name, ReadOnlySpan<byte> values, params long[] shape) =>
        Make<byte>(name, OnnxType.UInt8, values, shape);

    /// <summary>The elements as single-precision numbers.</summary>
    /// <exception cref="OnnxException">The tensor holds another type.</exception>
    public ReadOnlySpan<float> AsFloat32() => As<float>(OnnxType.Float32);

    /// <summary>The elements as 64-bit integers.</summary>
    /// <exception cref="OnnxException">The tensor holds another type.</exception>
    public ReadOnlySpan<long> AsInt64() => As<long>(OnnxType.Int64);

    /// <summary>The elements as signed bytes.</summary>
    /// <exception cref="OnnxException">The tensor holds another type.</exception>
    public ReadOnlySpan<sbyte> AsInt8() => As<sbyte>(OnnxType.Int8);

    internal static long CountOf(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (var size in shape) count = checked(count * size);
        return count;
    }

    ReadOnlySpan<T> As<T>(OnnxType type) where T : unmanaged => Type == type
        ? MemoryMarshal.Cast<byte, T>(Data.Span)
        : throw new OnnxException($"tensor '{Name}' holds {Type}, asked for as {type}");

    static OnnxTensor Make<T>(string name, OnnxType type, ReadOnlySpan<T> values, long[] shape) where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("ONNX data are little-endian, this machine is not");
        var count = CountOf(shape);
        return count == values.Length
            ? new(name, type, shape, MemoryMarshal.AsBytes(values).ToArray())
            : throw new OnnxException($"tensor '{name}' has {values.Length} values for the shape ({string.Join(", ", shape)}), needs {count}");
    }
}

using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Kymo.Signals.Arrays;

/// <summary>An array as a NumPy file holds it: row-major (C order) and little-endian, whatever order the file had.</summary>
public sealed class NpyArray
{
    readonly string _source;

    internal NpyArray(string source, ArrayElement element, long[] shape, ReadOnlyMemory<byte> data) =>
        (_source, Element, Shape, Data) = (source, element, shape, data);

    /// <summary>Element type.</summary>
    public ArrayElement Element { get; }

    /// <summary>Sizes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The elements' bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Number of elements.</summary>
    public int Count => Data.Length / Element.Size();

    /// <summary>An array of a copy of <paramref name="values"/>: any .NET whole or floating-point number, or bool.</summary>
    /// <exception cref="ArgumentException">
    /// The type is no array element, or the sizes do not give the number of values.
    /// </exception>
    public static NpyArray Of<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        NpyHeader.CheckShape(values.Length, shape);
        return new NpyArray("an array in memory", ArrayElements.Of<T>(), shape.ToArray(),
            MemoryMarshal.AsBytes(values).ToArray());
    }

    /// <summary>
    /// The elements as single-precision numbers; wider numbers are rounded to the nearest, truth values are 0 and 1.
    /// </summary>
    /// <exception cref="DataException">The array is complex.</exception>
    public float[] AsFloat32() => Element == ArrayElement.Float32 ? Same<float>() : Real<float>();

    /// <summary>
    /// The elements as double-precision numbers; 64-bit integers are rounded to the nearest, truth values are 0 and 1.
    /// </summary>
    /// <exception cref="DataException">The array is complex.</exception>
    public double[] AsFloat64() => Element == ArrayElement.Float64 ? Same<double>() : Real<double>();

    /// <summary>The elements as 64-bit integers.</summary>
    /// <exception cref="DataException">The array is not of whole numbers or truth values, or one does not fit.</exception>
    public long[] AsInt64() => Element == ArrayElement.Int64 ? Same<long>() : Whole<long>();

    /// <summary>The elements as 32-bit integers.</summary>
    /// <exception cref="DataException">The array is not of whole numbers or truth values, or one does not fit.</exception>
    public int[] AsInt32() => Element == ArrayElement.Int32 ? Same<int>() : Whole<int>();

    /// <summary>The elements as bytes.</summary>
    /// <exception cref="DataException">The array is not of whole numbers or truth values, or one does not fit.</exception>
    public byte[] AsUInt8() => Element == ArrayElement.UInt8 ? Same<byte>() : Whole<byte>();

    T[] Same<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data.Span).ToArray();

    T[] Real<T>() where T : INumber<T> => Element switch
    {
        ArrayElement.Float16 => Convert<Half, T>(),
        ArrayElement.Float32 => Convert<float, T>(),
        ArrayElement.Float64 => Convert<double, T>(),
        ArrayElement.Complex64 or ArrayElement.Complex128 => throw Wrong("real numbers"),
        _ => Whole<T>(),
    };

    T[] Whole<T>() where T : INumber<T> => Element switch
    {
        ArrayElement.Bool => [.. Data.ToArray().Select(b => b == 0 ? T.Zero : T.One)],
        ArrayElement.Int8 => Convert<sbyte, T>(),
        ArrayElement.Int16 => Convert<short, T>(),
        ArrayElement.Int32 => Convert<int, T>(),
        ArrayElement.Int64 => Convert<long, T>(),
        ArrayElement.UInt8 => Convert<byte, T>(),
        ArrayElement.UInt16 => Convert<ushort, T>(),
        ArrayElement.UInt32 => Convert<uint, T>(),
        ArrayElement.UInt64 => Convert<ulong, T>(),
        _ => throw Wrong("whole numbers"),
    };

    TTo[] Convert<TFrom, TTo>() where TFrom : unmanaged, INumber<TFrom> where TTo : INumber<TTo>
    {
        var source = MemoryMarshal.Cast<byte, TFrom>(Data.Span);
        var result = new TTo[source.Length];
        var i = 0;
        try
        {
            for (; i < result.Length; i++) result[i] = TTo.CreateChecked(source[i]);
        }
        catch (OverflowException e)
        {
            var value = source[i].ToString(null, CultureInfo.InvariantCulture);
            throw new DataException(_source, $"element {i} is {value}, which does not fit {typeof(TTo).Name}", e);
        }
        return result;
    }

    DataException Wrong(string expected) => new(_source, $"the array is of {Element.Description()}, expected {expected}");
}

using System.Runtime.InteropServices;

namespace Kymo.Signals.Arrays;

/// <summary>NumPy array files (.npy): versions 1.0 to 3.0 are read, 1.0 in C order is written.</summary>
public static class NpyFile
{
    /// <summary>
    /// Reads an array of numbers or truth values. Big-endian and column-major (Fortran order) files are turned to little-endian
    /// and row-major.
    /// </summary>
    /// <exception cref="DataException">
    /// The file is missing, cut short or too long, holds Python objects, texts, dates or records, or more than 2 GiB.
    /// </exception>
    public static NpyArray Read(string path)
    {
        using var stream = AtomicArrayFile.Open(path);
        return Read(path, stream, stream.Length);
    }

    /// <summary>Writes single-precision numbers. The file is written under a temporary name, flushed and renamed.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="values">Elements, row-major.</param>
    /// <param name="shape">Sizes, outermost first; nothing for a scalar.</param>
    /// <exception cref="ArgumentException">The sizes do not give the number of values.</exception>
    public static void Write(string path, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        WriteValues(path, values, shape);

    /// <inheritdoc cref="Write(string, ReadOnlySpan{float}, ReadOnlySpan{long})"/>
    /// <summary>Writes double-precision numbers.</summary>
    public static void Write(string path, ReadOnlySpan<double> values, params ReadOnlySpan<long> shape) =>
        WriteValues(path, values, shape);

    /// <inheritdoc cref="Write(string, ReadOnlySpan{float}, ReadOnlySpan{long})"/>
    /// <summary>Writes 64-bit integers.</summary>
    public static void Write(string path, ReadOnlySpan<long> values, params ReadOnlySpan<long> shape) =>
        WriteValues(path, values, shape);

    /// <inheritdoc cref="Write(string, ReadOnlySpan{float}, ReadOnlySpan{long})"/>
    /// <summary>Writes 32-bit integers.</summary>
    public static void Write(string path, ReadOnlySpan<int> values, params ReadOnlySpan<long> shape) =>
        WriteValues(path, values, shape);

    /// <inheritdoc cref="Write(string, ReadOnlySpan{float}, ReadOnlySpan{long})"/>
    /// <summary>Writes bytes.</summary>
    public static void Write(string path, ReadOnlySpan<byte> values, params ReadOnlySpan<long> shape) =>
        WriteValues(path, values, shape);

    /// <summary>Writes an array of any element. The file is written under a temporary name, flushed and renamed.</summary>
    public static void Write(string path, NpyArray array)
    {
        using var file = new AtomicArrayFile(path);
        Write(file.Stream, array);
        file.Commit();
    }

    internal static void Write(Stream stream, NpyArray array)
    {
        stream.Write(NpyHeader.Write(array.Element, [.. array.Shape]));
        stream.Write(array.Data.Span);
    }

    /// <summary>Reads an array from a stream that has exactly <paramref name="length"/> bytes left.</summary>
    internal static NpyArray Read(string path, Stream stream, long length)
    {
        var head = new byte[Math.Min(length, NpyHeader.MaxLength)];
        var got = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (got < head.Length) throw Short(path, got, head.Length);
        var header = NpyHeader.Read(path, head);
        if (header.DataLength != length - header.Length)
            throw new DataException(path,
                $"shape ({string.Join(", ", header.Shape)}) of {header.Element.Description()} takes {header.DataLength} bytes, "
                + $"{length - header.Length} follow the header at offset {header.Length}");
        if (header.DataLength > Array.MaxLength)
            throw new DataException(path, $"{header.DataLength} bytes of elements, more than the {Array.MaxLength} read at once");
        var data = GC.AllocateUninitializedArray<byte>((int)header.DataLength);
        var known = head.AsSpan(header.Length);     // as the length fits, the head holds nothing but header and elements
        known.CopyTo(data);
        var rest = stream.ReadAtLeast(data.AsSpan(known.Length), data.Length - known.Length, throwOnEndOfStream: false);
        if (known.Length + rest < data.Length) throw Short(path, header.Length + known.Length + rest, length);
        return new NpyArray(path, header.Element, header.Shape, Normalise(data, header));
    }

    static DataException Short(string path, long got, long expected) =>
        new(path, $"ends at offset {got}, expected {expected} bytes");

    static void WriteValues<T>(string path, ReadOnlySpan<T> values, ReadOnlySpan<long> shape) where T : unmanaged
    {
        NpyHeader.CheckShape(values.Length, shape);
        using var file = new AtomicArrayFile(path);
        file.Stream.Write(NpyHeader.Write(ArrayElements.Of<T>(), shape));
        file.Stream.Write(MemoryMarshal.AsBytes(values));
        file.Commit();
    }

    /// <summary>Little-endian and row-major.</summary>
    static byte[] Normalise(byte[] data, NpyHeader header)
    {
        var size = header.Element.Size();
        if (header.IsBigEndian)
        {
            // Complex numbers are two numbers, each turned on its own.
            var part = header.Element is ArrayElement.Complex64 or ArrayElement.Complex128 ? size / 2 : size;
            for (var i = 0; i < data.Length; i += part) Array.Reverse(data, i, part);
        }
        return header.IsColumnMajor && header.Shape.Length > 1 ? ToRowMajor(data, header.Shape, size) : data;
    }

    static byte[] ToRowMajor(byte[] data, long[] shape, int size)
    {
        var result = new byte[data.Length];
        var steps = new long[shape.Length];
        long step = size;
        for (var i = 0; i < shape.Length; i++)
        {
            steps[i] = step;
            step *= shape[i];
        }
        var index = new long[shape.Length];
        long from = 0;
        for (var to = 0; to < data.Length; to += size)
        {
            data.AsSpan((int)from, size).CopyTo(result.AsSpan(to));
            for (var i = shape.Length - 1; i >= 0; i--)
            {
                from += steps[i];
                if (++index[i] < shape[i]) break;
                from -= steps[i] * shape[i];
                index[i] = 0;
            }
        }
        return result;
    }
}

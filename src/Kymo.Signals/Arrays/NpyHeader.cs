using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Kymo.Signals.Arrays;

/// <summary>
/// The header of an npy file: magic, version, length and a Python dictionary with the keys <c>descr</c>, <c>fortran_order</c> and
/// <c>shape</c>. Definition: NumPy's format description, versions 1.0 to 3.0.
/// </summary>
readonly record struct NpyHeader(ArrayElement Element, bool IsBigEndian, bool IsColumnMajor, long[] Shape, int Length)
{
    /// <summary>NumPy's own limit on the text.</summary>
    public const int MaxTextLength = 10_000;

    /// <summary>The longest header with its magic and length.</summary>
    public const int MaxLength = 12 + MaxTextLength;

    const int MaxDimensions = 64, Alignment = 64, GrowthDigits = 21;

    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Bytes of the elements.</summary>
    public long DataLength => Count(Shape) * Element.Size();

    /// <summary>Reads the header at the beginning of <paramref name="bytes"/>, which may be longer or end early.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="bytes">At least the first <see cref="MaxLength"/> bytes, or all there are.</param>
    public static NpyHeader Read(string path, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(Magic))
            throw new DataException(path, "does not begin with \\x93NUMPY, expected a NumPy array file (.npy)");
        if (bytes.Length < 10) throw Short(path, bytes.Length, 10);
        var version = bytes[6];
        if (version is < 1 or > 3 || bytes[7] != 0)
            throw new DataException(path, $"offset 6: npy version {bytes[6]}.{bytes[7]}, expected 1.0, 2.0 or 3.0");
        var start = version == 1 ? 10 : 12;
        if (bytes.Length < start) throw Short(path, bytes.Length, start);
        long length = version == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (length > MaxTextLength)
            throw new DataException(path, $"offset 8: a header of {length} bytes, more than {MaxTextLength}");
        if (bytes.Length < start + length) throw Short(path, bytes.Length, start + length);
        var text = bytes.Slice(start, (int)length);
        if (version == 3 && !System.Text.Unicode.Utf8.IsValid(text))
            throw new DataException(path, $"offset {start}: the header is no UTF-8");
        var fields = new NpyHeaderText(path, (version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(text), start).Parse();
        var (element, bigEndian) = ParseElement(path, fields.Description);
        CheckShape(path, fields.Shape, element);
        return new NpyHeader(element, bigEndian, fields.IsColumnMajor, fields.Shape, start + (int)length);
    }

    /// <summary>
    /// The bytes of a header of version 1.0, as NumPy writes them. No shape is long enough to need another version.
    /// </summary>
    public static byte[] Write(ArrayElement element, ReadOnlySpan<long> shape)
    {
        var sizes = new StringBuilder();
        sizes.AppendJoin(", ", shape.ToArray());
        if (shape.Length == 1) sizes.Append(',');
        var text = $"{{'descr': '{element.Description()}', 'fortran_order': False, 'shape': ({sizes}), }}";
        // NumPy leaves room for the first size to grow to 21 digits in place.
        if (shape.Length > 0) text += new string(' ', GrowthDigits - shape[0].ToString(CultureInfo.InvariantCulture).Length);
        var padding = Alignment - (10 + text.Length + 1) % Alignment;
        text += new string(' ', padding) + '\n';
        return [.. Magic, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. Encoding.ASCII.GetBytes(text)];
    }

    /// <summary>Throws where the sizes do not give <paramref name="count"/> elements.</summary>
    public static void CheckShape(int count, ReadOnlySpan<long> shape)
    {
        if (shape.Length > MaxDimensions)
            throw new ArgumentException($"{shape.Length} dimensions, at most {MaxDimensions} are possible", nameof(shape));
        if (Count(shape) != count)
            throw new ArgumentException($"shape ({string.Join(", ", shape.ToArray())}) does not hold {count} values",
                nameof(shape));
    }

    /// <summary>Product of the sizes; -1 where one is negative or the product, sizes of 0 left out, leaves 63 bits.</summary>
    static long Count(ReadOnlySpan<long> shape)
    {
        Int128 product = 1;
        var isEmpty = false;
        foreach (var size in shape)
        {
            if (size < 0) return -1;
            if (size == 0) isEmpty = true;
            else product *= size;
            if (product > long.MaxValue) return -1;
        }
        return isEmpty ? 0 : (long)product;
    }

    static void CheckShape(string path, long[] shape, ArrayElement element)
    {
        if (shape.Length > MaxDimensions)
            throw new DataException(path, $"the array has {shape.Length} dimensions, more than {MaxDimensions}");
        if (Count(shape) is var count && (count < 0 || count > long.MaxValue / element.Size()))
            throw new DataException(path,
                $"shape ({string.Join(", ", shape)}) has a negative size or more elements than 63 bits count");
    }

    static (ArrayElement Element, bool IsBigEndian) ParseElement(string path, string description)
    {
        var (order, code) = description.Length > 0 && "<>|=".Contains(description[0])
            ? (description[0], description[1..])
            : ('=', description);
        if (code.StartsWith('O'))
            throw new DataException(path,
                "an array of Python objects (descr '|O'), which is a pickle and not read; save numbers");
        if (ArrayElements.FromCode(code) is not { } element || order == '|' && element.Size() > 1)
            throw new DataException(path, $"element type '{description}', expected b1, i1 to i8, u1 to u8, f2 to f8, c8 or c16");
        return (element, order == '>');
    }

    static DataException Short(string path, int length, long expected) =>
        new(path, $"ends at offset {length} inside the header, expected at least {expected} bytes");
}

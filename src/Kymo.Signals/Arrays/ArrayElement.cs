namespace Kymo.Signals.Arrays;

/// <summary>The kinds of number a NumPy array file can hold.</summary>
public enum ArrayElement
{
    /// <summary>One byte, 0 or 1 (<c>|b1</c>).</summary>
    Bool,

    /// <summary>Signed 8-bit integer (<c>|i1</c>).</summary>
    Int8,

    /// <summary>Signed 16-bit integer (<c>i2</c>).</summary>
    Int16,

    /// <summary>Signed 32-bit integer (<c>i4</c>).</summary>
    Int32,

    /// <summary>Signed 64-bit integer (<c>i8</c>).</summary>
    Int64,

    /// <summary>Unsigned 8-bit integer (<c>|u1</c>).</summary>
    UInt8,

    /// <summary>Unsigned 16-bit integer (<c>u2</c>).</summary>
    UInt16,

    /// <summary>Unsigned 32-bit integer (<c>u4</c>).</summary>
    UInt32,

    /// <summary>Unsigned 64-bit integer (<c>u8</c>).</summary>
    UInt64,

    /// <summary>IEEE 754 half precision (<c>f2</c>).</summary>
    Float16,

    /// <summary>IEEE 754 single precision (<c>f4</c>).</summary>
    Float32,

    /// <summary>IEEE 754 double precision (<c>f8</c>).</summary>
    Float64,

    /// <summary>Two single-precision numbers, real and imaginary part (<c>c8</c>).</summary>
    Complex64,

    /// <summary>Two double-precision numbers, real and imaginary part (<c>c16</c>).</summary>
    Complex128,
}

/// <summary>Facts about array elements.</summary>
public static class ArrayElements
{
    static readonly string[] s_codes = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"];

    /// <summary>Bytes one element takes.</summary>
    public static int Size(this ArrayElement element) =>
        int.Parse(s_codes[(int)element].AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Little-endian NumPy spelling, e.g. <c>&lt;f4</c> or <c>|u1</c>.</summary>
    internal static string Description(this ArrayElement element) => (element.Size() == 1 ? "|" : "<") + s_codes[(int)element];

    /// <summary>The element of a code without byte order, e.g. <c>f4</c>; null where there is none.</summary>
    internal static ArrayElement? FromCode(string code) =>
        Array.IndexOf(s_codes, code) is >= 0 and var i ? (ArrayElement)i : null;

    /// <summary>The element of a .NET type.</summary>
    internal static ArrayElement Of<T>() => default(T) switch
    {
        bool => ArrayElement.Bool,
        sbyte => ArrayElement.Int8,
        short => ArrayElement.Int16,
        int => ArrayElement.Int32,
        long => ArrayElement.Int64,
        byte => ArrayElement.UInt8,
        ushort => ArrayElement.UInt16,
        uint => ArrayElement.UInt32,
        ulong => ArrayElement.UInt64,
        Half => ArrayElement.Float16,
        float => ArrayElement.Float32,
        double => ArrayElement.Float64,
        _ => throw new ArgumentException($"{typeof(T).Name} is no array element"),
    };
}

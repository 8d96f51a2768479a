namespace Kymo.Torch;

/// <summary>The kinds of number a tensor can hold. The values are those of LibTorch's <c>ScalarType</c>.</summary>
public enum ElementType
{
    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8 = 0,

    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 1,

    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 2,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 3,

    /// <summary>Signed 64-bit integer: class indices and counters.</summary>
    Int64 = 4,

    /// <summary>IEEE 754 half precision.</summary>
    Float16 = 5,

    /// <summary>IEEE 754 single precision: the default of every network.</summary>
    Float32 = 6,

    /// <summary>IEEE 754 double precision.</summary>
    Float64 = 7,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 11,

    /// <summary>The upper half of a single-precision number.</summary>
    BFloat16 = 15,
}

/// <summary>Facts about element types.</summary>
public static class ElementTypes
{
    /// <summary>Bytes one element takes.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => 1,
        ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 2,
        ElementType.Int32 or ElementType.Float32 => 4,
        ElementType.Int64 or ElementType.Float64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such element type"),
    };

    /// <summary>The element type that holds <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException">No tensor holds such elements.</exception>
    public static ElementType Of<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return ElementType.Float32;
        if (typeof(T) == typeof(long)) return ElementType.Int64;
        if (typeof(T) == typeof(double)) return ElementType.Float64;
        if (typeof(T) == typeof(int)) return ElementType.Int32;
        if (typeof(T) == typeof(short)) return ElementType.Int16;
        if (typeof(T) == typeof(sbyte)) return ElementType.Int8;
        if (typeof(T) == typeof(byte)) return ElementType.UInt8;
        if (typeof(T) == typeof(bool)) return ElementType.Bool;
        if (typeof(T) == typeof(Half)) return ElementType.Float16;
        throw new ArgumentException($"no tensor holds elements of type {typeof(T).Name}");
    }
}

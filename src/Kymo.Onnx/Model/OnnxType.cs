namespace Kymo.Onnx;

/// <summary>The kinds of element a tensor can hold. The values are those of ONNX's <c>TensorProto.DataType</c>.</summary>
public enum OnnxType
{
    /// <summary>Not said.</summary>
    Undefined = 0,

    /// <summary>IEEE 754 single precision.</summary>
    Float32 = 1,

    /// <summary>Unsigned 8-bit integer: quantised activations.</summary>
    UInt8 = 2,

    /// <summary>Signed 8-bit integer: quantised weights.</summary>
    Int8 = 3,

    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16 = 4,

    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 5,

    /// <summary>Signed 32-bit integer: quantised biases.</summary>
    Int32 = 6,

    /// <summary>Signed 64-bit integer: shapes, axes and indices.</summary>
    Int64 = 7,

    /// <summary>Text.</summary>
    Text = 8,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 9,

    /// <summary>IEEE 754 half precision.</summary>
    Float16 = 10,

    /// <summary>IEEE 754 double precision.</summary>
    Float64 = 11,

    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32 = 12,

    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64 = 13,

    /// <summary>Two single-precision numbers.</summary>
    Complex64 = 14,

    /// <summary>Two double-precision numbers.</summary>
    Complex128 = 15,

    /// <summary>The upper half of a single-precision number.</summary>
    BFloat16 = 16,
}

/// <summary>Facts about element types.</summary>
public static class OnnxTypes
{
    /// <summary>Bytes one element takes; 0 for text and for types this program does not know.</summary>
    public static int Size(this OnnxType type) => type switch
    {
        OnnxType.UInt8 or OnnxType.Int8 or OnnxType.Bool => 1,
        OnnxType.UInt16 or OnnxType.Int16 or OnnxType.Float16 or OnnxType.BFloat16 => 2,
        OnnxType.Float32 or OnnxType.Int32 or OnnxType.UInt32 => 4,
        OnnxType.Float64 or OnnxType.Int64 or OnnxType.UInt64 or OnnxType.Complex64 => 8,
        OnnxType.Complex128 => 16,
        _ => 0,
    };
}

using System.Buffers;

namespace Kymo.Onnx;

/// <summary>One input of a run: a name, numbers and their shape. The numbers are used where they lie and not copied.</summary>
public readonly struct RunInput
{
    readonly ReadOnlyMemory<float> _floats;
    readonly ReadOnlyMemory<long> _integers;
    readonly ReadOnlyMemory<byte> _bytes;

    RunInput(string name, OnnxType type, long[] shape, long count)
    {
        (Name, Type, Shape) = (name, type, shape);
        CheckShape(name, shape, count);
    }

    /// <summary>The input's name in the graph.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public OnnxType Type { get; }

    /// <summary>Sizes, outermost first.</summary>
    public long[] Shape { get; }

    internal ReadOnlySpan<float> Float32 => Type != OnnxType.Float32 ? throw new OnnxException($"input '{Name}' holds {Type}")
        : _bytes.IsEmpty ? _floats.Span : System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(_bytes.Span);

    internal long ByteCount => _floats.Length * 4L + _integers.Length * 8L + _bytes.Length;

    /// <summary>Single-precision numbers.</summary>
    /// <exception cref="OnnxException">The shape and the number of values differ.</exception>
    public static RunInput Of(string name, ReadOnlyMemory<float> values, params long[] shape) => new(name, values, shape);

    /// <summary>64-bit integers.</summary>
    /// <exception cref="OnnxException">The shape and the number of values differ.</exception>
    public static RunInput Of(string name, ReadOnlyMemory<long> values, params long[] shape) => new(name, values, shape);

    /// <summary>Any other type, as the bytes of its elements: row-major, little-endian.</summary>
    /// <exception cref="OnnxException">The shape and the number of bytes differ.</exception>
    public static RunInput Of(OnnxTensor tensor) => new(tensor);

    RunInput(string name, ReadOnlyMemory<float> values, long[] shape) : this(name, OnnxType.Float32, shape, values.Length) =>
        _floats = values;

    RunInput(string name, ReadOnlyMemory<long> values, long[] shape) : this(name, OnnxType.Int64, shape, values.Length) =>
        _integers = values;

    RunInput(OnnxTensor tensor) : this(tensor.Name, tensor.Type, tensor.Shape, tensor.Data.Length / Math.Max(1, tensor.Type.Size())) =>
        _bytes = tensor.Data;

    /// <summary>
    /// An error unless the sizes are at least 1 and stand for the number of values. A size of 0 never reaches the runtime: its recurrent
    /// layers end the whole process on an empty batch.
    /// </summary>
    internal static void CheckShape(string name, ReadOnlySpan<long> shape, long count)
    {
        long needed = 1;
        foreach (var size in shape)
        {
            if (size < 1 || needed > long.MaxValue / size)
                throw new OnnxException($"input '{name}' has the shape ({string.Join(", ", shape.ToArray())}), sizes start at 1");
            needed *= size;
        }
        if (needed != count)
            throw new OnnxException($"input '{name}' of shape ({string.Join(", ", shape.ToArray())}) needs {needed} values, got {count}");
    }

    internal MemoryHandle Pin() => Type switch
    {
        OnnxType.Float32 when _bytes.IsEmpty => _floats.Pin(),
        OnnxType.Int64 when _bytes.IsEmpty => _integers.Pin(),
        _ => _bytes.Pin(),
    };
}

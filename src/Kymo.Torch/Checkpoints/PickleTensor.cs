using System.Runtime.CompilerServices;

namespace Kymo.Torch.Checkpoints;

/// <summary>A row of elements that one or several tensors look into. Tensors that share one are written sharing it.</summary>
public sealed class TensorStorage
{
    /// <summary>A storage of these bytes.</summary>
    /// <param name="type">Element type.</param>
    /// <param name="data">Little-endian elements; a whole number of them.</param>
    /// <exception cref="ArgumentException">The bytes are no whole number of elements.</exception>
    public TensorStorage(ElementType type, ReadOnlyMemory<byte> data)
    {
        if (data.Length % type.Size() != 0)
            throw new ArgumentException($"{data.Length} bytes are no whole number of {type} elements", nameof(data));
        (Type, Data, ElementCount) = (type, data, data.Length / type.Size());
    }

    internal TensorStorage(ElementType type, long elementCount) => (Type, ElementCount) = (type, elementCount);

    /// <summary>Element type.</summary>
    public ElementType Type { get; }

    /// <summary>Number of elements.</summary>
    public long ElementCount { get; }

    /// <summary>The elements' bytes, little-endian.</summary>
    public ReadOnlyMemory<byte> Data { get; internal set; }
}

/// <summary>A tensor inside a <see cref="PickleValue"/> tree: a view with strides into a storage.</summary>
public sealed record PickleTensor : PickleValue
{
    StoredTensor? _value;

    /// <summary>A tensor with a storage of its own; two tensors over the very same memory still share it when written.</summary>
    /// <exception cref="ArgumentException">The bytes do not fit the shape and type.</exception>
    public PickleTensor(StoredTensor value)
        : this(new TensorStorage(value.Type, value.Data), 0, value.Shape, Shapes.RowMajorStrides(value.Shape))
    {
        if (Shapes.ElementCount(value.Shape) != Storage.ElementCount)
            throw new ArgumentException(
                $"a tensor of {value.Type} and shape {Shapes.Text(value.Shape)} cannot hold {value.Data.Length} bytes",
                nameof(value));
        _value = value;
    }

    /// <summary>A view into a storage.</summary>
    /// <param name="storage">Where the elements lie.</param>
    /// <param name="offset">Index of the first element in the storage.</param>
    /// <param name="shape">Sizes, outermost first.</param>
    /// <param name="strides">Steps in elements, one per size, not negative.</param>
    /// <exception cref="ArgumentException">The view leaves the storage.</exception>
    public PickleTensor(TensorStorage storage, long offset, long[] shape, long[] strides)
    {
        if (Misfit(storage.ElementCount, offset, shape, strides) is { } problem) throw new ArgumentException(problem);
        (Storage, Offset, Shape, Strides) = (storage, offset, shape, strides);
    }

    /// <summary>Where the elements lie.</summary>
    public TensorStorage Storage { get; }

    /// <summary>Index of the first element in the storage.</summary>
    public long Offset { get; }

    /// <summary>Sizes, outermost first.</summary>
    public long[] Shape { get; }

    /// <summary>Steps in elements.</summary>
    public long[] Strides { get; }

    /// <summary>Whether the file marks the tensor as one that gathers gradients.</summary>
    public bool RequiresGradient { get; init; }

    /// <summary>The tensor row by row: a slice of the storage where it lies so already, else a copy.</summary>
    public StoredTensor Value => _value ??= new StoredTensor(Storage.Type, Shape, RowMajorBytes());

    internal override string Kind => "tensor";

    internal bool IsRowMajor => Shapes.IsRowMajor(Shape, Strides);

    /// <summary>Bytes of the tensor row by row; -1 where they cannot be counted in 63 bits.</summary>
    internal Int128 ByteCount => (Int128)Shapes.ElementCount(Shape) * Storage.Type.Size();

    /// <summary>What is wrong with a view into a storage of <paramref name="count"/> elements, or null.</summary>
    internal static string? Misfit(long count, long offset, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        if (shape.Length != strides.Length) return $"a tensor has {shape.Length} sizes and {strides.Length} strides";
        if (shape.Length > Shapes.MaxDimensions)
            return $"a tensor has {shape.Length} dimensions, more than {Shapes.MaxDimensions}";
        var elements = Shapes.ElementCount(shape);
        if (elements < 0) return $"a tensor's shape {Shapes.Text(shape.ToArray())} is negative or too large";
        Int128 last = offset;
        for (var i = 0; i < shape.Length; i++)
        {
            if (strides[i] < 0) return $"a tensor has the negative stride {strides[i]}";
            last += (Int128)Math.Max(0, shape[i] - 1) * strides[i];
        }
        if (offset >= 0 && offset <= count && (elements == 0 || last < count)) return null;
        return $"a tensor of shape {Shapes.Text(shape.ToArray())}, strides {Shapes.Text(strides.ToArray())} and offset {offset} "
            + $"leaves its storage of {count} elements";
    }

    ReadOnlyMemory<byte> RowMajorBytes()
    {
        var size = Storage.Type.Size();
        var bytes = checked((int)ByteCount);
        if (bytes == 0) return default;
        if (IsRowMajor) return Storage.Data.Slice(checked((int)(Offset * size)), bytes);
        var copy = new byte[bytes];
        var index = new long[Shape.Length];
        var source = Storage.Data.Span;
        var from = Offset;
        for (var to = 0; to < bytes; to += size)
        {
            source.Slice((int)(from * size), size).CopyTo(copy.AsSpan(to));
            for (var i = index.Length - 1; i >= 0; i--)
            {
                from += Strides[i];
                if (++index[i] < Shape[i]) break;
                from -= Strides[i] * Shape[i];
                index[i] = 0;
            }
        }
        return copy;
    }

    /// <summary>Whether it is the same tensor.</summary>
    public bool Equals(PickleTensor? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}

using Kymo.Torch.Checkpoints;

namespace Kymo.Torch;

public readonly unsafe partial struct Tensor
{
    /// <summary>A tensor of zeros outside any scope, which the caller disposes. Inside a training step use a <see cref="TensorScope"/>.</summary>
    public static Tensor Zeros(ElementType type, params ReadOnlySpan<long> shape)
    {
        Native.Load();
        nint result;
        fixed (long* sizes = shape)
            Native.Check(Native.kt_tensor_empty(sizes, shape.Length, (int)type, 0, 0, &result), "empty");
        return Wrap(result, null).FillZero();
    }

    /// <summary>A tensor with a copy of the elements outside any scope, which the caller disposes.</summary>
    public static Tensor From<T>(ReadOnlySpan<T> elements, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        var tensor = Zeros(ElementTypes.Of<T>(), shape.IsEmpty ? [elements.Length] : shape);
        tensor.CopyFrom(elements);
        return tensor;
    }

    /// <summary>Zeros of the same shape, layout, type and device outside any scope, which the caller disposes.</summary>
    public Tensor ZerosLike()
    {
        nint result;
        Native.Check(Native.kt_tensor_zeros_like(Handle, &result), "zeros_like");
        return Wrap(result, null);
    }

    /// <summary>Zeros of this tensor's type and device in its scope.</summary>
    public Tensor NewZeros(params ReadOnlySpan<long> shape) => NewEmpty(shape).FillZero();

    /// <inheritdoc cref="NewZeros(ReadOnlySpan{long})"/>
    public Tensor NewZeros(Shape shape)
    {
        Span<long> sizes = stackalloc long[Native.MaxRank];
        shape.CopyTo(sizes);
        return NewZeros(sizes[..shape.Rank]);
    }

    /// <inheritdoc cref="Reshape(ReadOnlySpan{long})"/>
    public Tensor Reshape(Shape shape)
    {
        Span<long> sizes = stackalloc long[Native.MaxRank];
        shape.CopyTo(sizes);
        return Reshape(sizes[..shape.Rank]);
    }

    Tensor NewEmpty(ReadOnlySpan<long> shape)
    {
        var description = Describe();
        nint result;
        fixed (long* sizes = shape)
            Native.Check(Native.kt_tensor_empty(sizes, shape.Length, description.Type, description.DeviceType, description.DeviceIndex, &result), "empty");
        return Wrap(result, Scope);
    }

    /// <summary>A copy that can be written to a weights file.</summary>
    public StoredTensor ToStored() => new(Type, Shape.ToArray(), ToBytes());
}

using System.Runtime.CompilerServices;

namespace Kymo.Torch;

public readonly unsafe partial struct Tensor
{
    /// <summary>The only element, as a double.</summary>
    /// <exception cref="TorchException">There is more than one element.</exception>
    public double Item()
    {
        double value;
        Native.Check(Native.kt_tensor_item(Handle, &value), "item");
        return value;
    }

    /// <summary>Copies all elements, row-major, to a span of exactly as many places. Half precision is widened to Float32 where that is asked for.</summary>
    /// <exception cref="ArgumentException">Another element type or another number of elements.</exception>
    public void CopyTo<T>(Span<T> elements) where T : unmanaged
    {
        if (typeof(T) == typeof(float) && Type is ElementType.Float16 or ElementType.BFloat16)
        {
            using var wide = Detach().To(ElementType.Float32);
            wide.CopyTo(elements);
            return;
        }
        CheckElements<T>(elements.Length);
        fixed (T* data = elements)
            Native.Check(Native.kt_tensor_read(Handle, data, (long)elements.Length * Unsafe.SizeOf<T>()), "read");
    }

    /// <summary>Copies exactly as many elements as the tensor has, row-major, into it.</summary>
    /// <exception cref="ArgumentException">Another element type or another number of elements.</exception>
    public void CopyFrom<T>(ReadOnlySpan<T> elements) where T : unmanaged
    {
        CheckElements<T>(elements.Length);
        fixed (T* data = elements)
            Native.Check(Native.kt_tensor_write(Handle, data, (long)elements.Length * Unsafe.SizeOf<T>()), "write");
    }

    /// <summary>All elements, row-major, as a new array.</summary>
    public T[] ToArray<T>() where T : unmanaged
    {
        var elements = new T[Count];
        CopyTo<T>(elements);
        return elements;
    }

    /// <summary>The elements' bytes, row-major, whatever the type.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Count * Type.Size()];
        fixed (byte* data = bytes) Native.Check(Native.kt_tensor_read(Handle, data, bytes.Length), "read");
        return bytes;
    }

    /// <summary>Writes the elements' bytes, row-major, whatever the type.</summary>
    public void FromBytes(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* data = bytes) Native.Check(Native.kt_tensor_write(Handle, data, bytes.Length), "write");
    }

    /// <summary>The address of the first element of a CPU tensor; valid while the tensor is.</summary>
    public nint Address
    {
        get
        {
            void* data;
            Native.Check(Native.kt_tensor_data(Handle, &data), "data");
            return (nint)data;
        }
    }

    /// <summary>The same values on another device; the tensor itself where it is there already.</summary>
    /// <param name="device">Where to.</param>
    /// <param name="nonBlocking">Whether a copy from pinned memory may go on while the program does.</param>
    public Tensor To(Device device, bool nonBlocking = false)
    {
        nint result;
        Native.Check(Native.kt_tensor_to_device(Handle, device.NativeType, device.Index, nonBlocking ? 1 : 0, &result), "to");
        return Wrap(result, Scope);
    }

    internal static void CheckCount(ReadOnlySpan<long> shape, long count)
    {
        var expected = 1L;
        foreach (var size in shape) expected *= size;
        if (expected != count) throw new ArgumentException($"the shape {new Shape(shape)} has {expected} elements, the memory {count}");
    }

    void CheckElements<T>(int count) where T : unmanaged
    {
        var description = Describe();
        if ((ElementType)description.Type != ElementTypes.Of<T>())
            throw new ArgumentException($"the tensor holds {(ElementType)description.Type}, the memory {ElementTypes.Of<T>()}");
        CheckCount(new ReadOnlySpan<long>(description.Sizes, description.Rank), count);
    }
}

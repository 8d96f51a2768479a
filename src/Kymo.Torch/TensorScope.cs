using System.Buffers;
using System.Runtime.InteropServices;

namespace Kymo.Torch;

/// <summary>
/// Owns tensors and gives them back together. Whatever is computed from a tensor of a scope belongs to that scope; from tensors of
/// several scopes, to the youngest of them. So a long-lived scope is made before a short-lived one. A training step that ends with
/// <see cref="Reset"/> allocates nothing on the managed heap once it has run a few times. A scope is used by one thread at a time.
/// </summary>
public sealed unsafe class TensorScope : IDisposable
{
    static long s_made;

    readonly long _serial = Interlocked.Increment(ref s_made);
    readonly List<TensorSlot> _slots = [];
    readonly List<MemoryHandle> _pins = [];
    readonly Device _device;
    int _used;
    bool _disposed;

    /// <summary>A scope whose new tensors are made on <paramref name="device"/> (default: the CPU).</summary>
    public TensorScope(Device? device = null)
    {
        Native.Load();
        _device = device ?? Device.Cpu;
    }

    /// <summary>Where tensors made by this scope live.</summary>
    public Device Device => _device;

    /// <summary>How many tensors were made in the scope since the last reset, those disposed on their own included.</summary>
    public int Count => _used;

    /// <summary>A tensor of the given shape whose elements are whatever the memory held.</summary>
    public Tensor Empty(ElementType type, params ReadOnlySpan<long> shape)
    {
        nint result;
        fixed (long* sizes = shape)
            Native.Check(Native.kt_tensor_empty(sizes, shape.Length, (int)type, _device.NativeType, _device.Index, &result), "empty");
        return Adopt(result);
    }

    /// <summary>A tensor of zeros.</summary>
    public Tensor Zeros(ElementType type, params ReadOnlySpan<long> shape) => Empty(type, shape).FillZero();

    /// <summary>A Float32 tensor of zeros.</summary>
    public Tensor Zeros(params ReadOnlySpan<long> shape) => Zeros(ElementType.Float32, shape);

    /// <summary>A Float32 tensor of ones.</summary>
    public Tensor Ones(params ReadOnlySpan<long> shape) => Full(1, ElementType.Float32, shape);

    /// <summary>A tensor of one value.</summary>
    public Tensor Full(double value, ElementType type, params ReadOnlySpan<long> shape) => Empty(type, shape).Fill(value);

    /// <summary>A scalar.</summary>
    public Tensor Scalar(double value, ElementType type = ElementType.Float32) => Full(value, type);

    /// <summary>The whole numbers from start up to, but without, end (Int64).</summary>
    public Tensor Range(long start, long end)
    {
        nint result;
        Native.Check(Native.kt_tensor_range(start, end, _device.NativeType, _device.Index, &result), "range");
        return Adopt(result);
    }

    /// <summary>A Float32 tensor drawn from the standard normal distribution.</summary>
    public Tensor Normal(RandomGenerator generator, params ReadOnlySpan<long> shape) => Empty(ElementType.Float32, shape).FillNormal(0, 1, generator);

    /// <summary>A Float32 tensor drawn uniformly from [0, 1).</summary>
    public Tensor Uniform(RandomGenerator generator, params ReadOnlySpan<long> shape) => Empty(ElementType.Float32, shape).FillUniform(0, 1, generator);

    /// <summary>A tensor with a copy of the elements, in row-major order; without sizes, a vector.</summary>
    /// <exception cref="ArgumentException">The sizes do not multiply to the number of elements.</exception>
    public Tensor From<T>(ReadOnlySpan<T> elements, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        var tensor = Empty(ElementTypes.Of<T>(), shape.IsEmpty ? [elements.Length] : shape);
        tensor.CopyFrom(elements);
        return tensor;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>
    public Tensor From<T>(T[] elements, params ReadOnlySpan<long> shape) where T : unmanaged => From((ReadOnlySpan<T>)elements, shape);

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>
    public Tensor From<T>(ReadOnlySpan<T> elements, Shape shape) where T : unmanaged
    {
        Span<long> sizes = stackalloc long[Native.MaxRank];
        shape.CopyTo(sizes);
        var tensor = Empty(ElementTypes.Of<T>(), sizes[..shape.Rank]);
        tensor.CopyFrom(elements);
        return tensor;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>
    public Tensor From<T>(T[] elements, Shape shape) where T : unmanaged => From((ReadOnlySpan<T>)elements, shape);

    /// <summary>
    /// A CPU tensor over managed memory, without a copy. The memory is pinned until <see cref="Reset"/>; no tensor over it may be
    /// kept longer.
    /// </summary>
    public Tensor View<T>(Memory<T> elements, params ReadOnlySpan<long> shape) where T : unmanaged
    {
        Tensor.CheckCount(shape, elements.Length);
        var pin = elements.Pin();
        _pins.Add(pin);
        return View(pin.Pointer, ElementTypes.Of<T>(), shape);
    }

    /// <summary>A CPU tensor over memory that the caller keeps in place (mapped or native) until the scope is reset. No copy.</summary>
    /// <param name="address">The first element.</param>
    /// <param name="type">The element type.</param>
    /// <param name="shape">The sizes; the memory holds at least their product, row-major.</param>
    public Tensor View(void* address, ElementType type, params ReadOnlySpan<long> shape)
    {
        nint result;
        fixed (long* sizes = shape)
            Native.Check(Native.kt_tensor_view(address, sizes, shape.Length, (int)type, &result), "view");
        return Adopt(result);
    }

    /// <summary>A CPU tensor over memory that the caller keeps in place until the scope is reset, named by its address. No copy.</summary>
    public Tensor View(nint address, ElementType type, params ReadOnlySpan<long> shape) => View((void*)address, type, shape);

    /// <summary>The same tensor as a member of this scope: what is computed from it belongs here.</summary>
    public Tensor Borrow(Tensor tensor)
    {
        nint result;
        Native.Check(Native.kt_tensor_alias(tensor.Handle, &result), "borrow");
        return Adopt(result);
    }

    /// <summary>Gives every tensor of the scope back. Those that still refer to them are stale; the scope is ready for the next step.</summary>
    public void Reset()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ReleaseAll();
    }

    /// <summary>
    /// Gives every tensor of the scope back but these. Between the loss and <see cref="Tensor.Backward"/> this lets the walk free
    /// activations as soon as it has used them, as in <c>scope.ResetExcept(loss, logits); loss.Backward();</c>. Pinned memory stays.
    /// </summary>
    public void ResetExcept(params ReadOnlySpan<Tensor> kept)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var count = 0;
        for (var i = 0; i < _used; i++)
            foreach (var tensor in kept)
                if (tensor.IsIn(_slots[i]))
                {
                    (_slots[i], _slots[count]) = (_slots[count], _slots[i]);
                    count++;
                    break;
                }

        Release(count);
    }

    /// <summary>Gives every tensor back; the scope cannot be used any more.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        ReleaseAll();
        _disposed = true;
    }

    internal static TensorScope? Younger(TensorScope? a, TensorScope? b) => a is null ? b : b is null || a._serial >= b._serial ? a : b;

    internal Tensor Adopt(nint handle)
    {
        if (_disposed)
        {
            Native.Check(Native.kt_tensors_free(&handle, 1), "free");
            throw new ObjectDisposedException(nameof(TensorScope));
        }

        if (_used == _slots.Count) _slots.Add(new TensorSlot(this));
        var slot = _slots[_used++];
        slot.Handle = handle;
        return new Tensor(slot);
    }

    void ReleaseAll()
    {
        Release(0);
        foreach (var pin in _pins) pin.Dispose();
        _pins.Clear();
    }

    /// <summary>Gives all tensors from the place <paramref name="first"/> on back.</summary>
    void Release(int first)
    {
        const int chunk = 256;
        var handles = stackalloc nint[2 * chunk];
        var slots = CollectionsMarshal.AsSpan(_slots)[first.._used];
        while (!slots.IsEmpty)
        {
            var count = 0;
            var part = slots[..Math.Min(chunk, slots.Length)];
            foreach (var slot in part) count += slot.Collect(handles + count);
            Native.Check(Native.kt_tensors_free(handles, count), "free");
            slots = slots[part.Length..];
        }

        _used = first;
    }
}

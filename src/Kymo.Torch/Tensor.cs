namespace Kymo.Torch;

/// <summary>
/// An array of numbers on a device, with its history for gradients. A small value that points to a place in a
/// <see cref="TensorScope"/>, or to one of its own where it belongs to a network or an optimiser. Using it after it was given back is a
/// <see cref="TorchException"/>, never a crash.
/// </summary>
/// <remarks>
/// The result of an operation belongs to the youngest scope among its arguments. Where no argument belongs to a scope, the result
/// belongs to the caller, who disposes it.
/// </remarks>
public readonly unsafe partial struct Tensor : IDisposable, IEquatable<Tensor>
{
    readonly TensorSlot? _slot;
    readonly int _generation;

    internal Tensor(TensorSlot slot)
    {
        _slot = slot;
        _generation = slot.Generation;
    }

    /// <summary>True while the tensor can be used: it was made and not given back.</summary>
    public bool IsAlive => _slot is not null && _slot.Generation == _generation;

    /// <summary>The sizes, outermost first.</summary>
    public Shape Shape
    {
        get
        {
            var description = Describe();
            return new Shape(new ReadOnlySpan<long>(description.Sizes, description.Rank));
        }
    }

    /// <summary>How far apart neighbours of each dimension lie, in elements.</summary>
    public Shape Strides
    {
        get
        {
            var description = Describe();
            return new Shape(new ReadOnlySpan<long>(description.Strides, description.Rank));
        }
    }

    /// <summary>How many elements there are.</summary>
    public long Count => Shape.Count;

    /// <summary>How many dimensions there are.</summary>
    public int Rank => Describe().Rank;

    /// <summary>The element type.</summary>
    public ElementType Type => (ElementType)Describe().Type;

    /// <summary>Where the elements are.</summary>
    public Device Device
    {
        get
        {
            var description = Describe();
            return Device.FromNative(description.DeviceType, description.DeviceIndex);
        }
    }

    /// <summary>True where the elements lie row-major without gaps.</summary>
    public bool IsContiguous => Describe().IsContiguous != 0;

    /// <summary>True where (batch, channel, height, width) lies with its channels together and without gaps.</summary>
    public bool IsChannelsLast => Describe().IsChannelsLast != 0;

    internal bool IsIn(TensorSlot slot) => ReferenceEquals(_slot, slot) && IsAlive;

    internal nint Handle => _slot is { } slot && slot.Generation == _generation ? slot.Handle : throw Stale();

    internal TensorScope? Scope => _slot is { } slot && slot.Generation == _generation ? slot.Scope : throw Stale();

    /// <summary>The same tensor as the caller's own, outside any scope; the caller disposes it.</summary>
    public Tensor Keep()
    {
        nint result;
        Native.Check(Native.kt_tensor_alias(Handle, &result), "keep");
        return Wrap(result, null);
    }

    /// <summary>Gives the tensor back now. A second call does nothing.</summary>
    public void Dispose()
    {
        if (IsAlive) _slot!.Free();
    }

    /// <summary>True where both are the same tensor of the same scope.</summary>
    public bool Equals(Tensor other) => ReferenceEquals(_slot, other._slot) && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_slot, _generation);

    /// <summary>Type, shape and device as in <c>Float32 (64, 1, 128) cpu</c>.</summary>
    public override string ToString() => IsAlive ? $"{Type} {Shape} {Device}" : "a tensor that was given back";

    /// <summary>The same place, see <see cref="Equals(Tensor)"/>.</summary>
    public static bool operator ==(Tensor left, Tensor right) => left.Equals(right);

    /// <summary>Another place, see <see cref="Equals(Tensor)"/>.</summary>
    public static bool operator !=(Tensor left, Tensor right) => !left.Equals(right);

    internal static Tensor Wrap(nint handle, TensorScope? scope) =>
        scope is null ? new Tensor(new TensorSlot(null) { Handle = handle }) : scope.Adopt(handle);

    internal static void Join(ref TensorScope? scope, Tensor tensor) => scope = TensorScope.Younger(scope, tensor.Scope);

    internal static void Join(ref TensorScope? scope, Tensor? tensor)
    {
        if (tensor is { } given) Join(ref scope, given);
    }

    internal static void Join(ref TensorScope? scope, ReadOnlySpan<Tensor> tensors)
    {
        foreach (var tensor in tensors) Join(ref scope, tensor);
    }

    internal static nint HandleOf(Tensor? tensor) => tensor is { } given ? given.Handle : 0;

    internal static void HandlesOf(ReadOnlySpan<Tensor> tensors, Span<nint> handles)
    {
        for (var i = 0; i < tensors.Length; i++) handles[i] = tensors[i].Handle;
    }

    Native.Description Describe()
    {
        Native.Description description;
        Native.Check(Native.kt_tensor_describe(Handle, &description), "describe");
        return description;
    }

    TorchException Stale() => new(_slot is null
        ? "a tensor that was never made is used (default(Tensor))"
        : "a tensor is used after it was given back (its scope was reset or disposed, or it was disposed itself)");
}

namespace Kymo.Torch;

/// <summary>
/// The place that holds a native handle. A scope keeps its places and fills them again after a reset; the generation tells a
/// <see cref="Tensor"/> of an earlier filling from one of the present.
/// </summary>
sealed class TensorSlot(TensorScope? scope)
{
    internal readonly TensorScope? Scope = scope;
    internal nint Handle;
    internal int Generation = 1;
    TensorSlot? _gradient;

    /// <summary>The place for this tensor's gradient, which lives as long as the tensor.</summary>
    internal TensorSlot Gradient => _gradient ??= new TensorSlot(Scope);

    /// <summary>The gradient's handle, 0 where none was asked for.</summary>
    internal nint GradientHandle => _gradient?.Handle ?? 0;

    /// <summary>Takes the handle out; everything that referred to it is stale from now on.</summary>
    internal nint Vacate()
    {
        var handle = Handle;
        Handle = 0;
        Generation++;
        return handle;
    }

    /// <summary>Gives both handles back to the library.</summary>
    internal unsafe void Free()
    {
        var handles = stackalloc nint[2] { Vacate(), _gradient?.Vacate() ?? 0 };
        Native.Check(Native.kt_tensors_free(handles, 2), "free");
    }

    /// <summary>Moves both handles to <paramref name="handles"/>, to be freed together with others.</summary>
    internal unsafe int Collect(nint* handles)
    {
        handles[0] = Vacate();
        if (_gradient is null || _gradient.Handle == 0) return 1;
        handles[1] = _gradient.Vacate();
        return 2;
    }
}

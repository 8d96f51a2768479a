namespace Kymo.Torch;

/// <summary>
/// A random generator of its own (PyTorch's Mersenne Twister on the CPU). The same seed gives the same numbers as
/// <c>torch.manual_seed(seed)</c>. Nothing draws from a global generator.
/// </summary>
public sealed unsafe class RandomGenerator : IDisposable
{
    nint _handle;

    /// <summary>A generator that starts from a seed.</summary>
    public RandomGenerator(ulong seed)
    {
        nint handle;
        Native.Check(Native.kt_generator_new(seed, 0, 0, &handle), "generator");
        _handle = handle;
    }

    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(RandomGenerator));

    /// <summary>Starts over from a seed.</summary>
    public void Seed(ulong seed) => Native.Check(Native.kt_generator_seed(Handle, seed), "generator seed");

    /// <summary>Everything that decides what comes next, as bytes (the layout of PyTorch's <c>Generator.get_state</c>).</summary>
    public byte[] GetState()
    {
        long length;
        Native.Check(Native.kt_generator_get_state(Handle, null, &length), "generator state");
        var state = new byte[length];
        fixed (byte* buffer = state) Native.Check(Native.kt_generator_get_state(Handle, buffer, &length), "generator state");
        return state;
    }

    /// <summary>Goes on from a saved state.</summary>
    /// <exception cref="TorchException">The bytes are no such state.</exception>
    public void SetState(ReadOnlySpan<byte> state)
    {
        fixed (byte* buffer = state) Native.Check(Native.kt_generator_set_state(Handle, buffer, state.Length), "generator state");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle == 0) return;
        Native.Check(Native.kt_generator_free(_handle), "generator");
        _handle = 0;
    }
}

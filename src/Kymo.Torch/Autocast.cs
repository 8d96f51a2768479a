namespace Kymo.Torch;

/// <summary>
/// A stretch in which those operations of this thread that gain from it compute in half precision, as PyTorch's <c>autocast</c> chooses
/// them; weights stay Float32. It ends when it is disposed, and stays on the stack.
/// </summary>
public readonly ref struct Autocast : IDisposable
{
    readonly Device _device;

    Autocast(Device device) => _device = device;

    /// <summary>Begins a stretch.</summary>
    /// <param name="device">Where the operations run: the CPU or CUDA.</param>
    /// <param name="type">BFloat16, or Float16 on CUDA.</param>
    /// <exception cref="TorchException">The device has no such precision.</exception>
    public static Autocast Begin(Device device, ElementType type)
    {
        Native.Check(Native.kt_autocast(device.NativeType, (int)type, 1), "autocast");
        return new Autocast(device);
    }

    /// <inheritdoc/>
    public void Dispose() => Native.Check(Native.kt_autocast(_device.NativeType, (int)ElementType.BFloat16, 0), "autocast");
}

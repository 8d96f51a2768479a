using Kymo.Config;
using Kymo.Torch;

namespace Kymo.Lab.Training;

/// <summary>The device that a configuration asks for.</summary>
public static class Devices
{
    /// <summary>Sets the engine up as a training asks for: threads, determinism. Answers with its device.</summary>
    /// <exception cref="ConfigException">No such device here.</exception>
    public static Device Prepare(TrainerOptions trainer)
    {
        var device = Of(trainer.Device);
        if (trainer.Precision == "16" && device.Kind != DeviceKind.Cuda)
            throw new ConfigException($"trainer.precision=16 needs a CUDA device, not {device}; type trainer.precision=bf16 or 32");
        TorchThreads.Set(trainer.Threads > 0 ? trainer.Threads : Environment.ProcessorCount);
        TorchInfo.SetDeterministic(trainer.Deterministic);
        return device;
    }

    /// <summary>The device that <c>trainer.device</c> names.</summary>
    /// <param name="name"><c>auto</c>, <c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>mps</c>.</param>
    /// <exception cref="ConfigException">No such name, or no such device here.</exception>
    /// <exception cref="TorchException">LibTorch itself is not here.</exception>
    public static Device Of(string name)
    {
        _ = Device.Available();
        try
        {
            return Device.Parse(name);
        }
        catch (Exception error) when (error is TorchException or ArgumentException)
        {
            throw new ConfigException($"trainer.device={name}: {error.Message}");
        }
    }
}

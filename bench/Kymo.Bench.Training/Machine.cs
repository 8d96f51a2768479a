using System.Globalization;
using System.Runtime.InteropServices;
using Kymo.Torch;

namespace Kymo.Bench.Training;

/// <summary>Where the numbers were taken.</summary>
static class Machine
{
    /// <summary>Processor, cores, memory, LibTorch with its kernels, and how busy the machine was with other things.</summary>
    public static string Describe()
    {
        var processor = Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = Field("/proc/meminfo", "MemTotal") is { } text ? long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) >> 20 : 0;
        var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
        return $"{processor}, {Environment.ProcessorCount} cores, {memory} GiB, {RuntimeInformation.OSDescription}, "
            + $"LibTorch {TorchInfo.Version} ({TorchInfo.CpuCapability}), load before {load}";
    }

    /// <summary>The most memory that was resident in this process so far.</summary>
    public static long PeakBytes() => long.Parse(Field("/proc/self/status", "VmHWM")!.Split(' ')[0], CultureInfo.InvariantCulture) << 10;

    /// <summary>The folder of the solution.</summary>
    public static string Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "Kymo.slnx"))) return directory.FullName;
        throw new InvalidOperationException("no Kymo.slnx above " + AppContext.BaseDirectory);
    }

    static string? Field(string path, string name) => !File.Exists(path) ? null
        : File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Kymo.Torch;

namespace Kymo.App.Bench;

/// <summary>Facts about this machine and process, read from the system.</summary>
static class Machine
{
    /// <summary>The program's version.</summary>
    public static string Version { get; } = typeof(Machine).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <summary>The processor's name.</summary>
    public static string CpuModel() =>
        Facts("/proc/cpuinfo").FirstOrDefault(fact => fact.Name is "model name" or "Hardware" or "Model").Value
        ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>Bytes of memory: usable by this process, and free now (null where the system does not say).</summary>
    public static (long Total, long? Free) Memory()
    {
        var free = Facts("/proc/meminfo").FirstOrDefault(fact => fact.Name == "MemAvailable").Value;
        return (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Kilobytes(free));
    }

    /// <summary>The most memory that this process has held, bytes; null where the system does not say.</summary>
    public static long? PeakBytes() => Kilobytes(Facts("/proc/self/status").FirstOrDefault(fact => fact.Name == "VmHWM").Value);

    /// <summary>The file that a loaded library came from, by a part of its name; null where none is mapped.</summary>
    public static string? LoadedFile(string part) =>
        Lines("/proc/self/maps").Select(line => line[(line.IndexOf('/') + 1)..])
            .FirstOrDefault(path => path.Contains(part, StringComparison.Ordinal)) is { } found ? "/" + found : null;

    /// <summary>The machine as a benchmark's answer states it.</summary>
    public static JsonObject ToJson() => new()
    {
        ["cpu_model"] = CpuModel(),
        ["cpu_cores"] = Environment.ProcessorCount,
        ["threads"] = TorchThreads.Get(),
        ["memory_bytes"] = Memory().Total,
        ["load_average"] = LoadAverage(),
        ["system"] = RuntimeInformation.OSDescription,
        ["dotnet_version"] = Environment.Version.ToString(),
        ["libtorch_version"] = TorchInfo.Version,
        ["cpu_capability"] = TorchInfo.CpuCapability,
    };

    // Processes that wanted to run over the last minute: above the number of cores, times mean little.
    static double? LoadAverage() => Lines("/proc/loadavg").FirstOrDefault() is { } line
        && double.TryParse(line.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var load) ? load : null;

    static long? Kilobytes(string? text) =>
        text is not null && long.TryParse(text.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value << 10 : null;

    static IEnumerable<(string Name, string Value)> Facts(string file) =>
        Lines(file).Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2).Select(parts => (parts[0].Trim(), parts[1].Trim()));

    static string[] Lines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];
}

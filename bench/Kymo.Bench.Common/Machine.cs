using System.Globalization;
using System.Runtime.InteropServices;

namespace Kymo.Bench;

/// <summary>Where the numbers were taken.</summary>
public static class Machine
{
    /// <summary>Processor, cores, memory, system, and how busy the machine was with other things.</summary>
    public static string Describe()
    {
        var processor = Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = Field("/proc/meminfo", "MemTotal") is { } text ? long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) >> 20 : 0;
        var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
        return $"{processor}, {Environment.ProcessorCount} cores, {memory} GiB, {RuntimeInformation.OSDescription}, load before {load}";
    }

    /// <summary>The most memory that was resident in a process so far, bytes; 0 where the system does not say.</summary>
    /// <param name="process">The process; null for this one.</param>
    public static long PeakBytes(int? process = null) =>
        Field($"/proc/{process?.ToString(CultureInfo.InvariantCulture) ?? "self"}/status", "VmHWM") is { } text
            ? long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) << 10
            : 0;

    /// <summary>Memory that a program could take without another one losing its own, bytes; 0 where the system does not say.</summary>
    public static long FreeBytes() => Field("/proc/meminfo", "MemAvailable") is { } text ? long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) << 10 : 0;

    /// <summary>The checkout that the program was built in.</summary>
    public static string Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "Kymo.slnx"))) return directory.FullName;
        throw new InvalidOperationException("no Kymo.slnx above " + AppContext.BaseDirectory);
    }

    /// <summary>The program itself, as it was built last.</summary>
    /// <exception cref="InvalidOperationException">It was not built.</exception>
    public static string Program() =>
        new[] { Path.Combine("app", "kymo"), Path.Combine("bin", "Kymo.App", "release", "kymo") }.Select(path => Path.Combine(Root(), "artifacts", path))
            .Where(File.Exists).MaxBy(path => File.GetLastWriteTimeUtc(Path.ChangeExtension(path, ".dll"))) ?? throw new InvalidOperationException("the program is not built; type ./kymo --help");

    static string? Field(string path, string name)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
        }
        catch (IOException)
        {
            return null;
        }
    }
}

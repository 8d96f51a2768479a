using System.Text.Json.Nodes;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>How far a run is.</summary>
public enum RunState
{
    /// <summary>Some process is writing it.</summary>
    Running,

    /// <summary>Nobody writes it and it is not finished: it can be resumed.</summary>
    Interrupted,

    /// <summary>Finished and sealed.</summary>
    Finished,

    /// <summary>It cannot be read; <see cref="IndexedRun.Problem"/> says why.</summary>
    Broken,
}

/// <summary>One run as a list shows it.</summary>
/// <param name="Name">Name of the folder.</param>
/// <param name="Path">The folder.</param>
/// <param name="State">How far it is.</param>
/// <param name="Problem">Why it cannot be read; empty otherwise.</param>
/// <param name="Metrics">Its <c>metrics.json</c>; empty where there is none yet.</param>
public sealed record IndexedRun(string Name, string Path, RunState State, string Problem, JsonObject Metrics)
{
    /// <summary>A text of <c>metrics.json</c> by path, for instance <c>model</c>; empty where absent.</summary>
    public string Text(string path) => At(path) is JsonValue v && v.TryGetValue(out string? text) ? text : "";

    /// <summary>A number of <c>metrics.json</c> by path, for instance <c>test.acc</c>; not a number where absent.</summary>
    public double Number(string path) => At(path) is JsonValue v && v.TryGetValue(out double number) ? number : double.NaN;

    JsonNode? At(string path)
    {
        JsonNode? node = Metrics;
        foreach (var key in path.Split('.')) node = (node as JsonObject)?[key];
        return node;
    }
}

/// <summary>The runs under a folder of results, for listing and comparing. Broken ones are listed as such.</summary>
public static class RunIndex
{
    /// <summary>All runs under <c>&lt;root&gt;/runs</c>, by name; none where there is no such folder.</summary>
    public static IReadOnlyList<IndexedRun> Read(string root)
    {
        var runs = System.IO.Path.Combine(root, "runs");
        if (!Directory.Exists(runs)) return [];
        return [.. Directory.GetDirectories(runs).Where(p => System.IO.Path.GetFileName(p)[0] != '.')
            .Order(StringComparer.Ordinal).Select(Describe)];
    }

    /// <summary>One run by its name under a root, or by its folder.</summary>
    /// <exception cref="Config.ConfigException">There is no such run; those that exist are named.</exception>
    public static IndexedRun Find(string root, string nameOrFolder)
    {
        foreach (var folder in (string[])[System.IO.Path.Combine(root, "runs", nameOrFolder), nameOrFolder])
            if (Directory.Exists(folder))
                return Describe(System.IO.Path.GetFullPath(folder).TrimEnd(System.IO.Path.DirectorySeparatorChar));
        throw new Config.ConfigException($"there is no run '{nameOrFolder}' under {root}/runs. {RunFolder.Existing(root)}");
    }

    static IndexedRun Describe(string folder)
    {
        var name = System.IO.Path.GetFileName(folder);
        try
        {
            var path = System.IO.Path.Combine(folder, RunFiles.Metrics);
            var metrics = File.Exists(path) ? CanonicalJson.ReadObject(path) : [];
            return new IndexedRun(name, folder, State(folder, name), "", metrics);
        }
        catch (Exception e) when (e is DataException or UnauthorizedAccessException)
        {
            return new IndexedRun(name, folder, RunState.Broken, e.Message, []);
        }
    }

    static RunState State(string folder, string name)
    {
        if (File.Exists(System.IO.Path.Combine(folder, RunFiles.Hashes))) return RunState.Finished;
        var lockPath = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(folder)!, ".locks", name + ".lock");
        if (!File.Exists(lockPath)) return RunState.Interrupted;
        using var held = FileLock.TryTake(lockPath);
        return held is null ? RunState.Running : RunState.Interrupted;
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>What a run left that was finished before.</summary>
public static class FinishedRun
{
    /// <summary>Its scores on held-out items in a line, and <c>metrics.json</c>; null where the folder holds no sealed run.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="DataException">The file is damaged.</exception>
    public static RunResult? Read(string folder)
    {
        var path = Path.Combine(folder, RunFiles.Metrics);
        if (!File.Exists(Path.Combine(folder, RunFiles.Hashes)) || !File.Exists(path)) return null;
        var metrics = CanonicalJson.ReadObject(path);
        return new RunResult(Path.GetFullPath(folder), [Line(Path.GetFileName(folder), metrics["test"] as JsonObject ?? [])], metrics);
    }

    static string Line(string name, JsonObject test)
    {
        var scores = test.Where(score => score.Value is JsonValue value && value.TryGetValue<double>(out _))
            .Select(score => string.Create(CultureInfo.InvariantCulture, $"{score.Key} {(double)score.Value!:F3}"));
        return $"{name} was finished before; on held-out items: {string.Join(", ", scores)}";
    }
}

using System.Text.Json.Nodes;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Training.Loops;

/// <summary>Collects named numbers epoch by epoch; several of a name within an epoch are averaged, a name absent in one gets null.</summary>
public sealed class MetricsTracker
{
    readonly OrderedDictionary<string, List<double?>> _history = [];
    readonly OrderedDictionary<string, (double Sum, int Count)> _current = [];
    int _epochs;

    /// <summary>Names in the order they were first seen.</summary>
    public IReadOnlyList<string> Names => [.. _history.Keys];

    /// <summary>Adds numbers to the current epoch.</summary>
    public void Update(IEnumerable<KeyValuePair<string, double>> metrics)
    {
        foreach (var (name, value) in metrics)
        {
            var (sum, count) = _current.GetValueOrDefault(name);
            _current[name] = (sum + value, count + 1);
        }
    }

    /// <summary>Ends the epoch: its means join the history.</summary>
    public void EndEpoch()
    {
        foreach (var name in _current.Keys)
            if (!_history.ContainsKey(name)) _history.Add(name, [.. Enumerable.Repeat<double?>(null, _epochs)]);
        foreach (var (name, values) in _history)
            values.Add(_current.TryGetValue(name, out var sum) ? sum.Sum / sum.Count : null);
        _current.Clear();
        _epochs++;
    }

    /// <summary>All values of a name, one an epoch; empty where it is unknown.</summary>
    public IReadOnlyList<double?> GetHistory(string name) => _history.TryGetValue(name, out var values) ? values : [];

    /// <summary>The newest value of a name, or null.</summary>
    public double? GetLatest(string name) => GetHistory(name).LastOrDefault(value => value is not null);

    /// <summary>Writes an object from name to list; what is not finite becomes null.</summary>
    public void SaveToJson(string path)
    {
        var json = new JsonObject();
        foreach (var (name, values) in _history)
            json[name] = new JsonArray([.. values.Select(value => value is { } number && double.IsFinite(number) ? JsonValue.Create(number) : null)]);
        AtomicFile.Write(path, json.ToJsonString(new() { WriteIndented = true }) + "\n");
    }

    /// <summary>Draws names over epochs, .png or .svg, with gnuplot.</summary>
    /// <param name="names">What is drawn.</param>
    /// <param name="savePath">The file.</param>
    /// <param name="warn">Told where gnuplot is not installed.</param>
    /// <returns>Whether it was drawn.</returns>
    public bool PlotMetrics(IReadOnlyList<string> names, string savePath, Action<string>? warn = null) =>
        MetricsPlot.Draw([.. names.Where(_history.ContainsKey).Select(name => (name, GetHistory(name)))], savePath, warn ?? (_ => { }));
}

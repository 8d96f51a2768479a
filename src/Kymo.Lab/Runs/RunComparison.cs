using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Metrics;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>A value of the configuration in which two runs differ.</summary>
/// <param name="Key">Path of the value, for instance <c>optim.lr</c>.</param>
/// <param name="First">Its JSON text in the first run; empty where absent.</param>
/// <param name="Second">The same of the second.</param>
public sealed record ConfigDifference(string Key, string First, string Second);

/// <summary>Two classification runs, item by item: is the second better, or is it luck?</summary>
/// <param name="Items">Held-out items that both runs judged (same identifier, fold and true class).</param>
/// <param name="OnlyInFirst">Items that only the first judged.</param>
/// <param name="OnlyInSecond">Items that only the second judged.</param>
/// <param name="Accuracy">
/// Difference of the accuracies on the common items, second minus first, with interval and p-value.
/// </param>
/// <param name="MacroF1">The same of macro F1.</param>
/// <param name="Test">McNemar's test on the common items.</param>
/// <param name="Configuration">Where the configurations differ.</param>
public sealed record RunComparison(
    int Items, int OnlyInFirst, int OnlyInSecond, PairedBootstrap Accuracy, PairedBootstrap MacroF1, McNemar Test,
    IReadOnlyList<ConfigDifference> Configuration)
{
    /// <summary>Whether groups of items are resampled, not single items.</summary>
    public bool IsGrouped { get; init; }

    /// <summary>Compares two run folders.</summary>
    /// <param name="first">Folder of the first run.</param>
    /// <param name="second">Folder of the second.</param>
    /// <param name="groupOf">
    /// The group an item belongs to (its recording, its person), by its identifier; null: as the first run's <c>item_groups.csv</c>
    /// says, each its own where it has none.
    /// </param>
    /// <param name="options">Resamples, level, seed.</param>
    /// <exception cref="ConfigException">The runs are not of one classification task, or have no item in common.</exception>
    /// <exception cref="DataException">A file is damaged, or the runs disagree about the truth.</exception>
    public static RunComparison Of(string first, string second, Func<string, string>? groupOf, BootstrapOptions options)
    {
        var (contract, firstItems) = Load(first);
        var (otherContract, secondItems) = Load(second);
        if (!contract.Classes.SequenceEqual(otherContract.Classes))
            throw new ConfigException($"the runs tell apart other classes ({string.Join(", ", contract.Classes)} and " +
                $"{string.Join(", ", otherContract.Classes)}): compare runs of one task");
        var common = new List<(ClassPrediction First, ClassPrediction Second)>();
        foreach (var (key, item) in firstItems)
            if (secondItems.TryGetValue(key, out var other)) common.Add((item, other));
        if (common.Count == 0) throw new ConfigException($"{first} and {second} have no held-out item in common");
        if (common.Find(c => c.First.Truth != c.Second.Truth).First is { } disputed)
            throw new DataException(second, $"item '{disputed.Id}' is of another true class than in {first}");
        int[] truth = [.. common.Select(c => c.First.Truth)];
        int[] one = [.. common.Select(c => c.First.Predicted)];
        int[] two = [.. common.Select(c => c.Second.Predicted)];
        groupOf ??= Recorded(Path.Combine(first, RunFiles.ItemGroups));
        string[]? groups = groupOf is null ? null : [.. common.Select(c => groupOf(c.First.Id))];
        PairedBootstrap Paired(Func<ConfusionMatrix, double> score) =>
            PairedBootstrap.Of(truth, one, two, groups, contract.Classes.Count, score, options);
        return new RunComparison(
            common.Count, firstItems.Count - common.Count, secondItems.Count - common.Count,
            Paired(Metrics.Accuracy.Of), Paired(m => MacroScores.Of(m, contract.MacroAverage).F1), McNemar.Of(truth, one, two),
            Differences(Config(first), Config(second)))
        { IsGrouped = groupOf is not null };
    }

    static Func<string, string>? Recorded(string path)
    {
        if (!File.Exists(path)) return null;
        var table = CsvTable.Read(path);
        var (id, group) = (table.Column("id"), table.Column("group"));
        var groups = new Dictionary<string, string>();
        foreach (var row in table.Rows)
            if (!groups.TryAdd(row[id], row[group])) throw new DataException(path, $"item '{row[id]}' is there twice");
        return item => groups.TryGetValue(item, out var found) ? found : throw new DataException(path, $"item '{item}' of {RunFiles.Predictions} is not there");
    }

    static (RunContract Contract, Dictionary<(string, int?), ClassPrediction> Items) Load(string folder)
    {
        var contract = RunContract.Read(Path.Combine(folder, RunFiles.Contract));
        if (contract.Kind != TaskKind.Classification)
            throw new ConfigException($"{folder} is no classification run: only those are compared item by item");
        var items = new Dictionary<(string, int?), ClassPrediction>();
        foreach (var item in PredictionTable.ReadClasses(Path.Combine(folder, RunFiles.Predictions), contract))
            if (!items.TryAdd((item.Id, item.Fold), item))
                throw new DataException(Path.Combine(folder, RunFiles.Predictions), $"item '{item.Id}' is there twice");
        return (contract, items);
    }

    static JsonObject Config(string folder) => CanonicalJson.ReadObject(Path.Combine(folder, RunFiles.ResolvedConfig));

    static ConfigDifference[] Differences(JsonObject first, JsonObject second)
    {
        var (one, two) = (Leaves(first), Leaves(second));
        return [.. one.Keys.Union(two.Keys).Order(StringComparer.Ordinal)
            .Select(k => new ConfigDifference(k, one.GetValueOrDefault(k, ""), two.GetValueOrDefault(k, "")))
            .Where(d => d.First != d.Second)];
    }

    /// <summary>The values of a configuration as JSON text, by their path, for instance <c>optim.lr</c>.</summary>
    public static IReadOnlyDictionary<string, string> Leaves(JsonObject fields)
    {
        var leaves = new Dictionary<string, string>(StringComparer.Ordinal);
        void Walk(JsonObject node, string prefix)
        {
            foreach (var (key, value) in node)
                if (value is JsonObject { Count: > 0 } inner) Walk(inner, $"{prefix}{key}.");
                else leaves[prefix + key] = CanonicalJson.Compact(value);
        }
        Walk(fields, "");
        return leaves;
    }
}

using Kymo.Config;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary>
/// A search-space file: Hydra's sweeper form (<c>hydra.sweeper.params</c>), read in the dialect that the file names, or the form of
/// types and bounds (<c>search_space</c>). <c>defaults: [name]</c> takes over the files of those names beside it.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Dialect">What its ranges mean.</param>
/// <param name="Space">The parameters, in the file's order.</param>
/// <param name="Ties">Parameters that always take another one's value: name to that other.</param>
/// <param name="Overrides">Fixed settings of the file (<c>trainer</c>, <c>data</c>), as overrides.</param>
/// <param name="Metric">What is searched for, or null.</param>
/// <param name="Direction">Which way it is better, or null.</param>
/// <param name="StudyName">Name of the study, or null.</param>
/// <param name="Storage">Where the study is kept, or null.</param>
/// <param name="RepeatBest">How often the best trial is repeated at the end; 0 for not.</param>
sealed record SearchSpaceFile(
    string Path,
    SpaceDialect Dialect,
    SearchSpace Space,
    IReadOnlyDictionary<string, string> Ties,
    IReadOnlyList<string> Overrides,
    string? Metric,
    string? Direction,
    string? StudyName,
    string? Storage,
    int RepeatBest)
{
    const int DeepestDefaults = 8;

    // Read elsewhere or of no meaning to a search here: `hydra.sweep` names folders, `trial` a preset of the original's.
    static readonly string[] s_keys =
        ["defaults", "dialect", "hpo", "hydra", "search_space", "study_name", "storage", "metric", "mode", "direction", "trial", "trainer", "data", "top_k", "repeat", "save_artifacts"];

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigException">The file is absent or describes no search space; the message names file and line.</exception>
    public static SearchSpaceFile Read(string path)
    {
        var root = Load(path, 0);
        foreach (var (key, node) in root)
        {
            if (!s_keys.Contains(key.Text))
                throw new ConfigException($"{node.Position}: unknown key '{key}' in a search space; expected {string.Join(", ", s_keys)}");
        }
        var sweeper = Map(Map(root, "hydra"), "sweeper");
        var dialect = Text(root, "dialect") switch
        {
            null or "hydra-optuna" => SpaceDialect.HydraOptuna,
            "activity" => SpaceDialect.Activity,
            var other => throw new ConfigException($"{root["dialect"]!.Position}: dialect '{other}'; expected hydra-optuna or activity"),
        };
        var parameters = new List<KeyValuePair<string, Distribution>>();
        var ties = new Dictionary<string, string>();
        foreach (var (key, node) in Map(sweeper, "params") ?? []) parameters.Add(new(key.ToString(), Located(node, key, () => ParameterSpec.Read(key.ToString(), node, dialect))));
        foreach (var space in new[] { Map(sweeper, "search_space"), Map(root, "search_space") })
        {
            foreach (var (key, node) in space ?? [])
            {
                if (node is not MapNode fields) throw new ConfigException($"{node.Position}: {key}: expected {{type: float|int|categorical|bool, ...}}");
                if (Text(fields, "tie_to") is { } other) ties[key.ToString()] = other;
                else parameters.Add(new(key.ToString(), Located(node, key, () => FromFields(fields))));
            }
        }
        if (parameters.Count == 0) throw new ConfigException($"{path}: no parameters; expected hydra: {{sweeper: {{params: {{key: interval(0,1)}}}}}} or search_space: {{key: {{type: float, low: 0, high: 1}}}}");
        foreach (var (key, other) in ties)
            if (parameters.All(parameter => parameter.Key != other)) throw new ConfigException($"{path}: {key} is tied to {other}, which the search space does not have");
        var repeat = Map(root, "repeat");
        return new SearchSpaceFile(
            path, dialect, Located(root, "search space", () => new SearchSpace(parameters)), ties,
            [.. Flattened(Map(root, "trainer"), "trainer"), .. Flattened(Map(root, "data"), "data")],
            Text(Map(root, "hpo"), "metric") ?? Text(root, "metric"),
            Text(Map(root, "hpo"), "mode") ?? Text(sweeper, "direction") ?? Text(root, "direction") ?? Text(root, "mode"),
            Text(sweeper, "study_name") ?? Text(root, "study_name"),
            Text(sweeper, "storage") ?? Text(root, "storage"),
            repeat is not null && repeat["enabled"] is ScalarNode { Value: true } ? repeat["count"] is ScalarNode { Value: long count and > 0 and < 1000 } ? (int)count : 3 : 0);
    }

    /// <summary>
    /// The file that a person means: the path as typed, else a file of that name under <c>hpo/</c> of the recipe's configuration, with
    /// or without <c>conf/hpo/</c> before it.
    /// </summary>
    /// <exception cref="ConfigException">There is none; the message lists what was tried and what there is.</exception>
    public static string Find(string typed, string confFolder)
    {
        const string Conventional = "conf/hpo/";
        var groups = System.IO.Path.Combine(confFolder, "hpo");
        var name = typed.StartsWith(Conventional, StringComparison.Ordinal) ? typed[Conventional.Length..] : typed;
        string[] places = [typed, System.IO.Path.Combine(groups, name), System.IO.Path.Combine(groups, name + ".yaml")];
        if (places.FirstOrDefault(File.Exists) is { } found) return found;
        var there = Directory.Exists(groups) ? Directory.GetFiles(groups, "*.yaml").Select(System.IO.Path.GetFileName).Order().ToArray() : [];
        throw new ConfigException($"no search space {typed}, and none of that name in {groups}"
            + (there.Length > 0 ? $", which has {string.Join(", ", there)}" : "") + "; give one by --space-config FILE");
    }

    // A file with those it takes over below it.
    static MapNode Load(string path, int depth)
    {
        if (depth > DeepestDefaults) throw new ConfigException($"{path}: its defaults lead deeper than {DeepestDefaults} files; do they name each other?");
        if (!File.Exists(path)) throw new ConfigException($"{path}: no such search-space file");
        if (YamlReader.ReadConfig(File.ReadAllBytes(path), path) is not MapNode own) throw new ConfigException($"{path}: expected a map of keys");
        if (own["defaults"] is not ListNode defaults) return own;
        var merged = new MapNode { Position = own.Position };
        foreach (var item in defaults)
        {
            if (item is not ScalarNode { Value: string name }) throw new ConfigException($"{item.Position}: expected the name of a search-space file beside this one");
            if (name == "_self_") continue;
            var below = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, System.IO.Path.ChangeExtension(name, ".yaml"));
            ConfigMerge.Into(merged, Load(below, depth + 1), ConfigResolver.Of(merged));
        }
        ConfigMerge.Into(merged, own, ConfigResolver.Of(merged));
        return merged;
    }

    static Distribution FromFields(MapNode fields)
    {
        string[] known = ["type", "low", "high", "log", "step", "choices", "tie_to"];
        foreach (var (key, node) in fields)
            if (!known.Contains(key.Text)) throw new ConfigException($"unknown key '{key}'; expected {string.Join(", ", known)}");
        var log = fields["log"] is ScalarNode { Value: true };
        switch (Text(fields, "type"))
        {
            case "float":
                return new FloatDistribution(Number(fields, "low"), Number(fields, "high"), log, fields["step"] is null or { IsNull: true } ? null : Number(fields, "step"));
            case "int":
                return new IntDistribution(Whole(fields, "low"), Whole(fields, "high"), log, fields["step"] is null or { IsNull: true } ? 1 : Whole(fields, "step"));
            case "bool":
                return new CategoricalDistribution([true, false]);
            case "categorical" when fields["choices"] is ListNode choices:
                return new CategoricalDistribution(choices.Select(ParameterSpec.Choice));
            case "categorical":
                throw new ConfigException("a categorical parameter needs choices: [a, b]");
            case var other:
                throw new ConfigException($"type '{other}'; expected float, int, categorical or bool");
        }
    }

    static double Number(MapNode fields, string key) => fields[key] switch
    {
        ScalarNode { Value: double number } => number,
        ScalarNode { Value: long number } => number,
        null => throw new ConfigException($"'{key}' is missing"),
        var other => throw new ConfigException($"{key}: '{other}' is no number"),
    };

    static long Whole(MapNode fields, string key) => Number(fields, key) is var number && number == Math.Floor(number) && Math.Abs(number) < 1e15
        ? (long)number
        : throw new ConfigException($"{key}: {number} is no whole number");

    // Runs a reading; what it refuses is said with file, line and parameter.
    static T Located<T>(ConfigNode node, ConfigKey key, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is ConfigException or StudyException)
        {
            throw new ConfigException($"{node.Position}: {key}: {error.Message}", error);
        }
    }

    static MapNode? Map(MapNode? parent, string key) => parent?[key] switch
    {
        null or ScalarNode { Value: null } => null,
        MapNode map => map,
        var other => throw new ConfigException($"{other.Position}: {key}: expected a map of keys"),
    };

    static string? Text(MapNode? map, string key) => map?[key] switch
    {
        null or ScalarNode { Value: null } => null,
        ScalarNode scalar => scalar.ToString(),
        var other => throw new ConfigException($"{other.Position}: {key}: expected one word"),
    };

    static IEnumerable<string> Flattened(MapNode? map, string prefix) => map is null ? [] : map.SelectMany(entry => entry.Value is MapNode inner
        ? Flattened(inner, $"{prefix}.{entry.Key}")
        : [ParameterText.Override($"{prefix}.{entry.Key}", ParameterSpec.Choice(entry.Value))]);
}

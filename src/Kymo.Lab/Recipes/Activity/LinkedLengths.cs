using Kymo.Config;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>The length of a window is one quantity under three names, four with the later encoder: whichever is typed sets all of them.</summary>
static class LinkedLengths
{
    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["data.sensor_window_length", "model.regressor.sequence_length", "model.feature_extractor.window_size"];

    const string Encoder = "model.encoder.window_size";

    /// <summary>Sets all of them in a resolved configuration.</summary>
    /// <param name="job">The configuration; changed in place.</param>
    /// <param name="overrides">What was typed.</param>
    /// <returns>What was done, or null where they agreed.</returns>
    /// <exception cref="ConfigException">Two names were given different lengths.</exception>
    public static string? Apply(MapNode job, IReadOnlyList<string> overrides)
    {
        string[] keys = Node(job, "model.encoder") is MapNode ? [.. Keys, Encoder] : [.. Keys];
        var values = keys.ToDictionary(key => key, key => Node(job, key) is ScalarNode { Value: long length } ? length
            : throw new ConfigException($"{key}: expected a number of rows"));
        var typed = keys.Where(key => overrides.Any(text => text.TrimStart('+').StartsWith(key + "=", StringComparison.Ordinal))).ToArray();
        // Without typed ones, a preset may set the models' names beside the data's.
        var deciding = typed.Length > 0 ? typed : [.. keys.Skip(1).Where(key => values[key] != values[Keys[0]])];
        if (deciding.Length == 0) return null;
        if (deciding.Select(key => values[key]).Distinct().Count() > 1)
            throw new ConfigException($"{string.Join(" and ", deciding.Select(key => $"{key}={values[key]}"))} are one length; type one of them");
        var length = values[deciding[0]];
        if (values.Values.All(value => value == length)) return null;
        foreach (var key in keys) ((MapNode)Node(job, key[..key.LastIndexOf('.')])!)[key[(key.LastIndexOf('.') + 1)..]] = new ScalarNode(length);
        return $"{deciding[0]}={length} sets {string.Join(" and ", keys.Except(deciding))} too";
    }

    static ConfigNode? Node(MapNode map, string key) => key.Split('.').Aggregate((ConfigNode?)map, (node, part) => (node as MapNode)?[part]);
}

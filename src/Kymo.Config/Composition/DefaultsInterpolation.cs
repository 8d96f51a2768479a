using System.Text.RegularExpressions;

namespace Kymo.Config;

/// <summary>
/// Interpolated options: <c>${db}</c> and <c>${db@pkg}</c> stand for choices made elsewhere, <c>${defaults.0.db}</c> (of Hydra
/// 1.0) for an entry of the same list.
/// </summary>
sealed partial class DefaultsInterpolation
{
    readonly Dictionary<string, string?> _known;
    readonly List<DefaultsNode> _entries;

    /// <param name="known">What has been chosen up to now, by override key.</param>
    /// <param name="entries">The entries of the list.</param>
    public DefaultsInterpolation(IReadOnlyDictionary<string, string?> known, IEnumerable<DefaultsNode> entries)
    {
        _known = new Dictionary<string, string?>(known);
        _entries = [.. entries];
    }

    /// <summary>The text with its interpolations resolved, and whether one was of the old form.</summary>
    /// <exception cref="ConfigException">One cannot be resolved.</exception>
    public (string Text, bool IsLegacy) Resolve(string text, string configPath)
    {
        var resolved = Key().Replace(text, match => _known.GetValueOrDefault(match.Groups[1].Value) ?? match.Value);
        if (resolved.Contains("${", StringComparison.Ordinal)) resolved = ResolveNode(text, configPath);
        return (resolved, Legacy().IsMatch(text));
    }

    string ResolveNode(string text, string configPath)
    {
        var root = new MapNode();
        foreach (var (key, option) in _known) root.Add(key, new ScalarNode(option));
        root["defaults"] = new ListNode(_entries.Select(ToNode));
        var node = new ScalarNode(text);
        root.Add("_dummy_", node);
        try
        {
            if (ConfigResolver.Of(root).Resolve(node) is ScalarNode { Value: string value }) return value;
            throw Unresolved(text, configPath, "it does not stand for a name");
        }
        catch (ConfigException error)
        {
            throw Unresolved(text, configPath, error.Message);
        }
    }

    static ConfigNode ToNode(DefaultsNode entry)
    {
        if (!entry.IsGroup) return new ScalarNode(entry.IsSelf ? DefaultEntry.Self : entry.ConfigPath);
        var map = new MapNode();
        map.Add(entry.OverrideKey, entry.Options is { } options
            ? new ListNode(options.Select(option => new ScalarNode(option)))
            : new ScalarNode(entry.Name));
        return map;
    }

    ConfigException Unresolved(string text, string configPath, string why)
    {
        var keys = _known.Count == 0 ? "" : $", possible interpolation keys: {string.Join(", ", _known.Keys)}";
        return new ConfigException($"Error resolving interpolation '{text}'{keys}\nIn '{configPath}': {why}");
    }

    [GeneratedRegex(@"\$\{\s*([^{}]*?)\s*\}")]
    private static partial Regex Key();

    [GeneratedRegex(@"\$\{defaults\.\d+\.")]
    private static partial Regex Legacy();
}

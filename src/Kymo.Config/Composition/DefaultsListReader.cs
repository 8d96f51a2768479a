namespace Kymo.Config;

/// <summary>Reads the <c>defaults</c> of a config and the <c># @package</c> at the top of its file.</summary>
static class DefaultsListReader
{
    /// <summary>Headers are looked for in this many characters.</summary>
    const int HeaderLength = 512;

    /// <summary>The entries of a defaults list.</summary>
    /// <param name="configPath">The config, for messages.</param>
    /// <param name="defaults">The node at its key <c>defaults</c>.</param>
    /// <param name="hydra11">Whether <c>optional: true</c> beside a choice counts, as in Hydra 1.1.</param>
    /// <exception cref="ConfigException">The node is no defaults list.</exception>
    public static IReadOnlyList<DefaultEntry> Read(string configPath, ConfigNode defaults, bool hydra11)
    {
        if (defaults is not ListNode list)
            throw new ConfigException($"Invalid defaults list in '{configPath}', defaults must be a list (got "
                + $"{TypeName(defaults)}){Place(defaults)}");
        return [.. list.Select(item => item switch
        {
            MapNode map => Choice(configPath, map, hydra11),
            ScalarNode { Value: string text } => Config(configPath, text, item),
            _ => throw new ConfigException($"In {configPath}: Unsupported type in defaults : {TypeName(item)}{Place(item)}\n"
                + $"Write - CONFIG or - GROUP: OPTION"),
        })];
    }

    static DefaultEntry Config(string configPath, string text, ConfigNode item)
    {
        var (path, package) = SplitPackage(text);
        if (path == DefaultEntry.Self && package is not null)
            throw new ConfigException($"In {configPath}: _self_@PACKAGE is not supported{Place(item)}");
        return new DefaultEntry { Name = path, Package = package };
    }

    static DefaultEntry Choice(string configPath, MapNode map, bool hydra11)
    {
        var entries = map.ToList();
        var isOptional = false;
        if (hydra11 && entries.Count > 1 && map["optional"] is ScalarNode { Value: bool flag })
        {
            isOptional = flag;
            entries.RemoveAll(entry => entry.Key == "optional");
        }
        if (entries.Count > 1)
            throw new ConfigException($"In {configPath}: Too many keys in default item {PythonText.Quoted(map)}{Place(map)}\n"
                + $"Write one choice per entry, each with a '-' before it.");
        if (entries.Count == 0) throw new ConfigException($"In {configPath}: Missing group name in {{}}{Place(map)}\nWrite - "
            + $"GROUP: OPTION");
        var (key, value) = entries[0];
        if (key.Text is not { } written)
            throw new ConfigException($"In {configPath}: the group name {key} is no text{Place(map)}\nQuote it, or write - "
                + $"GROUP: OPTION");
        var (name, options) = Option(configPath, value);
        var (words, package) = SplitPackage(written);
        var group = words.Split(' ');
        var keywords = group[..^1].TakeWhile(word => word is "optional" or "override").ToList();
        if (group[^1].Length == 0) throw new ConfigException(
            $"In {configPath}: Missing group name in {PythonText.Quoted(map)}{Place(map)}");
        return new DefaultEntry
        {
            Group = group[^1],
            Name = name,
            Options = options,
            Package = package,
            IsOptional = isOptional || keywords.Contains("optional"),
            IsOverride = keywords.Contains("override"),
        };
    }

    static (string? Name, IReadOnlyList<string>? Options) Option(string configPath, ConfigNode value) => value switch
    {
        ScalarNode { Value: null } => (null, null),
        ScalarNode { Value: string text } => (text, null),
        ListNode list => (null, [.. list.Select(item =>
            item is ScalarNode { Value: string text } ? text : throw new ConfigException(
            $"In {configPath}: Unsupported item value in defaults : {TypeName(item)}, nested list items must be "
                + $"strings{Place(item)}"))]),
        _ => throw new ConfigException($"In {configPath}: Unsupported item value in defaults : {TypeName(value)}. Supported: "
            + $"string or list{Place(value)}"),
    };

    /// <summary>
    /// Text before and after <c>@</c>. What follows a colon in the package (an old way to rename) does not count.
    /// </summary>
    static (string Path, string? Package) SplitPackage(string text)
    {
        var at = text.IndexOf('@');
        if (at < 0) return (text, null);
        var package = text[(at + 1)..].Split(':')[0];
        return (text[..at], package == "_here_" ? "" : package);
    }

    /// <summary>The package in the header of a config's file; null without one.</summary>
    /// <exception cref="ConfigException">A header line is not of the form <c># @key value</c>.</exception>
    public static string? PackageHeader(string file, string text)
    {
        string? package = null;
        foreach (var raw in text[..Math.Min(text.Length, HeaderLength)].TrimStart('\uFEFF').Split('\n'))
        {
            var line = raw.Trim();
            if (line.Length == 0) continue;
            if (line[0] != '#' || !line[1..].TrimStart().StartsWith('@')) break;
            var parts = line.TrimStart('#').Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts.Length < 2) throw new ConfigException(
                $"{file}: Expected header format: KEY VALUE, got '{line.TrimStart('#').Trim()}'\nWrite # @package NAME");
            if (parts.Length > 2) throw new ConfigException(
                $"{file}: Too many components in '{line.TrimStart('#').Trim()}'\nWrite # @package NAME");
            if (parts[0] == "@package") package = parts[1];
        }
        return package;
    }

    static string TypeName(ConfigNode node) => node switch
    {
        MapNode => "mapping",
        ListNode => "list",
        ScalarNode { Value: null } => "NoneType",
        ScalarNode { Value: bool } => "bool",
        ScalarNode { Value: double } => "float",
        ScalarNode { Value: string } => "str",
        _ => "int",
    };

    static string Place(ConfigNode node) => node.Position is { } position ? $"\n{position}" : "";
}

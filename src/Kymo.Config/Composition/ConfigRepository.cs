using System.Collections.Concurrent;
using System.Text;

namespace Kymo.Config;

/// <summary>A config as it was read.</summary>
/// <param name="File">Its file, for messages.</param>
/// <param name="PackageHeader">The package of its header; null without one.</param>
/// <param name="Defaults">Its defaults list.</param>
/// <param name="Config">Its content without the defaults list; not to be changed, only copied.</param>
sealed record LoadedConfig(string File, string? PackageHeader, IReadOnlyList<DefaultEntry> Defaults, ConfigNode Config)
{
    /// <summary>Whether it has values of its own.</summary>
    public bool HasContent => Config is MapNode map && map.Values.Any(node => !node.IsMissing);
}

/// <summary>Files that were read before, by path, length and time of their last change.</summary>
sealed class ConfigCache
{
    /// <summary>More files than this are not kept.</summary>
    const int MostFiles = 10_000;

    readonly ConcurrentDictionary<string, (DateTime Time, long Length, LoadedConfig Config)> _files = new();

    readonly ConcurrentDictionary<string, LoadedConfig> _builtIn = new();

    public LoadedConfig Get(ConfigSource source, string path, Func<LoadedConfig> read)
    {
        var file = source.FileOf(path);
        if (source is BuiltInSource) return _builtIn.GetOrAdd(file, _ => read());
        var info = new FileInfo(file);
        if (!info.Exists) return read();
        if (_files.TryGetValue(file, out var kept) && kept.Time == info.LastWriteTimeUtc
            && kept.Length == info.Length) return kept.Config;
        var config = read();
        if (_files.Count < MostFiles) _files[file] = (info.LastWriteTimeUtc, info.Length, config);
        return config;
    }
}

/// <summary>The configs and groups of a search path. What was found once is remembered.</summary>
sealed class ConfigRepository(IEnumerable<SearchPathEntry> searchPath, ConfigCache cache, bool hydra11)
{
    /// <summary>The primary config where there is none.</summary>
    public const string EmptyConfig = "_dummy_empty_config_";

    readonly Dictionary<string, LoadedConfig?> _loaded = [];
    readonly Dictionary<string, bool> _groups = [];

    /// <summary>The places in which configs are looked for, in order: Hydra's own, those of the user, and the schemas.</summary>
    public IReadOnlyList<ConfigSource> Sources { get; private set; } =
        [HydraConfigs.Package, .. searchPath.Select(ConfigSource.Open), HydraConfigs.Schema];

    /// <summary>Adds places after those of the user. Configs that were loaded already stay.</summary>
    public void Extend(IEnumerable<SearchPathEntry> entries)
    {
        Sources = [.. Sources.SkipLast(1), .. entries.Select(ConfigSource.Open), Sources[^1]];
        _groups.Clear();
    }

    public bool HasConfig(string path) => Sources.Any(source => source.HasConfig(path));

    public bool HasGroup(string path)
    {
        if (!_groups.TryGetValue(path, out var exists)) _groups.Add(path, exists = Sources.Any(source => source.HasGroup(path)));
        return exists;
    }

    /// <summary>The options of a group, in alphabetical order.</summary>
    public IReadOnlyList<string> Options(string group) => Sorted(Sources.SelectMany(source => source.Configs(group)));

    /// <summary>The groups directly in a group, in alphabetical order.</summary>
    public IReadOnlyList<string> Groups(string group) => Sorted(Sources.SelectMany(source => source.Groups(group)));

    static List<string> Sorted(IEnumerable<string> names) => [.. names.Distinct().Order(StringComparer.Ordinal)];

    /// <summary>A config; null where there is none.</summary>
    /// <exception cref="ConfigException">It cannot be read.</exception>
    public LoadedConfig? Load(string path)
    {
        if (_loaded.TryGetValue(path, out var loaded)) return loaded;
        var source = Sources.FirstOrDefault(source => source.HasConfig(path));
        if (source is not null) loaded = WithSchema(path, source, cache.Get(source, path, () => Read(path, source)));
        _loaded.Add(path, loaded);
        return loaded;
    }

    /// <summary>Merges a config into the schema of the same name, if there is one.</summary>
    LoadedConfig WithSchema(string path, ConfigSource source, LoadedConfig loaded)
    {
        if (ReferenceEquals(source, HydraConfigs.Schema) || !HydraConfigs.Schema.HasConfig(path)) return loaded;
        var schema = Read(path, HydraConfigs.Schema);
        if (schema.Defaults.Count > 0)
            throw new ConfigException($"'{path}' is validated against ConfigStore schema with the same name.\nThis "
                + $"combination is no longer supported: the schema contains a defaults list.\n"
                + $"{loaded.File} takes the name of a config of the program itself. Give it another name.");
        if (loaded.Config is not MapNode content) throw new ConfigException(
            $"Error merging '{path}' with schema\n{loaded.File}: expected a map");
        var merged = (MapNode)schema.Config.Copy();
        ConfigMerge.Into(merged, content, ConfigResolver.Of(merged));
        return loaded with { Config = merged };
    }

    LoadedConfig Read(string path, ConfigSource source)
    {
        var (file, bytes) = (source.FileOf(path), source.Read(path));
        var config = YamlReader.ReadConfig(bytes, file);
        var header = DefaultsListReader.PackageHeader(file, Encoding.UTF8.GetString(bytes, 0, Math.Min(bytes.Length, 2048)));
        IReadOnlyList<DefaultEntry> defaults = [];
        if (config is MapNode content && content["defaults"] is { } node)
        {
            content.Remove("defaults");
            defaults = DefaultsListReader.Read(path, node, hydra11);
        }
        return new LoadedConfig(file, header, defaults, config);
    }
}

namespace Kymo.Config;

/// <summary>One place of the search path: configs by path (<c>db/mysql</c>) and groups (<c>db</c>).</summary>
abstract class ConfigSource(string provider, string scheme, string path)
{
    public string Provider => provider;

    public string Scheme => scheme;

    /// <summary>The place without its scheme.</summary>
    public string Path => path;

    public abstract bool IsAvailable { get; }

    public abstract bool HasConfig(string configPath);

    public abstract bool HasGroup(string groupPath);

    /// <summary>The names of the configs directly in a group.</summary>
    public abstract IEnumerable<string> Configs(string groupPath);

    /// <summary>The names of the groups directly in a group.</summary>
    public abstract IEnumerable<string> Groups(string groupPath);

    /// <summary>The name that messages give a config that exists: its file.</summary>
    public abstract string FileOf(string configPath);

    /// <summary>The text of a config that exists.</summary>
    public abstract byte[] Read(string configPath);

    /// <inheritdoc/>
    public override string ToString() => $"provider={Provider}, path={Scheme}://{Path}";

    /// <summary>The source for an entry of the search path.</summary>
    /// <exception cref="ConfigException">The entry has an unknown scheme.</exception>
    public static ConfigSource Open(SearchPathEntry entry)
    {
        var mark = entry.Path.IndexOf("://", StringComparison.Ordinal);
        var (scheme, path) = mark < 0 ? ("file", entry.Path) : (entry.Path[..mark], entry.Path[(mark + 3)..]);
        return scheme switch
        {
            "file" => new FolderSource(entry.Provider, path),
            // Python packages and classes: nothing is ever found there, and a warning says so.
            "pkg" or "structured" => new BuiltInSource(entry.Provider, scheme, path, new Dictionary<string, string>()),
            _ => throw new ConfigException(
                $"No config source registered for schema {scheme}, supported types : [file]\nThe search path has "
                    + $"'{entry.Path}' (from {entry.Provider}). Type a folder."),
        };
    }
}

/// <summary>A folder: <c>db/mysql</c> is its file <c>db/mysql.yaml</c>, and each folder in it is a group.</summary>
sealed class FolderSource(string provider, string folder) : ConfigSource(provider, "file", folder)
{
    const string Extension = ".yaml";

    readonly string _root = System.IO.Path.GetFullPath(folder.Length == 0 ? "." : folder);

    public override bool IsAvailable => Directory.Exists(_root);

    public override bool HasConfig(string configPath) => File.Exists(FileOf(configPath));

    public override bool HasGroup(string groupPath) => Directory.Exists(System.IO.Path.Combine(_root, groupPath));

    public override IEnumerable<string> Configs(string groupPath) => Names(Directory.EnumerateFiles, groupPath)
        .Where(name => name.EndsWith(Extension, StringComparison.Ordinal))
        .Select(name => name[..^Extension.Length]);

    public override IEnumerable<string> Groups(string groupPath) => Names(Directory.EnumerateDirectories, groupPath)
        .Where(name => name != "__pycache__");

    public override byte[] Read(string configPath)
    {
        var file = FileOf(configPath);
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{file} cannot be read: {error.Message}", error);
        }
    }

    IEnumerable<string> Names(Func<string, IEnumerable<string>> list, string groupPath) => HasGroup(groupPath)
        ? list(System.IO.Path.Combine(_root, groupPath)).Select(path => System.IO.Path.GetFileName(path))
        : [];

    public override string FileOf(string configPath) =>
        System.IO.Path.Combine(_root, configPath.EndsWith(Extension, StringComparison.Ordinal) ? configPath : $"{configPath}{Extension}");
}

/// <summary>Configs that are part of the program.</summary>
sealed class BuiltInSource(string provider, string scheme, string path, IReadOnlyDictionary<string, string> configs)
    : ConfigSource(provider, scheme, path)
{
    readonly HashSet<string> _groups = [.. configs.Keys.SelectMany(Parents)];

    public override bool IsAvailable => configs.Count > 0;

    public override bool HasConfig(string configPath) => configs.ContainsKey(Key(configPath));

    public override bool HasGroup(string groupPath) => _groups.Contains(groupPath);

    public override IEnumerable<string> Configs(string groupPath) => Below(configs.Keys, groupPath);

    public override IEnumerable<string> Groups(string groupPath) => Below(_groups, groupPath);

    public override string FileOf(string configPath) => $"{Scheme}://{Path}/{Key(configPath)}.yaml";

    public override byte[] Read(string configPath) => System.Text.Encoding.UTF8.GetBytes(configs[Key(configPath)]);

    static IEnumerable<string> Below(IEnumerable<string> paths, string groupPath)
    {
        var start = groupPath.Length == 0 ? "" : groupPath + "/";
        return paths.Where(path => path.Length > start.Length && path.StartsWith(start, StringComparison.Ordinal))
            .Select(path => path[start.Length..])
            .Where(name => !name.Contains('/'));
    }

    static IEnumerable<string> Parents(string configPath)
    {
        for (var slash = configPath.LastIndexOf('/'); slash > 0; slash = configPath.LastIndexOf('/', slash - 1))
            yield return configPath[..slash];
    }

    static string Key(string configPath) =>
        configPath.EndsWith(".yaml", StringComparison.Ordinal) ? configPath[..^5] : configPath;
}

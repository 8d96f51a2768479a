namespace Kymo.Config;

/// <summary>
/// A node of the defaults tree: an entry of a defaults list, placed under the config whose list it stands in. From its place
/// follow its group, its package and the key by which overrides name it.
/// </summary>
sealed class DefaultsNode
{
    const string Global = "_global_";
    const string GroupWord = "_group_";

    readonly bool _hydra11;
    DefaultEntry _entry;
    string _parentGroup = "";
    string _parentPackage = "";
    string? _package;
    string? _header;

    /// <param name="entry">What it is made from; null for the root above the primary config.</param>
    /// <param name="hydra11">Whether <c>_name_</c> in packages and <c>_group_</c> in headers have the meaning of Hydra
    /// 1.1.</param>
    public DefaultsNode(DefaultEntry? entry, bool hydra11 = false)
    {
        IsRoot = entry is null;
        _entry = entry ?? new DefaultEntry();
        _package = _entry.Package;
        _hydra11 = hydra11;
    }

    public bool IsRoot { get; }

    public bool IsPrimary { get; init; }

    public bool IsDeleted { get; set; }

    public DefaultsNode? Parent { get; private set; }

    public List<DefaultsNode> Children { get; set; } = [];

    public bool IsGroup => _entry.Group is not null;

    public bool IsSelf => _entry.IsSelf || (IsGroup && _entry.Name == DefaultEntry.Self);

    public bool IsOptional => _entry.IsOptional;

    public bool IsOverride => _entry.IsOverride;

    public bool IsAppended => _entry.IsAppended;

    /// <summary>The option of a choice, or the last part of a config's path.</summary>
    public string? Name => IsGroup ? _entry.Name : LastPart(_entry.Name);

    public IReadOnlyList<string>? Options => _entry.Options;

    public string? Group => _entry.Group;

    public bool IsMissing => Options is null && Name == "???";

    public bool IsInterpolation =>
        Options is null && (IsGroup ? _entry.Name : ConfigPath)?.Contains("${", StringComparison.Ordinal) == true;

    /// <summary>The option, its path, or its options, as written.</summary>
    public string Written => Options is { } options ? $"[{string.Join(", ", options)}]" : _entry.Name ?? "null";

    /// <summary>The group it belongs to, from the root of the search path, without a leading slash.</summary>
    public string GroupPath
    {
        get
        {
            var group = RelativeGroup;
            if (_parentGroup.Length == 0 || IsAbsolute) return group;
            return group.Length == 0 ? _parentGroup : $"{_parentGroup}/{group}";
        }
    }

    /// <summary>Its config on the search path.</summary>
    public string ConfigPath
    {
        get
        {
            if (IsRoot) return "<root>";
            if (IsGroup) return $"{GroupPath}/{_entry.Name}";
            var path = _entry.Name!;
            if (IsAbsolute) return path[1..];
            return _parentGroup.Length == 0 ? path : $"{_parentGroup}/{path}";
        }
    }

    /// <summary>The package that follows from the group alone.</summary>
    string DefaultPackage => GroupPath.Replace('/', '.');

    /// <summary>Where its content goes in the composed configuration; empty for the root.</summary>
    public string FinalPackage => PackageFrom(_package ?? _header);

    /// <summary>How overrides name it: the group, with <c>@package</c> where the package is not the group's own.</summary>
    public string OverrideKey
    {
        get
        {
            var package = PackageFrom(_package);
            if (package == DefaultPackage) return GroupPath;
            return $"{GroupPath}@{(package.Length == 0 ? Global : package)}";
        }
    }

    bool IsAbsolute => IsAppended || (_entry.Group ?? _entry.Name)!.StartsWith('/');

    /// <summary>The group as written, without a leading slash.</summary>
    string RelativeGroup
    {
        get
        {
            var path = (_entry.Group ?? _entry.Name)!;
            if (path.StartsWith('/')) path = path[1..];
            if (IsGroup) return path;
            var slash = path.LastIndexOf('/');
            return slash < 0 ? "" : path[..slash];
        }
    }

    /// <summary>Puts it under the config whose list it stands in.</summary>
    public void Place(DefaultsNode parent)
    {
        Parent = parent;
        _parentGroup = parent.IsRoot ? "" : parent.GroupPath;
        _parentPackage = parent.IsRoot ? "" : parent.FinalPackage;
        if (!IsSelf && _package?.Contains(GroupWord, StringComparison.Ordinal) == true)
            _package = $"{Global}.{_package.Replace(GroupWord, DefaultPackage, StringComparison.Ordinal)}";
    }

    /// <summary>Takes over the <c># @package</c> of its config's file; it counts from the root.</summary>
    public void SetHeader(string? header)
    {
        if (header is null || (_hydra11 && header == GroupWord)) return;
        if (header.Length == 0) header = Global;
        else if (header != Global && !header.StartsWith(Global + ".", StringComparison.Ordinal)) header = $"{Global}.{header}";
        _header = _hydra11 ? header.Replace(GroupWord, DefaultPackage, StringComparison.Ordinal) : header;
    }

    /// <summary>Chooses another option, or other options.</summary>
    public void Choose(string? option, IReadOnlyList<string>? options) =>
        _entry = _entry with { Name = option, Options = options };

    /// <summary>The config that one of several options stands for.</summary>
    public DefaultsNode ForOption(string option) =>
        new(new DefaultEntry { Name = $"{_entry.Group}/{option}", Package = _entry.Package, IsOptional = IsOptional }, _hydra11);

    /// <summary>
    /// Makes an entry without the word <c>override</c> one that overrides, as Hydra 1.1 did for Hydra's own groups.
    /// </summary>
    public void TreatAsOverride() => _entry = _entry with { IsOverride = true };

    string PackageFrom(string? package)
    {
        if (package is null) package = RelativeGroup.Replace('/', '.');
        else if (_hydra11 && Options is null && Name is { } name) package = package.Replace("_name_", name,
            StringComparison.Ordinal);
        var parent = IsAppended ? "" : _parentPackage;
        var joined = parent.Length == 0 ? package : package.Length == 0 ? parent : $"{parent}.{package}";
        var global = joined.LastIndexOf(Global, StringComparison.Ordinal);
        if (global < 0) return joined;
        var after = global + Global.Length + 1;
        return after < joined.Length ? joined[after..] : "";
    }

    static string? LastPart(string? path) => path?[(path.LastIndexOf('/') + 1)..];
}

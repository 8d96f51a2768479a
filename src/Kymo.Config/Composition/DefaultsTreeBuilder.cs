namespace Kymo.Config;

/// <summary>
/// Grows the defaults tree from the primary config. The children of a config are visited from last to first, so that what a later
/// one overrides is known before the earlier ones are expanded. Interpolated options come last of all in their list.
/// </summary>
sealed class DefaultsTreeBuilder(ConfigRepository repository, OverrideChoices choices, DefaultsOptions options)
{
    /// <summary>Defaults lists may include one another this deep.</summary>
    const int MaxDepth = 100;

    /// <summary>A defaults tree may have this many nodes.</summary>
    const int MaxNodes = 100_000;

    int _nodes;

    /// <summary>Things the user should know though they are no errors.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>
    /// The tree of a primary config (null: of an empty one), under a root that holds the program's own config too.
    /// </summary>
    public DefaultsNode Build(string? configName)
    {
        var primary = new DefaultsNode(new DefaultEntry { Name = configName ?? ConfigRepository.EmptyConfig },
            options.Hydra11)
        { IsPrimary = true };
        if (!options.WithHydra)
        {
            Grow(primary, depth: 0, interpolated: false);
            return primary;
        }
        var root = new DefaultsNode(null);
        var hydra = new DefaultsNode(new DefaultEntry { Name = HydraConfigs.Root }, options.Hydra11);
        foreach (var node in (DefaultsNode[])[primary, hydra])
        {
            node.Place(root);
            Grow(node, depth: 0, interpolated: false);
        }
        root.Children = [hydra, primary];
        return root;
    }

    void Grow(DefaultsNode node, int depth, bool interpolated)
    {
        CheckSize(node, depth);
        if (node.IsPrimary && !repository.HasConfig(node.ConfigPath)) throw NotFound(node);
        var loaded = node.IsMissing || node.Name is null ? null : repository.Load(node.ConfigPath);
        if (loaded is not null) node.SetHeader(loaded.PackageHeader);
        if (choices.Delete(node)) return;
        choices.SetKnown(node);
        if (node.Name is null || IsMissing(node)) return;
        if (loaded is null)
        {
            if (!node.IsOptional) throw NotFound(node);
            node.IsDeleted = true;
            return;
        }
        var (entries, selfAdded) = Entries(node, loaded);
        var children = entries.ConvertAll(entry => new DefaultsNode(entry, options.Hydra11));
        TakeOverrides(node, children, interpolated);
        Expand(node, children, depth, interpolated);
        ResolveInterpolated(node, children, depth, selfAdded);
    }

    void CheckSize(DefaultsNode node, int depth)
    {
        if (++_nodes > MaxNodes) throw new ConfigException(
            $"The defaults lists include more than {MaxNodes} configs.\n{Chain(node)}");
        if (depth > MaxDepth) throw new ConfigException($"The defaults lists include one another without end.\n{Chain(node)}");
    }

    /// <summary>The entries of a config's list with <c>_self_</c> in it, and whether that was added.</summary>
    (List<DefaultEntry> Entries, bool SelfAdded) Entries(DefaultsNode node, LoadedConfig loaded)
    {
        var entries = loaded.Defaults.ToList();
        var selfAdded = false;
        if (entries.Count > 0 || (node.IsPrimary && choices.Appended.Count > 0)) selfAdded = AddSelf(node, loaded, entries);
        if (node.IsPrimary) entries.AddRange(choices.Appended);
        return (entries, selfAdded);
    }

    bool AddSelf(DefaultsNode node, LoadedConfig loaded, List<DefaultEntry> entries)
    {
        var selves = entries.Count(IsSelf);
        if (selves > 1)
            throw new ConfigException($"Duplicate _self_ defined in {node.ConfigPath}\nKeep one: it says where the config's "
                + $"own values stand among its defaults.");
        var hasOwn = entries.Exists(entry => !entry.IsOverride);
        if (selves == 0 && (hasOwn || entries.Count == 0))
        {
            if (node.IsPrimary && loaded.HasContent && hasOwn)
                Warnings.Add($"In '{node.ConfigPath}': Defaults list is missing `_self_`. See "
                    + $"https://hydra.cc/docs/1.2/upgrades/1.0_to_1.1/default_composition_order for more information");
            entries.Add(new DefaultEntry { Name = DefaultEntry.Self });
        }
        return selves == 0;
    }

    static bool IsSelf(DefaultEntry entry) => entry.Name == DefaultEntry.Self;

    /// <summary>Places the entries under their config and takes note of those that override.</summary>
    void TakeOverrides(DefaultsNode parent, List<DefaultsNode> children, bool interpolated)
    {
        DefaultsNode? last = null;
        foreach (var child in children)
        {
            child.Place(parent);
            if (child.IsSelf) continue;
            var isLegacy = options.Hydra11 && child is { IsGroup: true, IsOverride: false }
                && child.Group!.StartsWith("hydra/", StringComparison.Ordinal);
            if (last is not null && !child.IsOverride && !child.IsAppended && !isLegacy)
                throw new ConfigException($"In {parent.ConfigPath}: Override '{last.OverrideKey} : {last.Written}' is defined "
                    + $"before "
                    + $"'{(child.IsGroup ? child.OverrideKey : child.ConfigPath)}: {child.Written}'.\nOverrides must be at "
                        + $"the end of the defaults list");
            if (isLegacy)
            {
                child.TreatAsOverride();
                Warnings.Add($"In {parent.ConfigPath}: Invalid overriding of {child.Group}:\nDefault list overrides requires "
                    + $"'override' keyword.");
            }
            if (!child.IsOverride) continue;
            if (interpolated)
                throw new ConfigException($"{parent.ConfigPath}: Default List Overrides are not allowed in the subtree\n"
                    + $"of an in interpolated config group (override {child.OverrideKey}={child.Written}).");
            if (!isLegacy) last = child;
            choices.AddOverride(child, parent.ConfigPath);
        }
    }

    void Expand(DefaultsNode parent, List<DefaultsNode> children, int depth, bool interpolated)
    {
        var grown = new List<DefaultsNode>(children.Count);
        foreach (var child in Enumerable.Reverse(children))
        {
            if (child.IsSelf) grown.Add(child);
            if (child.IsSelf || child.IsOverride) continue;
            choices.Apply(child);
            if (child.Options is { } names)
            {
                foreach (var name in names.Reverse()) grown.Add(GrowOption(parent, child, name, depth, interpolated));
                continue;
            }
            if (!child.IsInterpolation) Grow(child, depth + 1, interpolated);
            grown.Add(child);
        }
        grown.Reverse();
        parent.Children = grown;
    }

    DefaultsNode GrowOption(DefaultsNode parent, DefaultsNode child, string name, int depth, bool interpolated)
    {
        if (name.Contains("${", StringComparison.Ordinal))
            throw new ConfigException($"In '{parent.ConfigPath}': Defaults List interpolation is not supported in options "
                + $"list items\nThe option is '{name}' of '{child.Group}'.");
        var option = child.ForOption(name);
        option.Place(parent);
        Grow(option, depth + 1, interpolated);
        return option;
    }

    void ResolveInterpolated(DefaultsNode parent, List<DefaultsNode> entries, int depth, bool selfAdded)
    {
        if (!parent.Children.Exists(child => child.IsInterpolation)) return;
        var interpolation = new DefaultsInterpolation(choices.Known, entries.Where(entry => !(selfAdded && entry.IsSelf)));
        foreach (var child in Enumerable.Reverse(parent.Children).Where(child => child.IsInterpolation).ToList())
        {
            var (resolved, isLegacy) = interpolation.Resolve(child.Written, parent.ConfigPath);
            if (isLegacy)
                Warnings.Add($"Defaults list element '{child.OverrideKey}={child.Written}' is using a deprecated "
                    + $"interpolation form.\n"
                    + "See http://hydra.cc/docs/1.1/upgrades/1.0_to_1.1/defaults_list_interpolation for migration information.");
            child.Choose(resolved, null);
            Grow(child, depth + 1, interpolated: true);
        }
    }

    bool IsMissing(DefaultsNode node)
    {
        if (!node.ConfigPath.EndsWith("???", StringComparison.Ordinal)) return false;
        if (options.SkipMissing) return true;
        if (!node.IsGroup) throw new ConfigException($"Missing ConfigDefault is not supported : {node.ConfigPath}");
        throw new ConfigException($"You must specify '{node.OverrideKey}', e.g, {node.OverrideKey}=<OPTION>\nAvailable "
            + $"options:\n{Lines(repository.Options(node.GroupPath))}");
    }

    ConfigException NotFound(DefaultsNode node)
    {
        string message;
        if (node.IsPrimary)
            message = $"Cannot find primary config '{node.ConfigPath}'. Check that it's in your config search path.\n";
        else if (!node.IsGroup) message = $"In '{node.Parent!.ConfigPath}': Could not load '{node.ConfigPath}'.\n";
        else
        {
            message = $"In '{node.Parent!.ConfigPath}': Could not find '{node.ConfigPath}'\n";
            var names = repository.Options(node.GroupPath);
            if (names.Count > 0) message += $"\nAvailable options in '{node.GroupPath}':\n{Lines(names)}";
        }
        return new ConfigException($"{message}\nConfig search path:\n"
            + $"{Lines(repository.Sources.Select(source => source.ToString()))}");
    }

    static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Select(line => "\t" + line));

    static string Chain(DefaultsNode node)
    {
        var path = new List<string>();
        for (DefaultsNode? at = node; at is { IsRoot: false } && path.Count < 12; at = at.Parent) path.Add(at.ConfigPath);
        path.Reverse();
        return $"The last of them: {string.Join(" -> ", path)}";
    }
}

/// <summary>How a defaults tree is to be grown.</summary>
/// <param name="WithHydra">Whether the program's own config (<c>hydra/config</c>) comes before the primary one.</param>
/// <param name="SkipMissing">Whether <c>group: ???</c> is passed over (in a sweep) or an error.</param>
/// <param name="Hydra11">Whether the deprecated forms of Hydra 1.1 count: <c>_name_</c>, <c># @package _group_</c>,
/// <c>hydra/x</c> without <c>override</c>.</param>
readonly record struct DefaultsOptions(bool WithHydra, bool SkipMissing, bool Hydra11);

using System.Globalization;

namespace Kymo.Config;

/// <summary>
/// Composes configurations as Hydra 1.3 does: the defaults tree from the primary config, the configs merged in its order, then
/// the overrides of values. A composer remembers the files it has read and reads a file again when it changes; it may be used
/// from several threads.
/// </summary>
public sealed class ConfigComposer
{
    const string Hydra = "hydra";

    /// <summary>The version of Hydra whose behaviour this is.</summary>
    public const string HydraVersion = "1.3.2";

    readonly ConfigCache _cache = new();

    /// <summary>Composes.</summary>
    /// <exception cref="ConfigException">A config, a choice or an override is wrong; the message says which and what to
    /// type.</exception>
    public Composition Compose(ComposeRequest request)
    {
        var repository = Open(request, out var warnings);
        CheckSweeps(request);
        var (builder, choices, defaults) = Defaults(request, repository, withHydra: true);
        warnings.AddRange(builder.Warnings);

        var root = new MapNode();
        var resolver = Resolver(root, request);
        foreach (var item in defaults.Items) Merge(root, item, repository, resolver);
        if (root[Hydra] is not MapNode hydra)
            throw new ConfigException("The node 'hydra' is no map.\n"
                + "The name belongs to the program: choose another for your values.");
        HydraSchema.CheckKeys(hydra);

        var values = new ValueOverrides(root, node => resolver.Resolve(node));
        foreach (var item in choices.Values) values.Apply(item);
        if (root[Hydra] is not MapNode kept) throw new ConfigException("The node 'hydra' cannot be deleted or replaced.");
        HydraSchema.CheckTypes(kept);
        new HydraNode(kept, request, choices.Known, repository.Sources).Fill();
        HydraSchema.CheckTypes(kept);

        var job = new MapNode { Position = root.Position };
        foreach (var (key, node) in root)
            if (key != Hydra) job.Add(key, node.Copy());
        return new Composition(root, job, defaults.Items, defaults.TreeText(), choices.Known.ToDictionary(), Places(repository),
            warnings)
        {
            Request = request,
        };
    }

    /// <summary>Composes one job of a sweep: with its overrides and those of the sweep that concern the node <c>hydra</c>.</summary>
    /// <param name="request">The sweep's request.</param>
    /// <param name="job">The job.</param>
    /// <param name="number">Its number, for <c>hydra.job.num</c> and <c>hydra.job.id</c>; default that of the job.</param>
    /// <exception cref="ConfigException">The job's overrides do not fit.</exception>
    public Composition ComposeJob(ComposeRequest request, SweepJob job, int? number = null)
    {
        var composition = Compose(request with
        {
            IsMultirun = false,
            Overrides = [.. request.Overrides.Where(item => item.IsHydra), .. job.Overrides],
        });
        composition.Hydra["mode"] = new ScalarNode("MULTIRUN");
        var node = (MapNode)composition.Hydra["job"]!;
        node["num"] = new ScalarNode(number ?? job.Number);
        node["id"] = new ScalarNode((number ?? job.Number).ToString(CultureInfo.InvariantCulture));
        return composition;
    }

    /// <summary>The defaults list of a primary config alone, without <c>hydra/config</c>.</summary>
    /// <param name="request">What to compose.</param>
    /// <exception cref="ConfigException">A config or a choice is wrong.</exception>
    public IReadOnlyList<DefaultsItem> DefaultsOf(ComposeRequest request) =>
        Defaults(request, Open(request, out _), withHydra: false).Defaults.Items;

    /// <summary>The options of a config group, in alphabetical order; none if there is no such group.</summary>
    /// <param name="request">The search path.</param>
    /// <param name="group">The group: <c>db</c>, <c>hydra/launcher</c>.</param>
    public IReadOnlyList<string> Options(ComposeRequest request, string group) => Open(request, out _).Options(group);

    /// <summary>All config groups that have options, in alphabetical order.</summary>
    /// <param name="request">The search path.</param>
    public IReadOnlyList<string> Groups(ComposeRequest request)
    {
        var repository = Open(request, out _);
        var groups = new List<string>();
        Collect(repository, "", groups);
        groups.Sort(StringComparer.Ordinal);
        return groups;
    }

    static void Collect(ConfigRepository repository, string parent, List<string> groups)
    {
        if (parent.Count('/') > 20) return;
        foreach (var name in repository.Groups(parent))
        {
            var group = parent.Length == 0 ? name : $"{parent}/{name}";
            if (repository.Options(group).Count > 0) groups.Add(group);
            Collect(repository, group, groups);
        }
    }

    (DefaultsTreeBuilder Builder, OverrideChoices Choices, DefaultsList Defaults) Defaults(
        ComposeRequest request, ConfigRepository repository, bool withHydra)
    {
        var choices = new OverrideChoices(request.Overrides, repository.HasGroup);
        var options = new DefaultsOptions(withHydra, request.IsMultirun, request.AcceptsHydra11);
        var builder = new DefaultsTreeBuilder(repository, choices, options);
        var defaults = new DefaultsList(builder.Build(request.ConfigName));
        choices.CheckUsed();
        return (builder, choices, defaults);
    }

    ConfigRepository Open(ComposeRequest request, out List<string> warnings)
    {
        warnings = [];
        var repository = new ConfigRepository(request.SearchPath, _cache, request.AcceptsHydra11);
        foreach (var source in repository.Sources)
            if (source is { Provider: SearchPathEntry.Main, IsAvailable: false })
                throw new ConfigException("Primary config directory not found.\n"
                    + $"Check that the config directory '{source.Path}' exists and readable");
        var added = new SearchPathNode(request, repository).Entries();
        if (added.Count == 0) return repository;
        repository.Extend(added);
        warnings.AddRange(repository.Sources.Where(source => !source.IsAvailable)
            .Select(source => $"provider={source.Provider}, path={source.Path} is not available."));
        return repository;
    }

    static ConfigResolver Resolver(MapNode root, ComposeRequest request) =>
        ConfigResolver.Of(root, request.Environment, request.Clock);

    static void CheckSweeps(ComposeRequest request)
    {
        foreach (var item in request.Overrides.Where(item => item.IsSweep))
        {
            if (request.IsMultirun && item.IsHydra)
                throw new ConfigException($"Sweeping over Hydra's configuration is not supported : '{item.Text}'");
            if (request.IsMultirun) continue;
            if (item.ValueKind != ValueKind.SimpleChoiceSweep) throw new ConfigException(
                $"Sweep parameters '{item.Text}' requires --multirun");
            throw new ConfigException($"Ambiguous value for argument '{item.Text}'\n"
                + "1. To use it as a list, use key=[value1,value2]\n"
                + "2. To use it as string, quote the value: key=\\'value1,value2\\'\n"
                + "3. To sweep over it, add --multirun to your command line");
        }
    }

    static void Merge(MapNode root, DefaultsItem item, ConfigRepository repository, ConfigResolver resolver)
    {
        var loaded = repository.Load(item.ConfigPath)!;
        var embedded = Embed(loaded.Config, item.Package);
        if (!item.IsPrimary && item.ConfigPath != HydraConfigs.Root && HasSearchPath(embedded))
            throw new ConfigException(
                $"In '{item.ConfigPath}': Overriding hydra.searchpath is only supported from the primary config");
        try
        {
            if (embedded is not MapNode map)
                throw new ConfigException("Cannot merge DictConfig with ListConfig\n"
                    + "The file holds a list. Give it a package: # @package NAME");
            ConfigMerge.Into(root, map, resolver);
        }
        catch (ConfigException error)
        {
            throw new ConfigException($"In '{item.ConfigPath}': ConfigTypeError raised while composing config:\n"
                + $"{error.Message}\n{loaded.File}", error);
        }
    }

    /// <summary>A config's content at the place of its package.</summary>
    static ConfigNode Embed(ConfigNode config, string package)
    {
        if (package.Length == 0) return config;
        var content = config.Copy();
        foreach (var part in package.Split('.').Reverse())
        {
            var outer = new MapNode { Position = content.Position };
            outer.Add(part, content);
            content = outer;
        }
        return content;
    }

    static bool HasSearchPath(ConfigNode config) =>
        config is MapNode map && map[Hydra] is MapNode hydra && hydra["searchpath"] is { IsNull: false, IsMissing: false };

    static IReadOnlyList<SearchPathEntry> Places(ConfigRepository repository) =>
        [.. repository.Sources.Select(source => new SearchPathEntry(source.Provider, $"{source.Scheme}://{source.Path}"))];
}

namespace Kymo.Config;

/// <summary>
/// Resolves interpolations as OmegaConf 2.3 does: <c>${a.b}</c> from the root, <c>${.x}</c> from the node's own map, <c>${name:arguments}</c>
/// through a resolver; a value that is one interpolation keeps its type, inside text it is printed as Python prints it.
/// </summary>
public sealed class ConfigResolver
{
    const int MaxDepth = 100;

    readonly MapNode _root;
    readonly Stack<ConfigNode> _resolving = new();

    ConfigResolver(MapNode root, Func<string, string?>? environment, TimeProvider? clock, MapNode? hydra)
    {
        _root = root;
        Resolvers = new ConfigResolvers(this, environment ?? (_ => null), clock ?? TimeProvider.System, hydra);
    }

    internal ConfigResolvers Resolvers { get; }

    /// <summary>A resolver over a tree.</summary>
    /// <param name="root">What absolute keys are looked up in.</param>
    /// <param name="environment">Environment variables for <c>oc.env</c>.</param>
    /// <param name="clock">The time for <c>now</c>.</param>
    /// <param name="hydra">What <c>hydra:</c> looks up; null for a program outside Hydra.</param>
    public static ConfigResolver Of(
        MapNode root, Func<string, string?>? environment = null, TimeProvider? clock = null, MapNode? hydra = null) =>
        new(root, environment, clock, hydra);

    /// <summary>The node that an interpolated node stands for; any other node is given back.</summary>
    /// <exception cref="ConfigException">No such key, a missing value, a cycle, or text that cannot be parsed.</exception>
    public ConfigNode Resolve(ConfigNode node)
    {
        if (node is not ScalarNode { Value: string text } || !node.IsInterpolation) return node;
        if (_resolving.Contains(node)) throw Fault(node, "Recursive interpolation detected");
        if (_resolving.Count >= MaxDepth) throw Fault(node, $"interpolations lead through more than {MaxDepth} others");
        _resolving.Push(node);
        try
        {
            var value = InterpolationParser.Evaluate(text, this, node);
            if (value is ScalarNode { IsMissing: true }) throw Fault(node, "the interpolation leads to a missing value (???)");
            return value is ConfigNode found ? Resolve(found) : new ScalarNode(value) { Position = node.Position, Parent = node.Parent };
        }
        finally
        {
            _resolving.Pop();
        }
    }

    /// <summary>A copy of a tree without interpolations.</summary>
    /// <exception cref="ConfigException">See <see cref="Resolve"/>.</exception>
    public ConfigNode ResolveAll(ConfigNode node) => ResolveAll(node, 0);

    /// <summary>The value at a dotted key, resolved; null where there is none.</summary>
    /// <param name="path">For instance <c>a.b[0].c</c>.</param>
    /// <exception cref="ConfigException">A missing value (<c>???</c>), or an interpolation that cannot be resolved.</exception>
    public ConfigNode? Select(string path)
    {
        var found = Find(_root, KeyPath.Split(path));
        if (found is { IsMissing: true }) throw new ConfigException($"Missing mandatory value: {path}");
        return found is null ? null : Resolve(found);
    }

    /// <summary>Looks a key up, passing through interpolated maps and lists.</summary>
    internal ConfigNode? Find(ConfigNode start, IReadOnlyList<string> path)
    {
        var node = start;
        foreach (var part in path)
        {
            if (node.IsInterpolation) node = Resolve(node);
            var child = KeyPath.Child(node, part);
            if (child is null) return null;
            node = child;
        }
        return node;
    }

    /// <summary>The node that a number of leading dots starts from; none is the root.</summary>
    internal ConfigNode Start(ConfigNode node, int dots)
    {
        if (dots == 0) return _root;
        var start = node.Parent;
        for (var i = 1; i < dots && start is not null; i++) start = start.Parent;
        return start ?? throw Fault(node, "the leading dots lead above the root");
    }

    /// <summary>A value as it stands inside text.</summary>
    internal string Text(object? value)
    {
        if (value is not ConfigNode node) return PythonText.Of(value);
        if (node.IsMissing) throw Fault(node, "the interpolation leads to a missing value (???)");
        return Resolve(node) switch
        {
            ScalarNode scalar => PythonText.Of(scalar.Value),
            var container => PythonText.Quoted(ResolveAll(container)),
        };
    }

    internal static ConfigException Fault(ConfigNode node, string problem)
    {
        var place = node.Position is { } position ? $"{position}: " : "";
        var text = node is ScalarNode { Value: string value } ? $"\n    value: {value}" : "";
        return new ConfigException($"{place}{problem}\n    full_key: {KeyPath.Of(node)}{text}");
    }

    ConfigNode ResolveAll(ConfigNode node, int depth)
    {
        if (depth > YamlReader.MaxDepth) throw Fault(node, "nested too deep to resolve");
        switch (Resolve(node))
        {
            case MapNode map:
                var resolvedMap = new MapNode { Position = map.Position };
                foreach (var (key, child) in map) resolvedMap.Add(key, ResolveAll(child, depth + 1));
                return resolvedMap;
            case ListNode list:
                var resolvedList = new ListNode { Position = list.Position };
                foreach (var child in list) resolvedList.Add(ResolveAll(child, depth + 1));
                return resolvedList;
            case var scalar:
                return scalar.Copy();
        }
    }
}

namespace Kymo.Config;

/// <summary>
/// Reads values of a configuration and resolves interpolations on access, as OmegaConf 2.3 does: <c>${a.b}</c> from the root,
/// <c>${.x}</c> from the node's own map, <c>${name:arguments}</c> through a resolver. The tree itself is not changed.
/// </summary>
public sealed class ConfigResolver
{
    /// <summary>Deepest nesting of a resolved tree.</summary>
    const int MaxDepth = 400;

    /// <summary>Most nodes of a resolved tree.</summary>
    const int MaxNodes = 500_000;

    readonly ConfigNode _root;
    readonly ResolverOptions _options;

    ConfigResolver(ConfigNode root, ResolverOptions options) => (_root, _options) = (root, options);

    /// <summary>A resolver over a tree.</summary>
    /// <param name="root">What <see cref="Select"/> and <see cref="Get"/> look in.</param>
    /// <param name="environment">Environment variables for <c>oc.env</c>; default none.</param>
    /// <param name="clock">The time for <c>now</c>, read once; default the system's.</param>
    /// <param name="hydra">What <c>hydra:</c> looks up; null for a program outside Hydra.</param>
    public static ConfigResolver Of(
        ConfigNode root, Func<string, string?>? environment = null, TimeProvider? clock = null, MapNode? hydra = null) =>
        new(root, new ResolverOptions(environment ?? (_ => null), (clock ?? TimeProvider.System).GetLocalNow(), hydra));

    /// <summary>
    /// The node that an interpolated node stands for; any other node is given back, and so is one that stands in no tree: a value
    /// that was resolved may hold <c>${</c> as plain text.
    /// </summary>
    /// <exception cref="ConfigException">No such key, a missing value, a cycle, or text that cannot be parsed.</exception>
    public ConfigNode Resolve(ConfigNode node) =>
        node is { IsInterpolation: true, Parent: not null } ? Run(node, () => KeyPath.Of(node), session => session.Dereference(node))! : node;

    /// <summary>A copy of a tree without interpolations; <c>???</c> stays.</summary>
    /// <exception cref="ConfigException">See <see cref="Resolve"/>; or the resolved tree has no end.</exception>
    public ConfigNode ResolveAll(ConfigNode node)
    {
        var count = 0;
        return CopyOf(node, 0);

        ConfigNode CopyOf(ConfigNode source, int depth)
        {
            if (depth > MaxDepth || ++count > MaxNodes)
                throw Failure(source, $"interpolations make the configuration deeper than {MaxDepth} levels or larger than {MaxNodes} nodes; "
                    + "they may lead in a circle", KeyPath.Of(source));
            var value = Resolve(source);
            if (value.IsPlainValue) return value.Copy();
            ConfigNode copy;
            switch (value)
            {
                case MapNode map:
                    var resolved = new MapNode();
                    foreach (var (key, child) in map) resolved.Add(key, CopyOf(child, depth + 1));
                    copy = resolved;
                    break;
                case ListNode list:
                    copy = new ListNode(list.Select(child => CopyOf(child, depth + 1)));
                    break;
                default:
                    copy = value.Copy();
                    break;
            }
            copy.Position = source.Position ?? value.Position;
            return copy;
        }
    }

    /// <summary>
    /// The node at a path such as <c>a.b[0]</c>, resolved when it is an interpolation; null where there is none or its value is
    /// <c>???</c>. What is inside a list or map is not resolved.
    /// </summary>
    /// <exception cref="ConfigException">An interpolation has no value.</exception>
    public ConfigNode? Select(string path)
    {
        var node = Run(_root, () => path, session => session.SelectLeniently(_root, path.StartsWith('.') ? path : "." + path));
        return node is { IsMissing: true } ? null : node;
    }

    /// <summary>The node at a path, resolved, which must be there.</summary>
    /// <exception cref="ConfigException">
    /// There is none (the nearest keys are named), it is <c>???</c>, or an interpolation has no value.
    /// </exception>
    public ConfigNode Get(string path) => Run(_root, () => path, session => session.Select(_root, path, throwOnMissing: true))
        ?? throw Failure(_root, $"Key '{path}' is not in struct{NearestKeys.Hint(_root, path)}", path);

    ConfigNode? Run(ConfigNode at, Func<string> path, Func<InterpolationSession, ConfigNode?> ask)
    {
        var session = new InterpolationSession(_options);
        try
        {
            return ask(session);
        }
        catch (InterpolationFault fault)
        {
            throw Failure(at, fault.Message, path(), session.Innermost, fault);
        }
        catch (ConfigException error)
        {
            throw Failure(at, error.Message, path(), session.Innermost, error);
        }
    }

    static ConfigException Failure(ConfigNode at, string message, string path, ConfigNode? innermost = null, Exception? cause = null)
    {
        var type = (innermost ?? at).Root is ListNode ? "list" : "dict";
        var place = (innermost?.Position ?? at.Position) is { } position ? $"\n    in {position}" : "";
        var value = innermost is ScalarNode scalar ? $": {scalar}" : "";
        return new ConfigException($"{message}\n    full_key: {path}\n    object_type={type}{place}{value}", cause);
    }
}

/// <summary>What resolvers read beside the configuration. Nothing is read from the process itself.</summary>
/// <param name="Environment">Environment variables by name, null for one that is not set.</param>
/// <param name="Now">The start of the run in local time, for <c>${now:%Y-%m-%d}</c>.</param>
/// <param name="Hydra">The node that <c>${hydra:path}</c> reads; null for the key <c>hydra</c> at the configuration's root.</param>
sealed record ResolverOptions(Func<string, string?> Environment, DateTimeOffset Now, MapNode? Hydra);

using System.Text;

namespace Kymo.Config;

/// <summary>One resolution: what is being resolved right now, and how much work was done.</summary>
internal sealed class InterpolationSession(ResolverOptions options)
{
    /// <summary>Longest chain of interpolations that lead to one another.</summary>
    const int MaxDepth = 200;

    /// <summary>Most interpolations that one request may resolve.</summary>
    const int MaxSteps = 100_000;

    /// <summary>Longest text that interpolations may be put together to, in characters.</summary>
    const int MaxLength = 16 << 20;

    readonly HashSet<ConfigNode> _open = new(ReferenceEqualityComparer.Instance);
    int _depth;
    int _steps;

    public ResolverOptions Options => options;

    /// <summary>The innermost value that is being resolved, for messages.</summary>
    public ConfigNode? Innermost { get; private set; }

    /// <summary>The value of a node: itself, unless it is an interpolation.</summary>
    /// <exception cref="InterpolationFault">There is no value.</exception>
    public ConfigNode Dereference(ConfigNode node)
    {
        if (node is not ScalarNode { IsInterpolation: true } scalar) return node;
        var parent = node.Parent ?? throw new InterpolationFault("Cannot resolve interpolation for a node without a parent");
        if (++_depth > MaxDepth) throw new InterpolationFault($"more than {MaxDepth} interpolations lead to one another");
        if (++_steps > MaxSteps) throw new InterpolationFault($"more than {MaxSteps} interpolations must be resolved for one value");
        Innermost = node;
        try
        {
            return Evaluate(scalar.Interpolation, parent, node);
        }
        catch (InterpolationFault fault) when (fault.IsNotContainer)
        {
            // Only the path that was asked for may lead nowhere; one inside an interpolation is a fault.
            throw new InterpolationFault(fault.Message);
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>The node at a path from a node, resolved; null where there is none.</summary>
    /// <exception cref="InterpolationFault">An interpolation on the way has no value, or the path goes through a scalar.</exception>
    public ConfigNode? Select(ConfigNode from, string path, bool throwOnMissing)
    {
        if (path.Length == 0) return from;
        var keys = KeyPath.Split(path);
        var container = from;
        for (var i = 0; i < keys.Count - 1; i++)
        {
            if (SelectOne(container, keys[i], throwOnMissing) is not { } child) return null;
            container = Guarded(child);
            if (!IsContainer(container)) throw NotContainer(path, keys, i);
        }
        return SelectOne(container, keys[^1], throwOnMissing) is { } last ? Guarded(last) : null;
    }

    /// <summary>As a resolver selects: null also where the path goes through a scalar.</summary>
    public ConfigNode? SelectLeniently(ConfigNode parent, string path, bool throwOnMissing = false)
    {
        try
        {
            var (from, rest) = Start(parent, path);
            return Select(from, rest, throwOnMissing);
        }
        catch (InterpolationFault fault) when (fault.IsNotContainer)
        {
            return null;
        }
    }

    public ConfigNode Decode(string text, ConfigNode parent, ConfigNode node)
        => Evaluate(InterpolationParser.Element(text), parent, node);

    /// <summary>A container of the configuration, not one that a resolver gave as a plain value.</summary>
    public static bool IsContainer(ConfigNode node) => node is not ScalarNode && !node.IsPlainValue;

    /// <summary>Resolves a node unless it is being resolved already.</summary>
    ConfigNode Guarded(ConfigNode node)
    {
        if (!node.IsInterpolation) return node;
        if (!_open.Add(node)) throw new InterpolationFault("Recursive interpolation detected");
        var value = Dereference(node);
        _open.Remove(node);
        return value;
    }

    static InterpolationFault NotContainer(string path, IReadOnlyList<string> keys, int index) => new(
        $"Error trying to access {path}: node `{string.Join('.', keys.Take(index + 1))}` is not a container and thus cannot contain "
        + $"`{keys[index + 1]}`", isNotContainer: true);

    static ConfigNode? SelectOne(ConfigNode container, string key, bool throwOnMissing)
    {
        ConfigNode? child;
        if (container is MapNode map) child = map[key];
        else if (container is ListNode list)
        {
            if (!PythonNumbers.TryParseInt(key, 10, out var index)) throw new InterpolationFault($"Index '{key}' (str) is not an int");
            child = index is long position && position >= 0 && position < list.Count ? list[(int)position] : null;
        }
        else throw new InterpolationFault($"a scalar cannot contain `{key}`", isNotContainer: true);
        if (throwOnMissing && child is { IsMissing: true })
            throw new InterpolationFault($"Missing mandatory value: {KeyPath.Of(child)}", isMissing: true);
        return child;
    }

    /// <summary>Where a path begins: at the root, or for leading dots at the parent and one level up for each further dot.</summary>
    static (ConfigNode From, string Path) Start(ConfigNode parent, string path)
    {
        if (!path.StartsWith('.')) return (parent.Root, path);
        var from = parent;
        var rest = path[1..];
        for (; rest.StartsWith('.'); rest = rest[1..])
            from = from.Parent ?? throw new InterpolationFault($"Error resolving key '{path}': there is no level that far up");
        return (from, rest);
    }

    ConfigNode Evaluate(Syntax syntax, ConfigNode parent, ConfigNode node)
    {
        switch (syntax)
        {
            case Syntax.Text text:
                return new ScalarNode(text.Value);
            case Syntax.Literal literal:
                return new ScalarNode(literal.Value);
            case Syntax.Path path:
                return ResolvePath(Join(path.Parts, parent, node), parent);
            case Syntax.Call call:
                return ResolveCall(call, parent, node);
            case Syntax.Joined { Parts: [Syntax.Path or Syntax.Call] } single:
                return Evaluate(single.Parts[0], parent, node);
            case Syntax.Joined joined:
                return new ScalarNode(Concatenate(joined.Parts, parent, node));
            case Syntax.Quoted quoted:
                return new ScalarNode(quoted.Content is null ? "" : Show(Evaluate(quoted.Content, parent, node)));
            case Syntax.Items items:
                return new ListNode(items.Values.Select(item => Detached(Evaluate(item, parent, node)))) { IsPlainValue = true };
            default:
                var map = new MapNode { IsPlainValue = true };
                foreach (var (key, value) in ((Syntax.Pairs)syntax).Values) map[new ConfigKey(key)] = Detached(Evaluate(value, parent, node));
                return map;
        }
    }

    /// <summary>A node that can be given a parent.</summary>
    static ConfigNode Detached(ConfigNode node) => node.Parent is null ? node : node.Copy();

    string Concatenate(IReadOnlyList<Syntax> parts, ConfigNode parent, ConfigNode node)
    {
        var result = new StringBuilder();
        foreach (var part in parts)
        {
            result.Append(part is Syntax.Text text ? text.Value : Show(Evaluate(part, parent, node)));
            if (result.Length > MaxLength) throw new InterpolationFault($"interpolations make a text longer than {MaxLength} characters");
        }
        return result.ToString();
    }

    /// <summary>Text put together from keys; an interpolation among them must give a string.</summary>
    string Join(IReadOnlyList<Syntax> parts, ConfigNode parent, ConfigNode node)
    {
        var path = new StringBuilder();
        foreach (var part in parts)
        {
            if (part is Syntax.Text text) path.Append(text.Value);
            else if (Evaluate(part, parent, node) is ScalarNode { Value: string key }) path.Append(key);
            else throw new InterpolationFault("an interpolation that stands for a key or a resolver's name must give a string; "
                + "put a number in quotes where it is defined");
        }
        return path.ToString();
    }

    ConfigNode ResolvePath(string path, ConfigNode parent)
    {
        var (from, rest) = Start(parent, path);
        if (Select(from, rest, throwOnMissing: true) is not { } target)
            throw new InterpolationFault($"Interpolation key '{rest}' not found" + NearestKeys.Hint(from, rest));
        for (var ancestor = parent; ancestor is not null; ancestor = ancestor.Parent!)
            if (ReferenceEquals(ancestor, target)) throw new InterpolationFault("Interpolation to parent node detected");
        return target;
    }

    ConfigNode ResolveCall(Syntax.Call call, ConfigNode parent, ConfigNode node)
    {
        var name = Join(call.Name, parent, node);
        if (!BuiltInResolvers.All.TryGetValue(name, out var resolver))
            throw new InterpolationFault($"Unsupported interpolation type {name}; there are {string.Join(", ", BuiltInResolvers.All.Keys)}");
        var arguments = call.Arguments.Select(argument => Evaluate(argument, parent, node)).ToList();
        return resolver(new ResolverCall(this, parent, node), arguments);
    }

    /// <summary>A value inside text: strings as they are, lists and maps as Python prints them.</summary>
    internal static string Show(ConfigNode node)
    {
        var text = node is ScalarNode scalar ? scalar.ToString() : PythonText.Quoted(node);
        return text.Length <= MaxLength ? text : throw new InterpolationFault($"interpolations make a text longer than {MaxLength} characters");
    }
}

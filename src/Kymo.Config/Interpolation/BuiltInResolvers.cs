namespace Kymo.Config;

/// <summary>The resolvers of OmegaConf and Hydra.</summary>
internal static class BuiltInResolvers
{
    public static readonly IReadOnlyDictionary<string, Resolver> All = new Dictionary<string, Resolver>
    {
        ["oc.create"] = Create,
        ["oc.decode"] = Decode,
        ["oc.deprecated"] = Deprecated,
        ["oc.dict.keys"] = Keys,
        ["oc.dict.values"] = Values,
        ["oc.env"] = Env,
        ["oc.select"] = Select,
        ["hydra"] = Hydra,
        ["now"] = Now,
        ["python_version"] = PythonVersion,
    };

    /// <summary>An environment variable as text; else the default as text, or null.</summary>
    static ConfigNode Env(ResolverCall call, IReadOnlyList<ConfigNode> arguments)
    {
        Count("oc.env", arguments, 1, 2);
        var name = Text("oc.env", arguments[0]);
        if (call.Options.Environment(name) is { } value) return new ScalarNode(value);
        if (arguments.Count == 1)
            throw new InterpolationFault($"Environment variable '{name}' not found; set it, or give a default: ${{oc.env:{name},default}}");
        return arguments[1].IsNull ? new ScalarNode(null) : new ScalarNode(InterpolationSession.Show(arguments[1]));
    }

    /// <summary>The value that a string says by the grammar of arguments; null for null.</summary>
    static ConfigNode Decode(ResolverCall call, IReadOnlyList<ConfigNode> arguments)
    {
        Count("oc.decode", arguments, 1, 1);
        return arguments[0] switch
        {
            ScalarNode { Value: null } => arguments[0],
            ScalarNode { Value: string text } => call.Decode(text),
            var other => throw new InterpolationFault($"`oc.decode` can only take strings or None as input, but `{InterpolationSession.Show(other)}`"
                + $" is of type {TypeName(other)}"),
        };
    }

    /// <summary>The value at a path, or the default where it is absent or missing.</summary>
    static ConfigNode Select(ResolverCall call, IReadOnlyList<ConfigNode> arguments)
    {
        Count("oc.select", arguments, 1, 2);
        var found = call.Select(Text("oc.select", arguments[0]));
        if (found is { IsMissing: false }) return found;
        return arguments.Count == 2 ? arguments[1] : new ScalarNode(null);
    }

    /// <summary>A list or map of the configuration's kind: interpolations in it are resolved where it stands.</summary>
    static ConfigNode Create(ResolverCall call, IReadOnlyList<ConfigNode> arguments)
    {
        Count("oc.create", arguments, 1, 1);
        switch (arguments[0])
        {
            case ScalarNode { Value: null }:
                return arguments[0];
            case ScalarNode { Value: string text }:
                return Placed(YamlReader.ReadConfig(text, "oc.create"), call.Parent);
            case ScalarNode:
                throw new InterpolationFault($"Object of unsupported type: '{TypeName(arguments[0])}'; oc.create takes a list or a map");
        }
        ConfigRules.Check(arguments[0]);
        return Placed(arguments[0].Copy(), call.Parent);
    }

    static ConfigNode Placed(ConfigNode node, ConfigNode parent)
    {
        node.Parent = parent;
        return node;
    }

    static ConfigNode Keys(ResolverCall call, IReadOnlyList<ConfigNode> arguments)
        => Placed(new ListNode(Map("oc.dict.keys", call, arguments).Keys.Select(key => new ScalarNode(key.Value))), call.Parent);

    /// <summary>Interpolations to a map's values, so that changes to them show.</summary>
    static ConfigNode Values(ResolverCall call, IReadOnlyList<ConfigNode> arguments)
    {
        var map = Map("oc.dict.values", call, arguments);
        var path = Text("oc.dict.values", arguments[0]);
        if (path.StartsWith('.')) path = "." + path;
        var list = new ListNode(map.Keys.Select(key => new ScalarNode($"${{{path}.{key}}}")));
        ConfigRules.Check(list);
        return Placed(list, call.Parent);
    }

    static MapNode Map(string name, ResolverCall call, IReadOnlyList<ConfigNode> arguments)
    {
        Count(name, arguments, 1, 1);
        var path = Text(name, arguments[0]);
        var found = call.Select(path);
        if (found is { IsMissing: true }) throw new InterpolationFault($"Missing mandatory value: {path}", isMissing: true);
        return found switch
        {
            null => throw new InterpolationFault($"Key not found: '{path}'"),
            MapNode { IsPlainValue: false } map => map,
            _ => throw new InterpolationFault($"`{name}` cannot be applied to objects of type: {TypeName(found)}"),
        };
    }

    /// <summary>The value at the key that replaced a deprecated one.</summary>
    static ConfigNode Deprecated(ResolverCall call, IReadOnlyList<ConfigNode> arguments)
    {
        Count("oc.deprecated", arguments, 1, 2);
        var path = Text("oc.deprecated", arguments[0]);
        if (arguments.Count == 2) Text("oc.deprecated", arguments[1]);
        return call.Select(path)
            ?? throw new InterpolationFault($"In oc.deprecated resolver at '{KeyPath.Of(call.Node)}': Key not found: '{path}'");
    }

    /// <summary>A value of the <c>hydra</c> node; null where it has none.</summary>
    static ConfigNode Hydra(ResolverCall call, IReadOnlyList<ConfigNode> arguments)
    {
        Count("hydra", arguments, 1, 1);
        var hydra = call.Options.Hydra ?? (call.Parent.Root as MapNode)?["hydra"] as MapNode
            ?? throw new InterpolationFault("HydraConfig was not set: ${hydra:…} has a value only in a run");
        var found = call.SelectIn(hydra, Text("hydra", arguments[0]));
        return found is null or { IsMissing: true } ? new ScalarNode(null) : found;
    }

    /// <summary>The start of the run by the format of C's <c>strftime</c>.</summary>
    static ConfigNode Now(ResolverCall call, IReadOnlyList<ConfigNode> arguments)
    {
        Count("now", arguments, 1, 1);
        return new ScalarNode(TimeFormat.Format(call.Options.Now, Text("now", arguments[0])));
    }

    static ConfigNode PythonVersion(ResolverCall _, IReadOnlyList<ConfigNode> arguments)
    {
        Count("python_version", arguments, 0, 1);
        var level = arguments.Count == 0 ? "minor" : Text("python_version", arguments[0]);
        return new ScalarNode(level switch
        {
            "major" => "3",
            "minor" => "3.11",
            "micro" => "3.11.0",
            _ => throw new InterpolationFault($"invalid version level '{level}'; allowed are major, minor, micro"),
        });
    }

    static void Count(string name, IReadOnlyList<ConfigNode> arguments, int least, int most)
    {
        if (arguments.Count >= least && arguments.Count <= most) return;
        var expected = least == most ? $"{least}" : $"{least} or {most}";
        throw new InterpolationFault($"`{name}` takes {expected} argument{(most == 1 ? "" : "s")}, but {arguments.Count} were given");
    }

    static string Text(string name, ConfigNode argument) => argument is ScalarNode { Value: string text }
        ? text
        : throw new InterpolationFault($"`{name}` requires a string as input, but obtained `{InterpolationSession.Show(argument)}` of type {TypeName(argument)}");

    static string TypeName(ConfigNode node) => node switch
    {
        MapNode => node.IsPlainValue ? "dict" : "DictConfig",
        ListNode => node.IsPlainValue ? "list" : "ListConfig",
        ScalarNode scalar => scalar.Value switch
        {
            null => "NoneType",
            bool => "bool",
            double => "float",
            string => "str",
            byte[] => "bytes",
            _ => "int",
        },
        _ => "node",
    };
}

namespace Kymo.Config;

/// <summary>Override values as configuration nodes, and their comparison.</summary>
static class OverrideNodes
{
    /// <summary>The name that positions of typed values carry in place of a file's.</summary>
    public const string CommandLine = "command line";

    /// <summary>The node of an override's value. Quotes are dropped; interpolations stay text.</summary>
    /// <exception cref="ConfigException">The value holds a sweep, or a dictionary with the key null.</exception>
    public static ConfigNode ToNode(Override item) =>
        ToNode(item.Value!, item, new SourcePosition(CommandLine, 1, item.Text.IndexOf('=') + 2));

    static ConfigNode ToNode(OverrideValue value, Override item, SourcePosition position) => value switch
    {
        ListValue list => new ListNode(list.Items.Select(inner => ToNode(inner, item, position))) { Position = position },
        DictValue dict => ToMap(dict, item, position),
        _ => new ScalarNode(Scalar(value, item)) { Position = position },
    };

    static MapNode ToMap(DictValue dict, Override item, SourcePosition position)
    {
        var map = new MapNode { Position = position };
        foreach (var (key, value) in dict.Items)
        {
            if (key is NullValue)
                throw new ConfigException($"Error merging override {item.Text}\nIncompatible key type 'NoneType'\nThe keys of "
                    + $"a dictionary are text, numbers, true or false.");
            map[new ConfigKey(Scalar(key, item))] = ToNode(value, item, position);
        }
        return map;
    }

    static object? Scalar(OverrideValue value, Override item) => value switch
    {
        NullValue => null,
        BoolValue flag => flag.Value,
        IntValue number => number.Value,
        FloatValue number => number.Value,
        TextValue text => text.Text,
        QuotedValue quoted => quoted.Text,
        _ => throw new ConfigException($"Error merging override {item.Text}\nValue '{value}' is not a supported primitive type\n"
            + "A sweep cannot stand inside a list or a dictionary."),
    };

    /// <summary>Python's <c>==</c> between a node and a value: numbers and bools by value, maps in any order.</summary>
    public static bool AreEqual(ConfigNode node, OverrideValue value, Func<ConfigNode, ConfigNode> resolve) =>
        PythonEquality.AreEqual(FromNode(node, resolve), FromValue(value));

    static OverrideValue FromNode(ConfigNode node, Func<ConfigNode, ConfigNode> resolve)
    {
        if (node.IsInterpolation) node = resolve(node);
        return node switch
        {
            MapNode map => new DictValue([.. map.Select(item =>
                KeyValuePair.Create(FromScalar(item.Key.Value), FromNode(item.Value, resolve)))]),
            ListNode list => new ListValue([.. list.Select(item => FromNode(item, resolve))]),
            _ => FromScalar(((ScalarNode)node).Value),
        };
    }

    /// <summary>The override value of a scalar.</summary>
    public static OverrideValue FromScalar(object? value) => value switch
    {
        null => NullValue.Instance,
        bool flag => BoolValue.Of(flag),
        long number => new IntValue(number),
        System.Numerics.BigInteger number => new IntValue(number),
        double number => new FloatValue(number),
        string text => new TextValue(text),
        _ => new QuotedValue(PythonText.Of(value), QuoteKind.Single),
    };

    static OverrideValue FromValue(OverrideValue value) => value switch
    {
        QuotedValue quoted => new TextValue(quoted.Text),
        ListValue list => new ListValue([.. list.Items.Select(FromValue)]),
        DictValue dict => new DictValue([.. dict.Items.Select(item => KeyValuePair.Create(item.Key, FromValue(item.Value)))]),
        _ => value,
    };
}

using System.Globalization;
using System.Text;

namespace Kymo.Config;

/// <summary>The resolvers: OmegaConf's <c>oc.</c> family and those that Hydra adds.</summary>
/// <param name="owner">Looks keys up.</param>
/// <param name="environment">Environment variables.</param>
/// <param name="clock">The time; read once.</param>
/// <param name="hydra">The <c>hydra</c> node, or null.</param>
sealed class ConfigResolvers(ConfigResolver owner, Func<string, string?> environment, TimeProvider clock, MapNode? hydra)
{
    readonly DateTimeOffset _now = clock.GetLocalNow();

    /// <summary>Calls a resolver.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="arguments">Values; those that are nodes are not resolved yet.</param>
    /// <param name="node">The node whose text holds the call.</param>
    public object? Call(string name, List<object?> arguments, ConfigNode node)
    {
        object?[] values = [.. arguments.Select(argument => argument is ConfigNode found && owner.Resolve(found) is ScalarNode scalar ? scalar.Value : argument)];
        return name switch
        {
            "oc.env" => Env(Counted(name, values, 1, 2, node), node),
            "oc.decode" => Decode(Counted(name, values, 1, 1, node)[0], node),
            "oc.select" => Select(Counted(name, values, 1, 2, node), node),
            "oc.create" => Counted(name, values, 1, 1, node)[0],
            "oc.dict.keys" => Keys(Counted(name, values, 1, 1, node)[0], node),
            "oc.dict.values" => Values(Counted(name, values, 1, 1, node)[0], node),
            "oc.deprecated" => Required(Text(name, Counted(name, values, 1, 2, node)[0], node), node),
            "now" => StrFTime(Text(name, Counted(name, values, 1, 1, node)[0], node)),
            "hydra" => Hydra(Text(name, Counted(name, values, 1, 1, node)[0], node), node),
            "python_version" => PythonVersion(values, node),
            _ => throw ConfigResolver.Fault(node, $"Unsupported interpolation type {name}; there are oc.env, oc.decode, oc.select, oc.create, oc.dict.keys, oc.dict.values, oc.deprecated, now, hydra, python_version"),
        };
    }

    object? Env(object?[] values, ConfigNode node)
    {
        var name = Text("oc.env", values[0], node);
        if (environment(name) is { } value) return value;
        if (values.Length == 1) throw ConfigResolver.Fault(node, $"Environment variable '{name}' not found; set it, or give a default: ${{oc.env:{name},...}}");
        return values[1] is null ? null : owner.Text(values[1]);
    }

    object? Decode(object? value, ConfigNode node) => value switch
    {
        null => null,
        string text => InterpolationParser.Element(text, owner, node),
        _ => throw ConfigResolver.Fault(node, $"`oc.decode` can only take strings or None as input, but `{owner.Text(value)}` is something else"),
    };

    object? Select(object?[] values, ConfigNode node)
    {
        var key = Text("oc.select", values[0], node);
        var dots = key.Length - key.TrimStart('.').Length;
        var found = owner.Find(owner.Start(node, dots), KeyPath.Split(key[dots..]));
        if (found is not null && !found.IsMissing) return found;
        return values.Length > 1 ? values[1] : null;
    }

    ListNode Keys(object? value, ConfigNode node) => new(Dictionary("oc.dict.keys", value, node).Keys.Select(key => (ConfigNode)new ScalarNode(key.Value)));

    ListNode Values(object? value, ConfigNode node) => new(Dictionary("oc.dict.values", value, node).Values.Select(owner.ResolveAll));

    MapNode Dictionary(string name, object? value, ConfigNode node)
    {
        var found = value is string path ? owner.Resolve(Required(path, node)) : value;
        return found as MapNode ?? throw ConfigResolver.Fault(node, $"`{name}` cannot be applied to something that is no map");
    }

    ConfigNode Required(string key, ConfigNode node)
    {
        var dots = key.Length - key.TrimStart('.').Length;
        return owner.Find(owner.Start(node, dots), KeyPath.Split(key[dots..])) ?? throw ConfigResolver.Fault(node, $"Interpolation key '{key}' not found");
    }

    ConfigNode Hydra(string path, ConfigNode node)
    {
        var tree = hydra ?? throw ConfigResolver.Fault(node, "${hydra:...} has a value only while a program runs");
        return owner.Find(tree, KeyPath.Split(path)) ?? throw ConfigResolver.Fault(node, $"hydra has no key '{path}'");
    }

    static string PythonVersion(object?[] values, ConfigNode node) => (values.Length == 0 ? "minor" : values[0] as string) switch
    {
        "major" => "3",
        "minor" or "" => "3.11",
        "micro" => "3.11.2",
        _ => throw ConfigResolver.Fault(node, "python_version takes major, minor or micro"),
    };

    string StrFTime(string format)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            var letter = format[++i];
            var pattern = letter switch
            {
                'Y' => "yyyy",
                'm' => "MM",
                'd' => "dd",
                'H' => "HH",
                'M' => "mm",
                'S' => "ss",
                'f' => "ffffff",
                'y' => "yy",
                'B' => "MMMM",
                'b' => "MMM",
                'A' => "dddd",
                'a' => "ddd",
                'p' => "tt",
                'I' => "hh",
                _ => null,
            };
            text.Append(letter == '%' ? "%" : letter == 'j' ? _now.DayOfYear.ToString("000", CultureInfo.InvariantCulture)
                : pattern is null ? "%" + letter : _now.ToString(pattern, CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    static object?[] Counted(string name, object?[] values, int low, int high, ConfigNode node) =>
        values.Length >= low && values.Length <= high
            ? values
            : throw ConfigResolver.Fault(node, $"{name} takes {(low == high ? $"{low}" : $"{low} or {high}")} arguments, not {values.Length}");

    static string Text(string name, object? value, ConfigNode node) =>
        value as string ?? throw ConfigResolver.Fault(node, $"{name} takes a text, not {PythonText.Of(value is ConfigNode ? "a container" : value)}");
}

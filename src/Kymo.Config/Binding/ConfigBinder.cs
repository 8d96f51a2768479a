using System.Globalization;
using System.Numerics;
using System.Reflection;

namespace Kymo.Config;

/// <summary>What is known of one setting: for help and completion.</summary>
/// <param name="Key">Full key, with dots.</param>
/// <param name="Expected">What may stand there, in words.</param>
/// <param name="Default">Its default as text; null where it must be given.</param>
public sealed record SettingDescription(string Key, string Expected, string? Default);

/// <summary>
/// Turns a composed, resolved configuration into immutable records. A record's primary constructor names its settings: the key is the
/// parameter's name in snake case, a parameter with a default may be left out. Everything that is wrong is told at once.
/// </summary>
public static class ConfigBinder
{
    /// <summary>Binds a record.</summary>
    /// <typeparam name="T">A record whose <c>Validate()</c>, if it has one, names further faults.</typeparam>
    /// <param name="node">The settings.</param>
    /// <exception cref="ConfigException">Unknown keys, wrong types, values out of range, missing settings: all in one message.</exception>
    public static T Bind<T>(MapNode node) where T : class
    {
        var faults = new List<string>();
        var bound = BindRecord(typeof(T), node, "", faults) as T;
        if (bound is not null && faults.Count == 0) Validate(bound, faults);
        return faults.Count == 0
            ? bound!
            : throw new ConfigException(faults.Count == 1 ? faults[0] : $"{faults.Count} faults in the configuration:\n  " + string.Join("\n  ", faults));
    }

    /// <summary>All settings of a record and the records in it.</summary>
    public static IReadOnlyList<SettingDescription> Describe<T>() where T : class => [.. Describe(typeof(T), "")];

    static IEnumerable<SettingDescription> Describe(Type type, string prefix) => RecordShape.Of(type).Settings.SelectMany(setting =>
        RecordShape.IsRecord(setting.Type)
            ? Describe(setting.Type, prefix + setting.Key + ".")
            : [new SettingDescription(prefix + setting.Key, setting.Expected, setting.HasDefault ? Text(setting.Default) : null)]);

    static object? BindRecord(Type type, MapNode map, string prefix, List<string> faults)
    {
        var shape = RecordShape.Of(type);
        var before = faults.Count;
        foreach (var (key, value) in map)
        {
            var name = key.ToString();
            if (shape.Settings.Any(setting => setting.Key == name)) continue;
            var near = NearestKeys.To(name, shape.Settings.Select(setting => setting.Key));
            faults.Add($"{prefix}{name}{Place(value)}: no such setting{Hint(near)}{(near.Count == 0 ? ";" : "")} "
                + $"there are {string.Join(", ", shape.Settings.Select(setting => setting.Key))}");
        }
        var arguments = shape.Settings.Select(setting => Argument(setting, map[setting.Key], prefix, faults)).ToArray();
        return faults.Count == before ? shape.Constructor.Invoke(arguments) : null;
    }

    static object? Argument(Setting setting, ConfigNode? node, string prefix, List<string> faults)
    {
        var key = prefix + setting.Key;
        if (node is null)
        {
            if (setting.HasDefault) return setting.Default;
            if (RecordShape.IsRecord(setting.Type)) return BindRecord(setting.Type, [], key + ".", faults);
            if (RecordShape.ElementOf(setting.Type) is { } element) return Array.CreateInstance(element, 0);
            faults.Add($"{key}: must be given; expected {setting.Expected}; type {key}=...");
            return null;
        }
        if (node.IsMissing)
        {
            faults.Add($"{key}{Place(node)}: must be given; expected {setting.Expected}; type {key}=...");
            return null;
        }
        if (node.IsNull && setting.IsOptional) return null;
        var before = faults.Count;
        var value = Value(setting.Type, node, key, setting.Expected, faults);
        if (faults.Count == before && value is not null) CheckRules(setting, value, key, node, setting.Expected, faults);
        return value;
    }

    /// <summary>Range and allowed values, for a list those of each item.</summary>
    static void CheckRules(Setting setting, object value, string key, ConfigNode node, string expected, List<string> faults)
    {
        if (value is Array items)
        {
            for (var i = 0; i < items.Length; i++)
                if (items.GetValue(i) is { } item) CheckRules(setting, item, $"{key}[{i}]", ((ListNode)node)[i], setting.ExpectedItem, faults);
            return;
        }
        var outside = setting.Range is { } range && IsOutside(value, range);
        var refused = setting.Allowed is { } allowed && !allowed.Values.Contains(value as string);
        if (!outside && !refused) return;
        var near = refused ? NearestKeys.To(Text(value), setting.Allowed!.Values) : [];
        faults.Add($"{key}={Text(value)}{Place(node)}: expected {expected}{Hint(near)}");
    }

    static string Hint(IReadOnlyList<string> near) => near.Count == 0 ? "" : $"; did you mean {string.Join(" or ", near)}?";

    static object? Value(Type type, ConfigNode node, string key, string expected, List<string> faults)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return node.IsNull ? null : Value(inner, node, key, expected, faults);
        if (node is MapNode map)
        {
            if (RecordShape.ValueOf(type) is { } valueType) return Dictionary(valueType, map, key, faults);
            if (RecordShape.IsRecord(type)) return BindRecord(type, map, key + ".", faults);
        }
        if (node is ListNode list && RecordShape.ElementOf(type) is { } element) return List(element, list, key, faults);
        if (node is ScalarNode scalar && Scalar(type, scalar.Value) is { } value) return value;
        var near = type.IsEnum ? NearestKeys.To(Found(node), Enum.GetNames(type).Select(RecordShape.Snake)) : [];
        faults.Add($"{key}={Found(node)}{Place(node)}: expected {expected}{Hint(near)}");
        return null;
    }

    static object? Scalar(Type type, object? value)
    {
        if (type.IsEnum)
            return value is string name && Enum.GetNames(type).FirstOrDefault(candidate => RecordShape.Snake(candidate) == name) is { } match
                ? Enum.Parse(type, match)
                : value is null && Enum.GetNames(type).Contains("None") ? Enum.Parse(type, "None") : null;
        if (type == typeof(object)) return value;
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => value as bool?,
            TypeCode.Int32 => value is long number && number is >= int.MinValue and <= int.MaxValue ? (int)number : null,
            TypeCode.Int64 => value as long?,
            TypeCode.Double => Number(value),
            TypeCode.Single => (float?)Number(value),
            TypeCode.String => value is null or byte[]? null : value as string ?? PythonText.Of(value),
            _ => null,
        };
    }

    static double? Number(object? value) => value switch
    {
        double number => number,
        long number => number,
        BigInteger number => (double)number,
        _ => null,
    };

    static Array List(Type element, ListNode list, string key, List<string> faults)
    {
        var array = Array.CreateInstance(element, list.Count);
        for (var i = 0; i < list.Count; i++)
            if (Value(element, list[i], $"{key}[{i}]", RecordShape.Words(element), faults) is { } value) array.SetValue(value, i);
        return array;
    }

    static object Dictionary(Type valueType, MapNode map, string key, List<string> faults)
    {
        var dictionary = (System.Collections.IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType))!;
        foreach (var (name, node) in map)
            if (Value(valueType, node, $"{key}.{name}", RecordShape.Words(valueType), faults) is { } value) dictionary[name.ToString()] = value;
        return dictionary;
    }

    // The outermost record's Validate first, then those of the records in it.
    static void Validate(object record, List<string> faults)
    {
        if (record.GetType().GetMethod("Validate", BindingFlags.Public | BindingFlags.Instance, []) is { } method
            && method.Invoke(record, []) is IEnumerable<string> found) faults.AddRange(found);
        foreach (var setting in RecordShape.Of(record.GetType()).Settings)
            if (RecordShape.IsRecord(setting.Type) && setting.Property.GetValue(record) is { } child) Validate(child, faults);
    }

    static bool IsOutside(object value, RangeAttribute range)
    {
        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return !(number >= range.Low && number <= range.High);
    }

    static string Place(ConfigNode? node) => node?.Position switch
    {
        null => "",
        { File: OverrideNodes.CommandLine } => $" ({OverrideNodes.CommandLine})",
        var position => $" ({position.Value.File}:{position.Value.Line})",
    };

    static string Found(ConfigNode node) => node switch
    {
        ScalarNode scalar => Text(scalar.Value),
        ListNode => "[...]",
        _ => "{...}",
    };

    static string Text(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        Enum name => RecordShape.Snake(name.ToString()),
        string text => text == "" ? "''" : text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}

using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kymo.Config.Conformance;

/// <summary>Trees in the language-neutral form of the cases: floats as <c>{"float": repr}</c>, maps as <c>{"dict": [[key, value], ...]}</c>.</summary>
static class ValueJson
{
    public static JsonNode? Write(ConfigNode node) => node switch
    {
        MapNode map => new JsonObject { ["dict"] = new JsonArray([.. map.Select(entry => new JsonArray(Scalar(entry.Key.Value), Write(entry.Value)))]) },
        ListNode list => new JsonArray([.. list.Select(Write)]),
        ScalarNode scalar => Scalar(scalar.Value),
        _ => throw new InvalidOperationException($"a node of the kind {node.GetType()}"),
    };

    public static ConfigNode Read(JsonNode? value) => value switch
    {
        null => new ScalarNode(null),
        JsonArray list => new ListNode(list.Select(Read)),
        JsonObject map when map["dict"] is JsonArray pairs => Map(pairs),
        JsonObject map when map["float"] is { } text => new ScalarNode(Float(text.GetValue<string>())),
        JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String => new ScalarNode(scalar.GetValue<string>()),
        JsonValue scalar when scalar.GetValueKind() is JsonValueKind.True or JsonValueKind.False => new ScalarNode(scalar.GetValue<bool>()),
        JsonValue scalar => new ScalarNode(BigInteger.Parse(scalar.ToJsonString(), CultureInfo.InvariantCulture)),
        _ => throw new FormatException($"a value that JSON cannot say: {value.ToJsonString()}"),
    };

    static MapNode Map(JsonArray pairs)
    {
        var map = new MapNode();
        foreach (var pair in pairs) map.Add(new ConfigKey(((ScalarNode)Read(pair![0])).Value), Read(pair[1]));
        return map;
    }

    static JsonNode? Scalar(object? value) => value switch
    {
        null => null,
        bool flag => flag,
        long number => number,
        BigInteger number => JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture)),
        double number => new JsonObject { ["float"] = PythonText.Of(number) },
        string text => text,
        byte[] => new JsonObject { ["other"] = "bytes", ["text"] = PythonText.Of(value) },
        _ => throw new InvalidOperationException($"a value of the type {value.GetType()}"),
    };

    static double Float(string text) =>
        PythonNumbers.TryParseFloat(text, out var value) ? value : throw new FormatException($"'{text}' is no float");
}

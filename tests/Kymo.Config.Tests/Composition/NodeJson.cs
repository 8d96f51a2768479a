using System.Text.Json.Nodes;

namespace Kymo.Config.Tests;

/// <summary>Nodes in the JSON form of the oracles: maps as <c>{"dict": [[key, value], ...]}</c>.</summary>
static class NodeJson
{
    public static JsonNode? Write(ConfigNode node) => node switch
    {
        MapNode map => new JsonObject
        {
            ["dict"] = new JsonArray([.. map.Select(item => new JsonArray(JsonValue.Create(item.Key.ToString()), Write(item.Value)))]),
        },
        ListNode list => new JsonArray([.. list.Select(Write)]),
        ScalarNode { Value: null } => null,
        ScalarNode { Value: bool flag } => JsonValue.Create(flag),
        ScalarNode { Value: long number } => JsonValue.Create(number),
        ScalarNode { Value: double number } => JsonValue.Create(number),
        ScalarNode scalar => JsonValue.Create(scalar.ToString()),
        _ => throw new NotSupportedException(),
    };
}

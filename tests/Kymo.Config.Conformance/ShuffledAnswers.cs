using System.Text.Json.Nodes;

namespace Kymo.Config.Conformance;

/// <summary>
/// Answers to <c>shuffle([...])</c>: the order of such a list is left to chance, so every order of the recorded members is right.
/// </summary>
static class ShuffledAnswers
{
    /// <summary>Whether a case's answer depends on chance.</summary>
    public static bool IsShuffled(JsonNode input) => input.ToJsonString().Contains("shuffle", StringComparison.Ordinal);

    /// <summary>Puts all lists of an answer into one order, so that answers which differ by order only become equal.</summary>
    public static JsonNode? Ordered(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(item => KeyValuePair.Create(item.Key, Ordered(item.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Ordered).OrderBy(item => item?.ToJsonString() ?? "null", StringComparer.Ordinal)]),
        _ => node?.DeepClone(),
    };
}

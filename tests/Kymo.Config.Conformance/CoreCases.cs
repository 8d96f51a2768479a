using System.Text.Json.Nodes;

namespace Kymo.Config.Conformance;

/// <summary>Cases of the kinds <c>yaml_load</c>, <c>to_yaml</c>, <c>merge</c> and <c>interpolation</c>.</summary>
static class CoreCases
{
    const string Name = "case";

    /// <summary>A document's value.</summary>
    public static JsonNode? Load(JsonNode input) => YamlReader.Read(input.GetValue<string>(), Name) switch
    {
        // OmegaConf makes a configuration of any document: an empty one is an empty map.
        ScalarNode { Value: null } => ValueJson.Write(new MapNode()),
        var node => ValueJson.Write(node),
    };

    /// <summary>The text written for a value.</summary>
    public static JsonNode Dump(JsonNode? input) => YamlWriter.Write(ValueJson.Read(input));

    /// <summary>Two documents merged, unresolved.</summary>
    public static JsonNode? Merge(JsonNode input)
    {
        var documents = input.AsArray().Select(text => YamlReader.Read(text!.GetValue<string>(), Name)).ToArray();
        return documents switch
        {
            [MapNode target, MapNode source] => Merged(target, source),
            [ListNode, ListNode list] => ValueJson.Write(list),
            _ => throw new ConfigException("a map and a list cannot be merged"),
        };
    }

    /// <summary>The value selected, containers resolved.</summary>
    public static JsonNode? Select(JsonNode input)
    {
        var root = (MapNode)YamlReader.Read(input["yaml"]!.GetValue<string>(), Name);
        var resolver = ConfigResolver.Of(root, Variable);
        var found = resolver.Select(input["key"]!.GetValue<string>());
        return found switch
        {
            null => null,
            ScalarNode scalar => ValueJson.Write(scalar),
            _ => ValueJson.Write(resolver.ResolveAll(found)),
        };
    }

    static JsonNode? Merged(MapNode target, MapNode source)
    {
        ConfigMerge.Into(target, source);
        return ValueJson.Write(target);
    }

    // The environment that the cases were recorded in.
    static string? Variable(string name) => name switch
    {
        "KYMO_NAME" => "ada",
        "KYMO_NUM" => "12",
        "KYMO_LIST" => "[1,a]",
        "KYMO_EMPTY" => "",
        "KYMO_NOPE" => null,
        _ => Environment.GetEnvironmentVariable(name),
    };
}

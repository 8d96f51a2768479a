using System.Text.Json.Nodes;

namespace Kymo.Config.Conformance;

/// <summary>Cases of the kinds <c>yaml_load</c>, <c>to_yaml</c>, <c>merge</c> and <c>interpolation</c>.</summary>
static class CoreCases
{
    const string Name = "case";

    /// <summary>A document's value.</summary>
    public static JsonNode? Load(JsonNode input) => ValueJson.Write(YamlReader.ReadConfig(input.GetValue<string>(), Name));

    /// <summary>The text written for a value.</summary>
    public static JsonNode Dump(JsonNode? input)
    {
        var node = ValueJson.Read(input);
        ConfigRules.Check(node);
        return YamlWriter.Write(node);
    }

    /// <summary>Documents merged from left to right, unresolved.</summary>
    public static JsonNode? Merge(JsonNode input)
    {
        var documents = input.AsArray().Select(text => YamlReader.ReadConfig(text!.GetValue<string>(), Name)).ToArray();
        foreach (var document in documents.Skip(1)) ConfigMerge.Into(documents[0], document, Resolver(documents[0]));
        return ValueJson.Write(documents[0]);
    }

    /// <summary>The value selected, containers resolved.</summary>
    public static JsonNode? Select(JsonNode input)
    {
        var resolver = Resolver(YamlReader.ReadConfig(input["yaml"]!.GetValue<string>(), Name));
        return resolver.Select(input["key"]!.GetValue<string>()) is { } found ? ValueJson.Write(resolver.ResolveAll(found)) : null;
    }

    static ConfigResolver Resolver(ConfigNode root) => ConfigResolver.Of(root, Variable);

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

using System.Text.Json.Nodes;

namespace Kymo.Config.Conformance;

/// <summary>Cases of the kind <c>compose</c>: the composed configuration as YAML, without the node <c>hydra</c>.</summary>
static class ComposeCases
{
    public static JsonNode Run(JsonNode input, string configs) => new JsonObject
    {
        ["yaml"] = YamlWriter.Write(new ConfigComposer().Compose(Request(input, configs)).Config),
    };

    public static ComposeRequest Request(JsonNode input, string configs) => new()
    {
        SearchPath = [new SearchPathEntry(SearchPathEntry.Main, Path.Combine(configs, input["configs"]!.GetValue<string>()))],
        ConfigName = input["config"]?.GetValue<string>(),
        Overrides = Override.ParseAll(input["overrides"]!.AsArray().Select(text => text!.GetValue<string>())),
        Environment = Environment.GetEnvironmentVariable,
    };
}

using System.Text.Json.Nodes;

namespace Kymo.Config.Conformance;

/// <summary>Cases of the kind <c>defaults_list</c>: the final list of a primary config, as a program without <c>version_base</c> sees it.</summary>
static class DefaultsListCases
{
    public static JsonNode Run(JsonNode input, string configs)
    {
        var request = ComposeCases.Request(input, configs) with
        {
            AcceptsHydra11 = true,
            IsMultirun = input["skip_missing"]?.GetValue<bool>() ?? false,
        };
        var items = new ConfigComposer().DefaultsOf(request);
        return new JsonObject { ["defaults"] = new JsonArray([.. items.Select(Write)]) };
    }

    static JsonObject Write(DefaultsItem item) => new()
    {
        ["config_path"] = item.ConfigPath,
        ["parent"] = item.Parent,
        ["package"] = item.Package,
        ["is_self"] = item.IsSelf,
        ["primary"] = item.IsPrimary,
        ["override_key"] = item.OverrideKey,
    };
}

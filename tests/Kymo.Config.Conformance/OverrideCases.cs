using System.Text.Json.Nodes;

namespace Kymo.Config.Conformance;

/// <summary>Cases of the kind <c>override</c>: one override, parsed.</summary>
static class OverrideCases
{
    public static JsonNode Run(JsonNode input)
    {
        var parsed = Override.Parse(input.GetValue<string>());
        return new JsonObject
        {
            ["type"] = parsed.Kind switch
            {
                OverrideKind.Add => "ADD",
                OverrideKind.ForceAdd => "FORCE_ADD",
                OverrideKind.Delete => "DEL",
                _ => "CHANGE",
            },
            ["key"] = parsed.KeyOrGroup,
            ["package"] = parsed.Package,
            ["value"] = OverrideValueJson.Write(parsed.Value),
            ["sweep"] = parsed.ValueKind switch
            {
                null => null,
                ValueKind.ChoiceSweep => "CHOICE_SWEEP",
                ValueKind.GlobChoiceSweep => "GLOB_CHOICE_SWEEP",
                ValueKind.SimpleChoiceSweep => "SIMPLE_CHOICE_SWEEP",
                ValueKind.RangeSweep => "RANGE_SWEEP",
                ValueKind.IntervalSweep => "INTERVAL_SWEEP",
                _ => "ELEMENT",
            },
        };
    }
}

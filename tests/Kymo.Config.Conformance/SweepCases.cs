using System.Text.Json.Nodes;

namespace Kymo.Config.Conformance;

/// <summary>Cases of the kind <c>sweep</c>: the jobs of the basic sweeper, without a configuration.</summary>
static class SweepCases
{
    public static JsonNode Run(JsonNode input)
    {
        var overrides = Override.ParseAll(input["overrides"]!.AsArray().Select(text => text!.GetValue<string>()));
        var batches = BasicSweeper.Plan(overrides, input["max_batch_size"]?.GetValue<int>());
        return new JsonArray([.. batches.Select(batch => new JsonArray([.. batch.Select(Texts)]))]);
    }

    static JsonArray Texts(SweepJob job) => new([.. job.Overrides.Select(part => (JsonNode)part.Text)]);
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Kymo.Lab.Runs;

/// <summary>A recipe's configuration as <c>resolved_config.json</c> keeps it, and which of its settings change results.</summary>
public sealed class ResolvedSettings
{
    static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    // Where results go, how fast they come and who is told does not change them.
    static readonly string[] s_circumstances =
    [
        "run", "data.root", "data.cache", "data.workers", "trainer.device", "trainer.threads", "trainer.eval_batch_size", "trainer.checkpoint.save_top_k",
        "trainer.checkpoint.enabled", "trainer.checkpoint.dirpath", "trainer.checkpoint.filename", "trainer.checkpoint.auto_insert_metric_name",
        "trainer.checkpoint.save_last", "trainer.checkpoint.every_n_steps", "trainer.checkpoint.every_minutes", "trainer.enable_checkpointing",
        "trainer.logger", "trainer.log_every_n_steps", "trainer.wandb", "trainer.max_minutes",
    ];

    readonly JsonObject _science;

    ResolvedSettings(JsonObject all, IEnumerable<string> circumstances)
    {
        All = all;
        _science = Science(all, [.. s_circumstances, .. circumstances]);
        Hash = CanonicalJson.Hash(_science);
        Circumstances = [.. circumstances];
    }

    /// <summary>Every setting.</summary>
    public JsonObject All { get; }

    /// <summary>The hash of the settings that change results.</summary>
    public string Hash { get; }

    IReadOnlyList<string> Circumstances { get; }

    /// <summary>The settings of a configuration record.</summary>
    /// <param name="config">The record.</param>
    /// <param name="circumstances">Further settings that change no result, as dotted keys.</param>
    public static ResolvedSettings Of(object config, IEnumerable<string> circumstances) =>
        new(JsonSerializer.SerializeToNode(config, config.GetType(), s_json)!.AsObject(), circumstances);

    /// <summary>The settings that change results and differ from those of a run that was begun before, in words.</summary>
    public IReadOnlyList<string> Differences(JsonObject stored) => [.. Differences(Science(stored, [.. s_circumstances, .. Circumstances]), _science)];

    /// <summary>Whether a setting, or the group that it stands in, only says where results go, how fast they come or who is told.</summary>
    /// <param name="key">Dotted, as in an override.</param>
    public static bool IsCircumstance(string key) =>
        s_circumstances.Any(circumstance => key == circumstance || key.StartsWith(circumstance + ".", StringComparison.Ordinal));

    static JsonObject Science(JsonObject resolved, IEnumerable<string> circumstances)
    {
        var science = (JsonObject)resolved.DeepClone();
        foreach (var key in circumstances)
        {
            var parts = key.Split('.');
            var map = science;
            foreach (var part in parts[..^1]) map = map?[part] as JsonObject;
            map?.Remove(parts[^1]);
        }
        return science;
    }

    static IEnumerable<string> Differences(JsonNode? before, JsonNode? now, string key = "")
    {
        if (before is JsonObject old && now is JsonObject next)
        {
            return old.Select(entry => entry.Key).Union(next.Select(entry => entry.Key))
                .SelectMany(name => Differences(old[name], next[name], key == "" ? name : key + "." + name));
        }
        return JsonNode.DeepEquals(before, now) ? [] : [$"{key} was {before?.ToJsonString() ?? "absent"}, is {now?.ToJsonString() ?? "absent"}"];
    }
}

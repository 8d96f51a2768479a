using System.Text.Json.Nodes;

namespace Kymo.Lab.Runs.Trackers;

/// <summary>What a W&amp;B run is called and was configured with.</summary>
public sealed record WandbRun
{
    /// <summary>Its identifier: lower-case letters and digits, by custom eight.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the project.</summary>
    public required string Project { get; init; }

    /// <summary>Name shown.</summary>
    public required string Name { get; init; }

    /// <summary>When the run began (not when it was resumed).</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Team or person it belongs to, or empty.</summary>
    public string Entity { get; init; } = "";

    /// <summary>Group, or empty.</summary>
    public string Group { get; init; } = "";

    /// <summary>Kind of job, or empty.</summary>
    public string JobType { get; init; } = "";

    /// <summary>Notes, or empty.</summary>
    public string Notes { get; init; } = "";

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The configuration.</summary>
    public JsonObject Config { get; init; } = [];

    /// <summary>Facts for <c>wandb-metadata.json</c>, for instance <c>os</c> and <c>git</c>.</summary>
    public JsonObject Metadata { get; init; } = [];

    /// <summary>What a run's settings say under <c>trainer.wandb</c>.</summary>
    /// <param name="id">The identifier.</param>
    /// <param name="name">The name where the settings give none.</param>
    /// <param name="started">When the run began.</param>
    /// <param name="settings">All settings, as <c>resolved_config.json</c> holds them; they become the configuration.</param>
    public static WandbRun Of(string id, string name, DateTimeOffset started, JsonObject settings)
    {
        var wandb = (settings["trainer"] as JsonObject)?["wandb"] as JsonObject ?? [];
        string Text(string key, string without = "") => wandb[key] is JsonValue value && value.TryGetValue(out string? text) && text != "" ? text : without;
        return new WandbRun
        {
            Id = id,
            Project = Text("project"),
            Name = Text("name", name),
            Started = started,
            Entity = Text("entity"),
            Group = Text("group"),
            Notes = Text("notes"),
            Tags = [.. (wandb["tags"] as JsonArray ?? []).OfType<JsonValue>().Select(tag => tag.ToString())],
            JobType = "train",
            Config = (JsonObject)settings.DeepClone(),
        };
    }
}

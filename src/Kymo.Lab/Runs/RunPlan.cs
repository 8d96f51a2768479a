using System.Text.Json.Nodes;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Runs;

/// <summary>What a run is about, before it begins.</summary>
public sealed record RunPlan
{
    /// <summary>The recipe.</summary>
    public required string Recipe { get; init; }

    /// <summary>Root and name; without a name it is <see cref="DefaultName"/>.</summary>
    public required RunOptions Run { get; init; }

    /// <summary>The name of a run that was given none: recipe, dataset and seed.</summary>
    public required string DefaultName { get; init; }

    /// <summary>The whole configuration record; it becomes <c>resolved_config.json</c>.</summary>
    public required object Config { get; init; }

    /// <summary>Settings of the recipe that change no result, as dotted keys (the common ones are known).</summary>
    public IReadOnlyList<string> Circumstances { get; init; } = [];

    /// <summary>Its promises.</summary>
    public required RunContract Contract { get; init; }

    /// <summary>
    /// Numbers of trainings beside the contract's folds, for instance other networks on the same folds. They have folders and checkpoints
    /// as folds have, and no place in the run's own tables.
    /// </summary>
    public IReadOnlyList<int> FurtherUnits { get; init; } = [];

    /// <summary>What the data are: <c>dataset</c>, <c>licence</c>, counts and <c>content_sha256</c>, which decides whether a run may go on.</summary>
    public required JsonObject Data { get; init; }

    /// <summary>Length, stopping, trackers.</summary>
    public required TrainerOptions Trainer { get; init; }

    /// <summary>The seed of all streams.</summary>
    public required long Seed { get; init; }

    /// <summary>Where it is computed.</summary>
    public required Device Device { get; init; }
}

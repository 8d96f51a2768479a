using Kymo.Config;

namespace Kymo.Lab.Runs;

/// <summary>What a recipe tells while it works.</summary>
public abstract record RunEvent
{
    /// <summary>A step begins.</summary>
    /// <param name="Text">What it is.</param>
    public sealed record Stage(string Text) : RunEvent;

    /// <summary>The run's folder is there; from now on the run can be resumed.</summary>
    /// <param name="Root">The results folder.</param>
    /// <param name="Name">The run's name.</param>
    public sealed record Opened(string Root, string Name) : RunEvent;

    /// <summary>Something a reader of the results must know.</summary>
    /// <param name="Text">What it is.</param>
    public sealed record Warning(string Text) : RunEvent;

    /// <summary>Long work moves on.</summary>
    /// <param name="What">Which work.</param>
    /// <param name="Done">Steps done.</param>
    /// <param name="Total">Steps in all.</param>
    /// <param name="Detail">Figures of the moment.</param>
    public sealed record Progress(string What, int Done, int Total, string Detail = "") : RunEvent;
}

/// <summary>What a recipe is given besides its configuration.</summary>
/// <param name="Job">The composed configuration, unresolved, as it is kept in <c>.hydra/config.yaml</c>.</param>
/// <param name="Hydra">The <c>hydra</c> node.</param>
/// <param name="Overrides">The overrides as they were typed.</param>
/// <param name="Resume">The name of the run to go on with, <c>auto</c> for the one that the settings name, or null.</param>
/// <param name="ResumeAnyway">Whether a changed configuration may go on.</param>
/// <param name="Tell">Told what happens.</param>
/// <param name="Clock">The time.</param>
/// <param name="Cancel">Asks to stop at the next safe point.</param>
public sealed record RunContext(
    MapNode Job,
    MapNode Hydra,
    IReadOnlyList<string> Overrides,
    string? Resume,
    bool ResumeAnyway,
    Action<RunEvent> Tell,
    TimeProvider Clock,
    CancellationToken Cancel)
{
    /// <summary>When the work began: before data are read.</summary>
    public DateTimeOffset Began { get; } = Clock.GetUtcNow();

    /// <summary>The processes that train together; null for this one alone.</summary>
    public Kymo.Torch.ProcessGroup? Processes { get; init; }

    /// <summary>Whether this process writes the run; the others of a group only compute.</summary>
    public bool IsWriter => Processes is not { Rank: > 0 };
}

/// <summary>What a finished run leaves.</summary>
/// <param name="Folder">The run folder.</param>
/// <param name="Summary">Lines for a person: scores beside baselines.</param>
/// <param name="Metrics">The content of <c>metrics.json</c>.</param>
public sealed record RunResult(string Folder, IReadOnlyList<string> Summary, System.Text.Json.Nodes.JsonObject Metrics);

using Kymo.Lab.Metrics;
using Kymo.Lab.Runs.Reporting;

namespace Kymo.Lab.Runs;

/// <summary>Everything a finished run leaves behind.</summary>
public sealed record RunEvidence
{
    /// <summary>The content of <c>metrics.json</c>.</summary>
    public required RunSummary Summary { get; init; }

    /// <summary>What it was trained and judged on.</summary>
    public required DataDescription Data { get; init; }

    /// <summary>Lines for a person: scores beside baselines.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>A sentence about which items chose the epoch that was kept.</summary>
    public string EpochChoice { get; init; } = "The epoch was chosen on validation items, never on those that are reported.";

    /// <summary>The fold whose weights stand at the top of the run; null for a run without folds.</summary>
    public int? PromotedFold { get; init; }

    /// <summary>Counts of validation items; null for regression.</summary>
    public ConfusionMatrix? Validation { get; init; }

    /// <summary>Counts of held-out items; null for regression.</summary>
    public ConfusionMatrix? Test { get; init; }

    /// <summary>Held-out answers of a classification.</summary>
    public IEnumerable<ClassPrediction> Classes { get; init; } = [];

    /// <summary>Held-out answers of a regression.</summary>
    public IEnumerable<NumberPrediction> Numbers { get; init; } = [];
}

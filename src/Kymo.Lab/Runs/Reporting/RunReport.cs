using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;

namespace Kymo.Lab.Runs.Reporting;

/// <summary>One part of the data a run used.</summary>
/// <param name="Name">For instance <c>train</c>, <c>validation</c>, <c>test</c> or <c>fold 3</c>.</param>
/// <param name="Items">Number of items.</param>
/// <param name="Groups">Number of recordings or people they come from; 0 where that is not known.</param>
/// <param name="ClassCounts">Items per class in class order; empty for regression.</param>
public sealed record DataPart(string Name, int Items, int Groups, IReadOnlyList<int> ClassCounts);

/// <summary>What the data were.</summary>
public sealed record DataDescription
{
    /// <summary>Name of the data set, for instance <c>UrbanSound8K</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it comes from, or empty.</summary>
    public string Source { get; init; } = "";

    /// <summary>Its licence, or empty.</summary>
    public string Licence { get; init; } = "";

    /// <summary>What an item is, in the plural: <c>recordings</c>, <c>windows</c>. Default <c>items</c>.</summary>
    public string ItemName { get; init; } = "items";

    /// <summary>What a group is, in the plural: <c>recordings</c>, <c>people</c>. Default <c>groups</c>.</summary>
    public string GroupName { get; init; } = "groups";

    /// <summary>How the parts were cut, in a sentence, or empty.</summary>
    public string SplitRule { get; init; } = "";

    /// <summary>The parts.</summary>
    public required IReadOnlyList<DataPart> Parts { get; init; }
}

/// <summary>Everything the figures and the page of a run are made from.</summary>
public sealed record RunReport
{
    /// <summary>What the run reported.</summary>
    public required RunSummary Summary { get; init; }

    /// <summary>What it was trained and judged on.</summary>
    public required DataDescription Data { get; init; }

    /// <summary>Its epochs: one curve, or one per fold.</summary>
    public required IReadOnlyList<LearningCurve> Curves { get; init; }

    /// <summary>Counts of held-out items; null for regression.</summary>
    public ConfusionMatrix? TestMatrix { get; init; }

    /// <summary>A sentence about which items chose the epoch that was kept.</summary>
    public string EpochChoice { get; init; } = "The epoch was chosen on validation items, never on those that are reported.";

    /// <summary>The object of <c>env.json</c>.</summary>
    public JsonObject Environment { get; init; } = [];

    /// <summary>State of the source tree.</summary>
    public GitState Git { get; init; } = new(null, null, null);

    /// <summary>Name a score has in figures and tables for people.</summary>
    public static string Label(string score) => score switch
    {
        "acc" => "accuracy",
        "f1_macro" => "macro F1",
        "precision_macro" => "macro precision",
        "recall_macro" => "macro recall",
        "balanced_acc" => "balanced accuracy",
        "mse" => "mean squared error",
        "mae" => "mean absolute error",
        _ => score.Replace('_', ' '),
    };

    /// <summary>The score beside the loss that stands for the run: accuracy, or the first of a regression.</summary>
    internal string MainScore => Summary.Contract.Scores.Count > 1 ? Summary.Contract.Scores[1] : "loss";
}

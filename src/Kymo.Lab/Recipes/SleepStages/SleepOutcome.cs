using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>Answers for held-out windows.</summary>
/// <param name="Name">Who answers.</param>
/// <param name="Probabilities">One row for each window.</param>
sealed record SleepAnswers(string Name, IReadOnlyList<float[]> Probabilities);

/// <summary>One network on one held-out part.</summary>
/// <param name="Model">The network.</param>
/// <param name="Split">Who was held out.</param>
/// <param name="Unit">Number of the training in the run.</param>
/// <param name="Outcome">What the run reports of it.</param>
/// <param name="OtherScaling">The held-out answers with rows scaled by the pooled numbers; null where those are the usual ones.</param>
/// <param name="Scaling">What rows were scaled by.</param>
/// <param name="Weights">The reported weights.</param>
sealed record SleepOutcome(
    string Model, SleepSplit Split, int Unit, ClassificationOutcome Outcome, ClassEvaluation? OtherScaling, SleepScaling Scaling,
    IReadOnlyDictionary<string, StoredTensor> Weights)
{
    /// <summary>Validation score that ranks the folds of a network.</summary>
    public double ValidationKappa => SleepObjective.ExtraScores(Outcome.Validation.Matrix)["kappa"];
}

/// <summary>All held-out answers of one network or rival, gathered over the folds.</summary>
/// <param name="Name">Who answers.</param>
/// <param name="IsNetwork">Whether it is one of the run's networks.</param>
/// <param name="Windows">The windows.</param>
/// <param name="Folds">The fold of each.</param>
/// <param name="Probabilities">(window, class), row-major.</param>
sealed record SleepSystem(string Name, bool IsNetwork, WindowRef[] Windows, int[] Folds, float[] Probabilities)
{
    /// <summary>Truth of each window among fewer classes.</summary>
    public int[] Truth(int classes) => [.. Windows.Select(window => SleepStage.Merge(classes)[window.Target])];

    /// <summary>Probabilities of fewer classes.</summary>
    /// <param name="from">Classes the answers have.</param>
    /// <param name="to">Classes wanted, at most as many.</param>
    public float[] Merged(int from, int to)
    {
        var map = Map(from, to);
        var merged = new float[Windows.Length * to];
        for (var i = 0; i < Probabilities.Length; i++) merged[i / from * to + map[i % from]] += Probabilities[i];
        return merged;
    }

    /// <summary>The most probable of fewer classes.</summary>
    public int[] Predicted(int from, int to)
    {
        var merged = Merged(from, to);
        return [.. Enumerable.Range(0, Windows.Length).Select(i => Largest.IndexOf(merged.AsSpan(i * to, to)))];
    }

    // The class among `to` of each class among `from`.
    static int[] Map(int from, int to) =>
        [.. Enumerable.Range(0, from).Select(label => SleepStage.Merge(to)[SleepStage.Merge(from).Index().First(stage => stage.Item == label).Index])];
}

using Kymo.Lab.Data;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>A finished fold.</summary>
/// <param name="Split">What was trained on, what picked the epoch, what was held out.</param>
/// <param name="History">The epochs.</param>
/// <param name="BestEpoch">The epoch of the best validation accuracy.</param>
/// <param name="Stopped">Whether early stop ended it.</param>
/// <param name="Validation">The reported weights on the validation part.</param>
/// <param name="Test">The reported weights on the held-out fold.</param>
/// <param name="Nearest">The nearest-neighbour baseline on the held-out fold.</param>
/// <param name="Majority">The most frequent training class on the held-out fold.</param>
sealed record FoldOutcome(
    Split Split, IReadOnlyList<EpochRow> History, int BestEpoch, bool Stopped, Evaluation Validation, Evaluation Test,
    ConfusionMatrix Nearest, ConfusionMatrix Majority)
{
    /// <summary>A network that names one class whatever it hears.</summary>
    public RunStatus Status => Enumerable.Range(0, Test.Matrix.ClassCount).Any(label => Test.Matrix.PredictedCount(label) == Test.Matrix.Total)
        ? RunStatus.Collapsed
        : RunStatus.Ok;

    /// <summary>Scores the network, with the weights it has now, and its baselines.</summary>
    public static FoldOutcome Of(FoldTrainer trainer, SpectrogramExamples examples, Split split)
    {
        var classes = examples.Set.Classes.Count;
        var truth = examples.Labels(split.Test);
        // The baselines may use the validation part as well: they choose no epoch.
        int[] known = [.. split.Train.Concat(split.Validation.Except(split.Test))];
        var labels = examples.Labels(known);
        var neighbour = new NearestNeighbour([.. known.Select(index => Describe(examples, index))], labels);
        var frequent = labels.CountBy(label => label).OrderByDescending(count => count.Value).ThenBy(count => count.Key).First().Key;
        return new FoldOutcome(
            split, trainer.State.History, trainer.State.BestEpoch, trainer.State.Stopped,
            trainer.Evaluate(split.Validation), trainer.Evaluate(split.Test),
            ConfusionMatrix.Of(classes, truth, [.. split.Test.Select(index => neighbour.Predict(Describe(examples, index)))]),
            ConfusionMatrix.Of(classes, truth, [.. split.Test.Select(_ => frequent)]));
    }

    static float[] Describe(SpectrogramExamples examples, int index)
    {
        var item = new float[examples.Length];
        examples.CopyTo(index, item);
        return NearestNeighbour.Describe(item, examples.Bands);
    }
}

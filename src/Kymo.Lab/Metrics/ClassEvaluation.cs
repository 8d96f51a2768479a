namespace Kymo.Lab.Metrics;

/// <summary>What a classifier makes of some items.</summary>
/// <param name="Loss">Mean cross-entropy, nats.</param>
/// <param name="Matrix">Counts by true and predicted class.</param>
/// <param name="Probabilities">(item, class), row by row.</param>
public sealed record ClassEvaluation(double Loss, ConfusionMatrix Matrix, IReadOnlyList<float[]> Probabilities)
{
    const double SmallestProbability = 1e-12;

    /// <summary>Scores rows of probabilities.</summary>
    /// <param name="classes">Number of classes.</param>
    /// <param name="labels">The true class of each item.</param>
    /// <param name="probabilities">One row an item, summing to one.</param>
    public static ClassEvaluation Of(int classes, IReadOnlyList<int> labels, IReadOnlyList<float[]> probabilities)
    {
        var loss = probabilities.Select((row, i) => -Math.Log(Math.Max(row[labels[i]], SmallestProbability))).DefaultIfEmpty(double.NaN).Average();
        return new ClassEvaluation(loss, ConfusionMatrix.Of(classes, [.. labels], [.. probabilities.Select(row => Largest.IndexOf(row))]), probabilities);
    }
}

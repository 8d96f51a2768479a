namespace Kymo.Lab.Metrics;

/// <summary>Mean squared distance of the probabilities from the truth, summed over the classes (Brier 1950).</summary>
public static class BrierScore
{
    /// <summary>From 0 to 2; not a number for no items.</summary>
    /// <param name="probabilities"><c>(item, class)</c>, row-major.</param>
    /// <param name="truth">True class of each item.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <exception cref="ArgumentException">Sizes disagree, a class does not exist, or a row is no distribution.</exception>
    public static double Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> truth, int classCount)
    {
        Probabilities.Check(probabilities, truth, classCount);
        var sum = 0.0;
        for (var i = 0; i < truth.Length; i++)
            for (var c = 0; c < classCount; c++)
            {
                var away = probabilities[i * classCount + c] - (c == truth[i] ? 1.0 : 0.0);
                sum += away * away;
            }
        return sum / truth.Length;
    }
}

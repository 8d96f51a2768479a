namespace Kymo.Lab.Metrics;

/// <summary>Mean negative logarithm of the probability given to the true class, in nats. Unweighted.</summary>
public static class LogLoss
{
    /// <summary>A probability of 0 counts as this one (the spacing of doubles at 1, as in scikit-learn).</summary>
    public const double SmallestProbability = 2.220446049250313e-16;

    /// <summary>Log loss; not a number for no items.</summary>
    /// <param name="probabilities"><c>(item, class)</c>, row-major; each row sums to 1 within 0.001.</param>
    /// <param name="truth">True class of each item.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <exception cref="ArgumentException">Sizes disagree, a class does not exist, or a row is no distribution.</exception>
    public static double Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> truth, int classCount)
    {
        Probabilities.Check(probabilities, truth, classCount);
        var sum = 0.0;
        for (var i = 0; i < truth.Length; i++)
        {
            var p = (double)probabilities[i * classCount + truth[i]];
            sum -= Math.Log(Math.Clamp(p, SmallestProbability, 1 - SmallestProbability));
        }
        return sum / truth.Length;
    }
}

namespace Kymo.Lab.Metrics;

/// <summary>
/// Expected calibration error (Guo et al. 2017): items are put into bins of equal width by the probability of their most probable
/// class; the error is the mean over items of |accuracy - confidence| of their bin.
/// </summary>
public static class CalibrationError
{
    /// <summary>Calibration error, 0 to 1; not a number for no items.</summary>
    /// <param name="probabilities"><c>(item, class)</c>, row-major.</param>
    /// <param name="truth">True class of each item.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="binCount">Number of bins over 0 to 1; bin b holds (b/n, (b+1)/n], the first also 0. Default 15.</param>
    /// <exception cref="ArgumentException">Sizes disagree, a class does not exist, or a row is no distribution.</exception>
    public static double Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> truth, int classCount, int binCount = 15)
    {
        Probabilities.Check(probabilities, truth, classCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(binCount, 1);
        var gap = new double[binCount];
        for (var i = 0; i < truth.Length; i++)
        {
            var row = probabilities.Slice(i * classCount, classCount);
            var called = Probabilities.ArgMax(row);
            var confidence = Math.Min((double)row[called], 1);
            var bin = Math.Clamp((int)Math.Ceiling(confidence * binCount) - 1, 0, binCount - 1);
            gap[bin] += (called == truth[i] ? 1 : 0) - confidence;
        }
        var sum = 0.0;
        foreach (var g in gap) sum += Math.Abs(g);
        return sum / truth.Length;
    }
}

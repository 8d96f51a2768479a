namespace Kymo.Lab.Prediction;

/// <summary>Probabilities of windows, steadied by their neighbours'.</summary>
public static class Smoothing
{
    /// <summary>Each window gets the mean of the windows whose middles lie within half the given time from its own.</summary>
    /// <param name="middles">The windows' middles in seconds, rising.</param>
    /// <param name="probabilities">One row for each window.</param>
    /// <param name="seconds">The time that is averaged over; 0 changes nothing.</param>
    public static float[][] Of(IReadOnlyList<double> middles, IReadOnlyList<float[]> probabilities, double seconds)
    {
        // Half a millisecond forgives middles that were rounded to samples.
        var reach = (seconds / 2) + 5e-4;
        var smoothed = new float[probabilities.Count][];
        var sums = new double[probabilities.Count == 0 ? 0 : probabilities[0].Length];
        var (first, end) = (0, 0);
        for (var i = 0; i < smoothed.Length; i++)
        {
            for (; end < smoothed.Length && middles[end] <= middles[i] + reach; end++) Add(probabilities[end], 1);
            for (; middles[first] < middles[i] - reach; first++) Add(probabilities[first], -1);
            var count = end - first;
            smoothed[i] = [.. sums.Select(sum => (float)Math.Clamp(sum / count, 0, 1))];
        }
        return smoothed;

        void Add(float[] row, int sign)
        {
            for (var k = 0; k < row.Length; k++) sums[k] += sign * row[k];
        }
    }
}

namespace Kymo.Signals.Music;

/// <summary>Means, deviations and percentiles as every music feature uses them, in double precision.</summary>
static class Statistics
{
    /// <summary>The mean; 0 of nothing.</summary>
    public static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return values.IsEmpty ? 0 : sum / values.Length;
    }

    /// <summary>The population standard deviation; 0 of nothing.</summary>
    public static double Deviation(ReadOnlySpan<double> values)
    {
        var (mean, sum) = (Mean(values), 0.0);
        foreach (var value in values) sum += (value - mean) * (value - mean);
        return values.IsEmpty ? 0 : Math.Sqrt(sum / values.Length);
    }

    /// <summary>A percentile, linear between order statistics as NumPy's default.</summary>
    /// <param name="sorted">Ascending, at least one value.</param>
    /// <param name="share">0 to 1.</param>
    public static double Percentile(ReadOnlySpan<double> sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }

    /// <summary>A part of a whole; 0 where the whole is empty.</summary>
    public static double Share(double part, double whole) => whole == 0 ? 0 : part / whole;
}

namespace Kymo.Lab.Metrics;

/// <summary>
/// Agreement of two measurements (Bland and Altman, The Lancet 1986): the mean of the differences, and the limits between which 95 of 100
/// lie where they are normal.
/// </summary>
/// <param name="Count">Pairs.</param>
/// <param name="Bias">Mean of predicted minus true.</param>
/// <param name="BiasInterval">Half width of the bias's 95 % interval.</param>
/// <param name="LowerLimit">Bias - 1.96 deviations.</param>
/// <param name="UpperLimit">Bias + 1.96 deviations.</param>
/// <param name="LimitInterval">Half width of each limit's 95 % interval.</param>
/// <param name="Slope">Slope of the differences against the means of both.</param>
public sealed record BlandAltman(
    int Count, double Bias, double BiasInterval, double LowerLimit, double UpperLimit, double LimitInterval, double Slope)
{
    const double Quantile = 1.96;

    /// <summary>Compares pairs; pairs with a missing side are left out. Not numbers for fewer than two.</summary>
    public static BlandAltman Of(IEnumerable<(double? Truth, double? Predicted)> pairs)
    {
        var known = pairs.Where(pair => pair.Truth is not null && pair.Predicted is not null).Select(pair => (pair.Truth!.Value, pair.Predicted!.Value)).ToArray();
        double[] differences = [.. known.Select(pair => pair.Item2 - pair.Item1)];
        double[] means = [.. known.Select(pair => (pair.Item1 + pair.Item2) / 2)];
        var (spread, centre) = (MeanAndDeviation.Of(differences), MeanAndDeviation.Of(means));
        var (n, deviation) = (known.Length, spread.SampleDeviation);
        var together = differences.Zip(means, (d, m) => (d - spread.Mean) * (m - centre.Mean)).Sum();
        var squares = means.Sum(m => (m - centre.Mean) * (m - centre.Mean));
        return new BlandAltman(
            n, spread.Mean, Quantile * deviation / Math.Sqrt(n), spread.Mean - Quantile * deviation, spread.Mean + Quantile * deviation,
            Quantile * deviation * Math.Sqrt(3.0 / n), squares > 0 ? together / squares : double.NaN);
    }
}

namespace Kymo.Lab.Metrics;

/// <summary>
/// Comparison of two classifiers on the same items: difference of a score (second minus first) over common resamples.
/// </summary>
/// <param name="Difference">The difference with its percentile interval.</param>
/// <param name="P">
/// Two-sided p-value: twice the smaller share of resamples on either side of 0 (0 counts on both, one added to each side), at
/// most 1; not a number with fewer than two groups.
/// </param>
public sealed record PairedBootstrap(Interval Difference, double P)
{
    /// <summary>Draws groups with replacement and scores both classifiers on each draw.</summary>
    /// <param name="truth">True class of each item.</param>
    /// <param name="first">Predictions of the first classifier.</param>
    /// <param name="second">Predictions of the second.</param>
    /// <param name="groups">Group of each item, or null.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="score">For instance <c>Accuracy.Of</c>.</param>
    /// <param name="options">Resamples, level, seed.</param>
    /// <exception cref="ArgumentException">Lengths differ, there are no items, or an option is out of range.</exception>
    public static PairedBootstrap Of(
        ReadOnlySpan<int> truth, ReadOnlySpan<int> first, ReadOnlySpan<int> second, IReadOnlyList<string>? groups,
        int classCount, Func<ConfusionMatrix, double> score, BootstrapOptions options)
    {
        options.Check();
        var (firstWhole, secondWhole) =
            (ConfusionMatrix.Of(classCount, truth, first), ConfusionMatrix.Of(classCount, truth, second));
        var items = new GroupedItems(truth.Length, groups);
        var generator = new SplitMix64(options.Seed);
        var (firstDraw, secondDraw) = (new ConfusionMatrix(classCount), new ConfusionMatrix(classCount));
        var values = new double[options.Resamples];
        for (var r = 0; r < values.Length; r++)
        {
            firstDraw.Clear();
            secondDraw.Clear();
            for (var g = 0; g < items.Count; g++)
                foreach (var i in items[generator.Below(items.Count)])
                {
                    firstDraw.Add(truth[i], first[i]);
                    secondDraw.Add(truth[i], second[i]);
                }
            values[r] = score(secondDraw) - score(firstDraw);
        }
        var estimate = score(secondWhole) - score(firstWhole);
        return new PairedBootstrap(BootstrapInterval.Summarise(estimate, values, options, items.Count), items.Count < 2 ? double.NaN : PValue(values));
    }

    static double PValue(double[] differences)
    {
        int below = 1, above = 1;
        foreach (var d in differences)
        {
            if (d <= 0) below++;
            if (d >= 0) above++;
        }
        return Math.Min(1, 2.0 * Math.Min(below, above) / (differences.Length + 1));
    }
}

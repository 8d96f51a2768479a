using System.Globalization;

namespace Kymo.Lab.Metrics;

/// <summary>How a bootstrap is drawn.</summary>
public sealed record BootstrapOptions
{
    /// <summary>Number of resamples. Default 2,000.</summary>
    public int Resamples { get; init; } = 2000;

    /// <summary>Share of resamples inside the interval, above 0 and below 1. Default 0.95.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Seed of the resampling; the same seed gives the same interval. Default 0.</summary>
    public ulong Seed { get; init; }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Resamples, 1);
        if (Level is not (> 0 and < 1)) throw new ArgumentException($"level {Level}: expected a share between 0 and 1");
    }
}

/// <summary>An estimate with its interval.</summary>
/// <param name="Estimate">The statistic of all items.</param>
/// <param name="Low">Lower end; not a number when the statistic is undefined in every resample, or with fewer than two groups, which say nothing of a spread.</param>
/// <param name="High">Upper end.</param>
/// <param name="Level">Share of resamples inside.</param>
/// <param name="Resamples">Number of resamples drawn.</param>
/// <param name="Undefined">Resamples in which the statistic was not a number; they are left out of the interval.</param>
/// <param name="Groups">Number of groups drawn from (items where no groups were given).</param>
public sealed record Interval(
    double Estimate, double Low, double High, double Level, int Resamples, int Undefined, int Groups)
{
    /// <summary>Lower end for a JSON file; null where there is none.</summary>
    public double? LowOrNull => double.IsFinite(Low) ? Low : null;

    /// <summary>Upper end for a JSON file; null where there is none.</summary>
    public double? HighOrNull => double.IsFinite(High) ? High : null;

    /// <summary>Both ends in words: <c>0.904 to 0.920</c>, or <c>no interval</c>.</summary>
    /// <param name="format">Of the numbers, for instance <c>0.000</c>.</param>
    public string Range(string format) => double.IsFinite(Low) && double.IsFinite(High)
        ? $"{Low.ToString(format, CultureInfo.InvariantCulture)} to {High.ToString(format, CultureInfo.InvariantCulture)}" : "no interval";
}

/// <summary>
/// Percentile bootstrap (Efron 1979). Whole groups (recordings, people) are drawn with replacement, because items of one group
/// are not independent; without groups each item is its own.
/// </summary>
public static class BootstrapInterval
{
    /// <summary>Interval of a score read from the confusion matrix.</summary>
    /// <param name="truth">True class of each item.</param>
    /// <param name="predicted">Predicted class of each item.</param>
    /// <param name="groups">Group of each item, or null.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="score">For instance <c>Accuracy.Of</c>.</param>
    /// <param name="options">Resamples, level, seed.</param>
    /// <exception cref="ArgumentException">Lengths differ, there are no items, or an option is out of range.</exception>
    public static Interval Of(
        ReadOnlySpan<int> truth, ReadOnlySpan<int> predicted, IReadOnlyList<string>? groups, int classCount,
        Func<ConfusionMatrix, double> score, BootstrapOptions options)
    {
        options.Check();
        var whole = ConfusionMatrix.Of(classCount, truth, predicted);
        var items = new GroupedItems(truth.Length, groups);
        var generator = new SplitMix64(options.Seed);
        var draw = new ConfusionMatrix(classCount);
        var values = new double[options.Resamples];
        for (var r = 0; r < values.Length; r++)
        {
            draw.Clear();
            for (var g = 0; g < items.Count; g++)
                foreach (var i in items[generator.Below(items.Count)]) draw.Add(truth[i], predicted[i]);
            values[r] = score(draw);
        }
        return Summarise(score(whole), values, options, items.Count);
    }

    /// <summary>The same interval from the counts of each group, in order of the groups' first items; much faster where items are many.</summary>
    /// <param name="groups">Counts of each group.</param>
    /// <param name="score">For instance <c>Accuracy.Of</c>.</param>
    /// <param name="options">Resamples, level, seed.</param>
    /// <exception cref="ArgumentException">There are no groups, or an option is out of range.</exception>
    public static Interval OfGroups(IReadOnlyList<ConfusionMatrix> groups, Func<ConfusionMatrix, double> score, BootstrapOptions options)
    {
        options.Check();
        if (groups.Count == 0) throw new ArgumentException("no groups to draw from");
        var (whole, draw) = (new ConfusionMatrix(groups[0].ClassCount), new ConfusionMatrix(groups[0].ClassCount));
        foreach (var group in groups) whole.Merge(group);
        var generator = new SplitMix64(options.Seed);
        var values = new double[options.Resamples];
        for (var r = 0; r < values.Length; r++)
        {
            draw.Clear();
            for (var g = 0; g < groups.Count; g++) draw.Merge(groups[generator.Below(groups.Count)]);
            values[r] = score(draw);
        }
        return Summarise(score(whole), values, options, groups.Count);
    }

    /// <summary>Interval of the mean of per-group values (folds, seeds, people), each drawn as a whole.</summary>
    /// <exception cref="ArgumentException">There are no values, or an option is out of range.</exception>
    public static Interval OfMean(ReadOnlySpan<double> values, BootstrapOptions options)
    {
        options.Check();
        if (values.IsEmpty) throw new ArgumentException("no values to draw from");
        var generator = new SplitMix64(options.Seed);
        var means = new double[options.Resamples];
        for (var r = 0; r < means.Length; r++)
        {
            var sum = 0.0;
            for (var i = 0; i < values.Length; i++) sum += values[generator.Below(values.Length)];
            means[r] = sum / values.Length;
        }
        return Summarise(MeanAndDeviation.Of(values).Mean, means, options, values.Length);
    }

    internal static Interval Summarise(double estimate, double[] values, BootstrapOptions options, int groups)
    {
        var defined = Array.FindAll(values, v => !double.IsNaN(v));
        if (groups < 2) return new Interval(estimate, double.NaN, double.NaN, options.Level, values.Length, values.Length - defined.Length, groups);
        Array.Sort(defined);
        var tail = (1 - options.Level) / 2;
        return new Interval(
            estimate, Percentile(defined, tail), Percentile(defined, 1 - tail), options.Level,
            values.Length, values.Length - defined.Length, groups);
    }

    /// <summary>Quantile of sorted values by linear interpolation, as NumPy's default.</summary>
    internal static double Percentile(ReadOnlySpan<double> sorted, double share)
    {
        if (sorted.IsEmpty) return double.NaN;
        var place = share * (sorted.Length - 1);
        var below = (int)Math.Floor(place);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}

namespace Kymo.Lab.Metrics;

/// <summary>
/// Percentile bootstrap of a mean over items of which those of a group (a song, a person) are not independent: whole groups are drawn,
/// and the mean is that of all items drawn.
/// </summary>
public static class GroupedMean
{
    /// <summary>Interval of the mean.</summary>
    /// <param name="groups">Sum and number of items of each group.</param>
    /// <param name="options">Resamples, level, seed.</param>
    /// <exception cref="ArgumentException">There are no groups, or an option is out of range.</exception>
    public static Interval Of(IReadOnlyList<(double Sum, double Count)> groups, BootstrapOptions options)
    {
        options.Check();
        if (groups.Count == 0) throw new ArgumentException("no groups to draw from");
        var generator = new SplitMix64(options.Seed);
        var values = new double[options.Resamples];
        for (var r = 0; r < values.Length; r++)
        {
            var (sum, count) = (0.0, 0.0);
            for (var g = 0; g < groups.Count; g++)
            {
                var (s, c) = groups[generator.Below(groups.Count)];
                sum += s;
                count += c;
            }
            values[r] = count == 0 ? double.NaN : sum / count;
        }
        return BootstrapInterval.Summarise(groups.Sum(group => group.Sum) / groups.Sum(group => group.Count), values, options, groups.Count);
    }
}

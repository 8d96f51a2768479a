namespace Kymo.Signals.Sleep;

/// <summary>
/// Activity counts of 15 s from the vertical axis of a wrist accelerometer, as Walch et al. compute them (SLEEP 42(12) zsz180, 2019, after
/// te Lindert and Van Someren, SLEEP 36(5), 2013): 50 Hz, band-pass 3-11 Hz, 128 levels over 0-5 g, the largest level of each second,
/// sums over 15 s, calibrated to an Actiwatch.
/// </summary>
public static class ActivityCount
{
    /// <summary>Seconds of one count.</summary>
    public const int BinSeconds = 15;

    /// <summary>Fewer samples than this cannot be filtered.</summary>
    public const int FewestSamples = 40;

    const int Rate = 50, Levels = 128;
    const double HighestLevel = 5, Offset = 18, Slope = 3.07;

    /// <summary>The band-pass.</summary>
    public static BandPass Filter { get; } = new(5, 3, 11, Rate);

    /// <summary>One count for each 15 s from the first sample on; the last may stand for fewer seconds.</summary>
    /// <param name="times">Seconds, ascending.</param>
    /// <param name="z">Acceleration along the arm's vertical axis, g.</param>
    /// <exception cref="ArgumentException">Too few samples, or less than a second.</exception>
    public static double[] Of(ReadOnlySpan<double> times, ReadOnlySpan<double> z)
    {
        if (times.Length < FewestSamples) throw new ArgumentException($"{times.Length} samples; expected at least {FewestSamples}");
        var even = Interpolation.Evenly(times, z, 1.0 / Rate);
        if (even.Length <= Filter.Padding) throw new ArgumentException("less than a second of motion");
        var filtered = Filter.Apply(even);
        var seconds = (filtered.Length + Rate - 1) / Rate;
        var counts = new double[(seconds + BinSeconds - 1) / BinSeconds];
        for (var second = 0; second < seconds; second++)
        {
            var level = 0;
            foreach (var value in filtered.AsSpan(second * Rate, Math.Min(Rate, filtered.Length - second * Rate)))
                level = Math.Max(level, (int)Math.Floor(Math.Min(Math.Abs(value), HighestLevel) * (Levels / HighestLevel)) + 1);
            counts[second / BinSeconds] += level;
        }
        for (var i = 0; i < counts.Length; i++) counts[i] = Math.Max((counts[i] - Offset) * Slope, 0);
        return counts;
    }
}

namespace Kymo.Signals.Sleep;

/// <summary>Straight lines between samples.</summary>
public static class Interpolation
{
    /// <summary>Values at times, straight between samples and constant beyond them, as NumPy's <c>interp</c>.</summary>
    /// <param name="at">Times asked for, ascending.</param>
    /// <param name="times">Sample times, ascending, at least one.</param>
    /// <param name="values">Sample values.</param>
    public static double[] At(ReadOnlySpan<double> at, ReadOnlySpan<double> times, ReadOnlySpan<double> values)
    {
        var (result, next) = (new double[at.Length], 0);
        for (var i = 0; i < at.Length; i++)
        {
            while (next < times.Length && times[next] <= at[i]) next++;
            result[i] = next == 0 ? values[0] : next == times.Length ? values[^1]
                : values[next - 1] + (values[next] - values[next - 1]) / (times[next] - times[next - 1]) * (at[i] - times[next - 1]);
        }
        return result;
    }

    /// <summary>Values from the first sample's time on, <paramref name="step"/> seconds apart, up to the last sample's time.</summary>
    public static double[] Evenly(ReadOnlySpan<double> times, ReadOnlySpan<double> values, double step)
    {
        var count = (int)Math.Floor((times[^1] - times[0]) / step + 1e-6) + 1;
        var at = new double[count];
        for (var i = 0; i < count; i++) at[i] = times[0] + i * step;
        return At(at, times, values);
    }
}

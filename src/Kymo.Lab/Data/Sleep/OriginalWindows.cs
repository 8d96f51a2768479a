namespace Kymo.Lab.Data.Sleep;

/// <summary>Windows for a classifier.</summary>
/// <param name="Length">Rows of a window.</param>
/// <param name="Features">Numbers of a row.</param>
/// <param name="Values">(window, row, feature), row-major.</param>
/// <param name="Targets">Class of each window.</param>
/// <param name="Starts">Time of each window's first row, seconds.</param>
/// <param name="Dropped">Windows left out, by reason.</param>
public sealed record WindowSet(
    int Length, int Features, float[] Values, int[] Targets, double[] Starts, IReadOnlyDictionary<string, int> Dropped)
{
    /// <summary>Number of windows.</summary>
    public int Count => Targets.Length;

    /// <summary>One window, (row, feature).</summary>
    public ReadOnlySpan<float> this[int window] => Values.AsSpan(window * Length * Features, Length * Features);
}

/// <summary>The original's windows, for <c>compat=original</c>: by row, whether or not time passes evenly, standardised by the person.</summary>
public static class OriginalWindows
{
    const double Epsilon = 2.220446049250313e-16;

    /// <summary>Mean and population deviation of each column; a column that never changes has the deviation 1.</summary>
    public static (double[] Mean, double[] Deviation) Scaler(ReadOnlySpan<double> values, int features)
    {
        var rows = values.Length / features;
        var (mean, deviation) = (new double[features], new double[features]);
        for (var i = 0; i < values.Length; i++) mean[i % features] += values[i];
        for (var f = 0; f < features; f++) mean[f] /= rows;
        for (var i = 0; i < values.Length; i++) deviation[i % features] += (values[i] - mean[i % features]) * (values[i] - mean[i % features]);
        for (var f = 0; f < features; f++)
        {
            var variance = deviation[f] / rows;
            // scikit-learn's rule for what counts as never changing.
            var rounding = rows * mean[f] * Epsilon;
            deviation[f] = variance <= (rows * Epsilon * variance) + (rounding * rounding) ? 1 : Math.Sqrt(variance);
        }
        return (mean, deviation);
    }

    /// <summary>How many windows n rows give: starts 0, stride, ... while start &lt; n - length.</summary>
    public static int Count(int rows, int length, int stride) => rows > length ? (rows - length + stride - 1) / stride : 0;

    /// <summary>Cuts a night; the target is the last row's stage, and windows that end on -1 or 4 are left out.</summary>
    /// <param name="night">A night from <see cref="OriginalJoin"/>: its stages are codes.</param>
    /// <param name="length">Rows of a window.</param>
    /// <param name="stride">Rows from one start to the next.</param>
    public static WindowSet Cut(NightTable night, int length, int stride)
    {
        var features = night.Features.Count;
        var (mean, deviation) = Scaler(night.Values, features);
        var (values, targets, starts, dropped) = (new List<float>(), new List<int>(), new List<double>(), new Dictionary<string, int>());
        for (var start = 0; start < night.Count - length; start += stride)
        {
            var code = night.Stages[start + length - 1];
            var target = code is 4 ? SleepStages.Unknown : SleepStages.FromCode(code);
            if (target < 0)
            {
                var reason = $"ends on code {code}";
                dropped[reason] = dropped.GetValueOrDefault(reason) + 1;
                continue;
            }
            targets.Add(target);
            starts.Add(night.Times[start]);
            for (var row = start; row < start + length; row++)
                for (var f = 0; f < features; f++) values.Add((float)((night[row][f] - mean[f]) / deviation[f]));
        }
        return new WindowSet(length, features, [.. values], [.. targets], [.. starts], dropped);
    }
}

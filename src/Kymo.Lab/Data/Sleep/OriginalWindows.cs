namespace Kymo.Lab.Data.Sleep;

/// <summary>Windows of a night.</summary>
/// <param name="Length">Rows of a window.</param>
/// <param name="Rows">First row of each window.</param>
/// <param name="Targets">Class of five of each window.</param>
/// <param name="Dropped">Windows left out, by reason.</param>
public sealed record WindowList(int Length, int[] Rows, int[] Targets, IReadOnlyDictionary<string, int> Dropped)
{
    /// <summary>Number of windows.</summary>
    public int Count => Targets.Length;
}

/// <summary>The original's windows and scaling, for <c>compat=original</c>: by row, whether or not time passes evenly; scaled by the person.</summary>
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
    public static WindowList Find(NightTable night, int length, int stride)
    {
        var (rows, targets, dropped) = (new List<int>(), new List<int>(), new Dictionary<string, int>());
        for (var start = 0; start < night.Count - length; start += stride)
        {
            var code = night.Stages[start + length - 1];
            var target = code is 4 ? SleepStage.Unknown : SleepStage.FromCode(code);
            if (target < 0)
            {
                var reason = $"ends on code {code}";
                dropped[reason] = dropped.GetValueOrDefault(reason) + 1;
                continue;
            }
            rows.Add(start);
            targets.Add(target);
        }
        return new WindowList(length, [.. rows], [.. targets], dropped);
    }
}

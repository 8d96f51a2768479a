namespace Kymo.Lab.Data.Motion;

/// <summary>Straight lines between points, and running medians.</summary>
static class Lines
{
    /// <summary>The line through points at rising places; held at the ends, or drawn on. Of points at one place the last counts.</summary>
    public static double[] Interpolate(double[] x, double[] y, double[] at, bool extrapolate = false)
    {
        var result = new double[at.Length];
        var left = 0;
        for (var i = 0; i < at.Length; i++)
        {
            if (i > 0 && at[i] < at[i - 1]) left = 0;
            while (left + 2 < x.Length && x[left + 1] <= at[i]) left++;
            var width = x[left + 1] - x[left];
            var part = width > 0 ? (at[i] - x[left]) / width : at[i] >= x[left + 1] ? 1 : 0;
            if (!extrapolate) part = Math.Clamp(part, 0, 1);
            result[i] = y[left] + (part * (y[left + 1] - y[left]));
        }
        return result;
    }

    /// <summary>The median of each value and up to <paramref name="half"/> neighbours on both sides; fewer at the ends.</summary>
    public static double[] RunningMedian(double[] values, int half)
    {
        var (sorted, result) = (new List<double>((2 * half) + 2), new double[values.Length]);
        for (var i = 0; i < Math.Min(half, values.Length); i++) Insert(sorted, values[i]);
        for (var i = 0; i < values.Length; i++)
        {
            if (i + half < values.Length) Insert(sorted, values[i + half]);
            if (i - half - 1 >= 0) sorted.RemoveAt(sorted.BinarySearch(values[i - half - 1]));
            var middle = sorted.Count / 2;
            result[i] = sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
        return result;
    }

    static void Insert(List<double> sorted, double value)
    {
        var at = sorted.BinarySearch(value);
        sorted.Insert(at < 0 ? ~at : at, value);
    }
}

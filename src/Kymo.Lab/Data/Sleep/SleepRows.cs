using Kymo.Signals.Series;
using Kymo.Signals.Sleep;

namespace Kymo.Lab.Data.Sleep;

/// <summary>What a second of motion is told by.</summary>
public enum MotionColumns
{
    /// <summary>Mean of each axis.</summary>
    Mean,

    /// <summary>Also the deviation of the magnitude, the angle of the arm, and the activity count of its 15 s.</summary>
    Summary,
}

/// <summary>How a bin of steps reaches its seconds.</summary>
public enum StepsMode
{
    /// <summary>Every second of a bin has the bin's value.</summary>
    Hold,

    /// <summary>The nearest bin's start within 60 s.</summary>
    Nearest,

    /// <summary>Steps are left out.</summary>
    None,
}

/// <summary>How an epoch's label reaches its seconds.</summary>
public enum LabelJoin
{
    /// <summary>The epoch that holds the time.</summary>
    Epoch,

    /// <summary>The nearest epoch start within 30 s: half an epoch late.</summary>
    Nearest,
}

/// <summary>How rows are made.</summary>
public sealed record SleepRowOptions
{
    /// <summary>Seconds between two rows.</summary>
    public int Alignment { get; init; } = 1;

    /// <summary>Whether the magnitude of the motion is a feature.</summary>
    public bool Magnitude { get; init; }

    /// <summary>What a second of motion is told by.</summary>
    public MotionColumns Motion { get; init; } = MotionColumns.Summary;

    /// <summary>How a bin of steps reaches its seconds.</summary>
    public StepsMode Steps { get; init; } = StepsMode.Hold;

    /// <summary>How an epoch's label reaches its seconds.</summary>
    public LabelJoin Labels { get; init; } = LabelJoin.Epoch;

    /// <summary>Names of the columns, in order.</summary>
    public IReadOnlyList<string> Features =>
    [
        "heart_rate", "motion_x", "motion_y", "motion_z",
        .. Steps == StepsMode.None ? (string[])[] : ["steps"],
        .. Magnitude ? (string[])["motion_magnitude"] : [],
        .. Motion == MotionColumns.Summary ? (string[])["motion_deviation", "arm_angle", "activity_count"] : [],
    ];
}

/// <summary>
/// Rows of a night at equal distances, from the first to the end of the last epoch: heart rate interpolated between samples at most 30 s
/// apart, motion averaged over the row's seconds, steps held over their bin, the stage of the epoch that holds the time.
/// </summary>
public static class SleepRows
{
    const double LargestHeartRateGap = 30, NearestSteps = 60;
    const double Tolerance = 1e-9;

    /// <summary>Makes the rows of a clean night (<see cref="SeriesReader.Clean"/>); a text where there are none.</summary>
    public static (NightTable? Night, string? Failure) Make(NightStreams streams, SleepRowOptions options)
    {
        string[] empty = [.. streams.All.Where(stream => stream.Series.Count == 0 && !(options.Steps == StepsMode.None && stream.Kind == StreamKind.Steps))
            .Select(stream => stream.Kind.Name)];
        if (empty.Length > 0) return (null, "empty sources: " + string.Join(", ", empty));
        var (first, end) = (streams.Labels.Times[0], streams.Labels.Times[^1] + SleepStage.EpochSeconds);
        var count = (int)Math.Floor((end - first) / options.Alignment + Tolerance);
        var times = new double[count];
        for (var i = 0; i < count; i++) times[i] = first + (double)i * options.Alignment;
        if (Overlap(streams, first, end, options) <= 0) return (null, "insufficient overlapping data");

        var columns = new List<(string Stream, double[] Values)> { ("heart_rate", HeartRate(streams.HeartRate, times)) };
        columns.AddRange(Motion(streams.Motion, times, options).Select(column => ("motion", column)));
        if (options.Steps != StepsMode.None) columns.Insert(4, ("steps", Steps(streams.Steps, times, options.Steps)));
        return Complete(streams.Id, times, columns, Stages(streams.Labels, times, options.Labels), options);
    }

    static double Overlap(NightStreams streams, double first, double end, SleepRowOptions options)
    {
        foreach (var (kind, series) in streams.All)
        {
            if (kind == StreamKind.Labels || (kind == StreamKind.Steps && options.Steps == StepsMode.None)) continue;
            var reach = kind == StreamKind.Steps ? Math.Max(series.MedianSpacing(), 0) : 0;
            (first, end) = (Math.Max(first, series.Times[0]), Math.Min(end, series.Times[^1] + (double.IsNaN(reach) ? 0 : reach)));
        }
        return end - first;
    }

    static (NightTable? Night, string? Failure) Complete(
        string id, double[] times, List<(string Stream, double[] Values)> columns, int[] stages, SleepRowOptions options)
    {
        var dropped = new Dictionary<string, int>();
        var (kept, values, labels) = (new List<double>(times.Length), new List<double>(times.Length * columns.Count), new List<int>(times.Length));
        for (var i = 0; i < times.Length; i++)
        {
            var missing = stages[i] == SleepStage.Unknown ? "labels" : columns.Find(column => double.IsNaN(column.Values[i])).Stream;
            if (missing is not null)
            {
                dropped[missing] = dropped.GetValueOrDefault(missing) + 1;
                continue;
            }
            kept.Add(times[i]);
            foreach (var (_, column) in columns) values.Add(column[i]);
            labels.Add(stages[i]);
        }
        return kept.Count == 0 ? (null, "no complete rows")
            : (new NightTable(id, options.Features, [.. kept], [.. values], [.. labels], dropped), null);
    }

    static double[] HeartRate(SensorSeries series, double[] times)
    {
        var (values, next) = (new double[times.Length], 0);
        for (var i = 0; i < times.Length; i++)
        {
            while (next < series.Count && series.Times[next] < times[i]) next++;
            values[i] = double.NaN;
            if (next == series.Count) continue;
            if (series.Times[next] == times[i]) values[i] = series.Channels[0][next];
            else if (next > 0 && series.Times[next] - series.Times[next - 1] is var gap && gap <= LargestHeartRateGap)
            {
                var share = (times[i] - series.Times[next - 1]) / gap;
                values[i] = series.Channels[0][next - 1] + share * (series.Channels[0][next] - series.Channels[0][next - 1]);
            }
        }
        return values;
    }

    // Columns x, y, z [, magnitude] [, deviation, angle, count]; NaN in seconds without a sample.
    static List<double[]> Motion(SensorSeries series, double[] times, SleepRowOptions options)
    {
        var columns = new double[6][];
        for (var c = 0; c < columns.Length; c++) columns[c] = new double[times.Length];
        var (x, y, z) = (series.Channels[0], series.Channels[1], series.Channels[2]);
        var next = 0;
        for (var i = 0; i < times.Length; i++)
        {
            while (next < series.Count && series.Times[next] < times[i]) next++;
            var (sx, sy, sz, sm, squares, begin) = (0.0, 0.0, 0.0, 0.0, 0.0, next);
            for (; next < series.Count && series.Times[next] < times[i] + options.Alignment; next++)
            {
                var squared = x[next] * x[next] + y[next] * y[next] + z[next] * z[next];
                (sx, sy, sz, sm, squares) = (sx + x[next], sy + y[next], sz + z[next], sm + Math.Sqrt(squared), squares + squared);
            }
            double n = next - begin;
            var mean = sm / n;
            columns[0][i] = sx / n;
            columns[1][i] = sy / n;
            columns[2][i] = sz / n;
            columns[3][i] = mean;
            columns[4][i] = n == 0 ? double.NaN : Math.Sqrt(Math.Max(squares / n - mean * mean, 0));
            columns[5][i] = double.RadiansToDegrees(Math.Atan2(sz / n, Math.Sqrt(sx * sx + sy * sy) / n));
        }
        List<double[]> chosen = [columns[0], columns[1], columns[2]];
        if (options.Magnitude) chosen.Add(columns[3]);
        if (options.Motion == MotionColumns.Summary) chosen.AddRange([columns[4], columns[5], Counts(series, times)]);
        return chosen;
    }

    static double[] Counts(SensorSeries series, double[] times)
    {
        var (begin, end) = (Sorted.LowerBound(series.Times, times[0]), Sorted.LowerBound(series.Times, times[^1] + SleepStage.EpochSeconds));
        var values = new double[times.Length];
        if (end - begin < ActivityCount.FewestSamples)
        {
            Array.Fill(values, double.NaN);
            return values;
        }
        var counts = ActivityCount.Of(series.Times.AsSpan(begin..end), series.Channels[2].AsSpan(begin..end));
        for (var i = 0; i < times.Length; i++)
        {
            var bin = (int)Math.Floor((times[i] - series.Times[begin]) / ActivityCount.BinSeconds);
            values[i] = counts[Math.Clamp(bin, 0, counts.Length - 1)];
        }
        return values;
    }

    static double[] Steps(SensorSeries series, double[] times, StepsMode mode)
    {
        var values = new double[times.Length];
        if (mode == StepsMode.Nearest)
        {
            var rows = NearestJoin.Find(times, series.Times, NearestSteps);
            for (var i = 0; i < times.Length; i++) values[i] = rows[i] < 0 ? double.NaN : series.Channels[0][rows[i]];
            return values;
        }
        var bin = series.MedianSpacing();
        var next = 0;
        for (var i = 0; i < times.Length; i++)
        {
            while (next < series.Count && series.Times[next] <= times[i]) next++;
            var held = next > 0 && (next == 1 && series.Count == 1 || times[i] < series.Times[next - 1] + bin - Tolerance
                || (next < series.Count && series.Times[next] - series.Times[next - 1] <= 1.5 * bin));
            values[i] = held ? series.Channels[0][next - 1] : double.NaN;
        }
        return values;
    }

    static int[] Stages(SensorSeries labels, double[] times, LabelJoin join)
    {
        var stages = new int[times.Length];
        var nearest = join == LabelJoin.Nearest ? NearestJoin.Find(times, labels.Times, SleepStage.EpochSeconds) : null;
        var next = 0;
        for (var i = 0; i < times.Length; i++)
        {
            while (next < labels.Count && labels.Times[next] <= times[i] + Tolerance) next++;
            var row = nearest is not null ? nearest[i] : next > 0 && times[i] < labels.Times[next - 1] + SleepStage.EpochSeconds - Tolerance ? next - 1 : -1;
            stages[i] = row < 0 ? SleepStage.Unknown : SleepStage.FromCode(labels.Channels[0][row]);
        }
        return stages;
    }
}

using System.Globalization;
using Kymo.Signals.Series;

namespace Kymo.Lab.Data.Sleep;

/// <summary>One kind of stream in the published tree of Sleep-Accel.</summary>
/// <param name="Name">As failure lists name it.</param>
/// <param name="Folder">Folder under the root.</param>
/// <param name="Ending">End of the file name behind the person's number.</param>
/// <param name="Separator">Between two columns.</param>
/// <param name="Channels">Numbers behind the time.</param>
/// <param name="Low">Smallest value that can be.</param>
/// <param name="High">Largest value that can be.</param>
/// <param name="LargestSpacing">Median distance of two samples, seconds, beyond which times are in another unit.</param>
public sealed record StreamKind(
    string Name, string Folder, string Ending, char Separator, int Channels, double Low, double High, double LargestSpacing)
{
    /// <summary>Beats a minute.</summary>
    public static StreamKind HeartRate { get; } = new("heart_rate", "heart_rate", "_heartrate.txt", ',', 1, 25, 250, 600);

    /// <summary>Acceleration of three axes, g.</summary>
    public static StreamKind Motion { get; } = new("motion", "motion", "_acceleration.txt", ' ', 3, -16, 16, 2);

    /// <summary>Steps counted since the bin began.</summary>
    public static StreamKind Steps { get; } = new("steps", "steps", "_steps.txt", ',', 1, 0, 1e6, 3600);

    /// <summary>Stage codes of epochs.</summary>
    public static StreamKind Labels { get; } = new("labels", "labels", "_labeled_sleep.txt", ' ', 1, -1, 6, 60);

    /// <summary>In the order in which failures list them.</summary>
    public static IReadOnlyList<StreamKind> All { get; } = [HeartRate, Motion, Steps, Labels];
}

/// <summary>Reads streams and cleans them.</summary>
public static class SeriesReader
{
    /// <summary>Reads a file as it stands, rows in the file's order. Lines that are no row are dropped and noted.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">Columns, separator and range.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="checkRange">Whether values that cannot be are dropped too.</param>
    public static SensorSeries Read(string path, StreamKind kind, SeriesFaults faults, bool checkRange)
    {
        var expected = (int)Math.Min(new FileInfo(path).Length / (8 * (kind.Channels + 1)), 1 << 24);
        var times = new List<double>(expected);
        var channels = new List<double>[kind.Channels];
        for (var c = 0; c < channels.Length; c++) channels[c] = new List<double>(expected);
        NumericText.Read(path, kind.Separator, kind.Channels + 1,
            (line, values) =>
            {
                faults.Rows++;
                if (checkRange && Refused(kind, values) is { } problem)
                {
                    faults.Drop(kind == StreamKind.Labels ? "unknown label code" : "out of range", line, problem);
                    return;
                }
                times.Add(values[0]);
                for (var c = 0; c < channels.Length; c++) channels[c].Add(values[c + 1]);
            },
            (line, problem) =>
            {
                faults.Rows++;
                faults.Drop("unreadable line", line, problem);
            });
        return new SensorSeries(path, [.. times], Array.ConvertAll(channels, channel => channel.ToArray()));
    }

    /// <summary>
    /// Sorts (equal times keep the file's order), drops rows that stand there twice, and gives equal times of different values their mean.
    /// What was done is noted.
    /// </summary>
    public static SensorSeries Clean(SensorSeries series, SeriesFaults faults)
    {
        var unsorted = 0;
        for (var i = 1; i < series.Count; i++)
            if (series.Times[i] < series.Times[i - 1]) unsorted++;
        if (unsorted > 0)
            faults.Note("unsorted", unsorted, $"{faults.Path}: {unsorted} rows lie before the row above them; sorted");
        var sorted = series.Sorted();
        var (kept, duplicates, conflicts) = (new List<int>(sorted.Count), 0, 0);
        double[][]? means = null;
        for (var i = 0; i < sorted.Count;)
        {
            var next = i + 1;
            while (next < sorted.Count && sorted.Times[next] == sorted.Times[i]) next++;
            if (next - i > 1)
            {
                var distinct = Distinct(sorted, i, next);
                duplicates += next - i - distinct.Count;
                if (distinct.Count > 1)
                {
                    conflicts += distinct.Count - 1;
                    means ??= Array.ConvertAll(sorted.Channels, channel => (double[])channel.Clone());
                    for (var c = 0; c < means.Length; c++) means[c][i] = distinct.Average(row => sorted.Channels[c][row]);
                }
            }
            kept.Add(i);
            i = next;
        }
        faults.Note("duplicate row", duplicates, $"{faults.Path}: {duplicates} rows stand there more than once; kept once");
        faults.Note("repeated time", conflicts, $"{faults.Path}: {conflicts} times are repeated with other values; averaged");
        if (kept.Count == sorted.Count) return sorted;
        return (means is null ? sorted : sorted with { Channels = means }).Pick([.. kept]);
    }

    /// <summary>Why a stream cannot be in seconds, or null.</summary>
    public static string? WrongUnit(SensorSeries series, StreamKind kind)
    {
        var spacing = series.MedianSpacing();
        if (!(spacing > kind.LargestSpacing)) return null;
        var text = spacing.ToString("0.###", CultureInfo.InvariantCulture);
        var cause = spacing / 1000 <= kind.LargestSpacing ? "the times look like milliseconds; divide them by 1000" : "expected seconds";
        return $"samples lie {text} s apart (median), expected at most {kind.LargestSpacing.ToString(CultureInfo.InvariantCulture)} s: {cause}";
    }

    static string? Refused(StreamKind kind, ReadOnlySpan<double> values)
    {
        foreach (var value in values[1..])
        {
            if (kind == StreamKind.Labels && SleepStage.FromCode(value) == SleepStage.Unknown)
                return $"label code {value.ToString(CultureInfo.InvariantCulture)}; the codes are -1, 0, 1, 2, 3, 4, 5, 6";
            if (value < kind.Low || value > kind.High)
                return FormattableString.Invariant($"{kind.Name} {value}; expected {kind.Low} to {kind.High}");
        }
        return null;
    }

    static List<int> Distinct(SensorSeries series, int from, int to)
    {
        var distinct = new List<int>();
        for (var i = from; i < to; i++)
            if (!distinct.Any(row => series.Channels.All(channel => channel[row] == channel[i]))) distinct.Add(i);
        return distinct;
    }
}

namespace Kymo.Lab.Data.Sleep;

/// <summary>
/// The original's joins, row for row, for <c>compat=original</c>: one timeline from the latest first time to the earliest last time, and
/// the nearest sample of each stream. Its faults are its own: labels of the next epoch, gaps that vanish, one motion sample in fifty.
/// </summary>
public static class OriginalJoin
{
    const double HeartRateTolerance = 10, MotionTolerance = 1, StepsTolerance = 60, LabelTolerance = 30, ShortestOverlap = 60;

    /// <summary>Joins a night; a text in the original's words where it would be skipped.</summary>
    /// <param name="streams">The streams as they stand in the files.</param>
    /// <param name="negativeTimes">Whether times before the polysomnography are kept.</param>
    /// <param name="alignment">Seconds between two rows; 30 also snaps label times to multiples of 30.</param>
    /// <param name="magnitude">Whether the length of the motion vector is a sixth feature.</param>
    public static (NightTable? Night, string? Failure) Join(NightStreams streams, bool negativeTimes, int alignment, bool magnitude)
    {
        var from = negativeTimes ? double.NegativeInfinity : 0;
        var (heart, motion) = (streams.HeartRate.Sorted(from), streams.Motion.Sorted(from));
        var (steps, labels) = (streams.Steps.Sorted(from), streams.Labels.Sorted(from));
        string[] empty = [.. (new[] { ("heart_rate", heart), ("motion", motion), ("steps", steps), ("labels", labels) })
            .Where(stream => stream.Item2.Count == 0).Select(stream => stream.Item1)];
        if (empty.Length > 0) return (null, "empty sources: " + string.Join(", ", empty));

        SensorSeries[] all = [heart, motion, steps, labels];
        var (begin, end) = (all.Max(stream => stream.Times[0]), all.Min(stream => stream.Times[^1]));
        if (end - begin < ShortestOverlap) return (null, "insufficient overlapping data");
        if (alignment == 30) labels = Snap(labels);

        var times = Timeline(begin, end, alignment);
        var rows = new[]
        {
            NearestJoin.Find(times, heart.Times, HeartRateTolerance), NearestJoin.Find(times, motion.Times, MotionTolerance),
            NearestJoin.Find(times, steps.Times, StepsTolerance), NearestJoin.Find(times, labels.Times, LabelTolerance),
        };
        var dropped = new Dictionary<string, int>();
        var (kept, values, stages) = (new List<double>(times.Length), new List<double>(times.Length * 6), new List<int>(times.Length));
        for (var i = 0; i < times.Length; i++)
        {
            var missing = Array.FindIndex(rows, row => row[i] < 0);
            if (missing >= 0)
            {
                var name = StreamKind.All[missing].Name;
                dropped[name] = dropped.GetValueOrDefault(name) + 1;
                continue;
            }
            kept.Add(times[i]);
            var m = rows[1][i];
            var (x, y, z) = (motion.Channels[0][m], motion.Channels[1][m], motion.Channels[2][m]);
            values.AddRange([heart.Channels[0][rows[0][i]], x, y, z, steps.Channels[0][rows[2][i]]]);
            if (magnitude) values.Add(Math.Sqrt(x * x + y * y + z * z));
            stages.Add((int)labels.Channels[0][rows[3][i]]);
        }
        string[] features = magnitude ? ["hr", "x", "y", "z", "steps", "magnitude"] : ["heart_rate", "x", "y", "z", "steps"];
        return kept.Count == 0
            ? (null, "no complete rows")
            : (new NightTable(streams.Id, features, [.. kept], [.. values], [.. stages], dropped), null);
    }

    // As NumPy's arange: as many as fit, each the first plus a multiple of the rounded first step.
    static double[] Timeline(double begin, double end, int step)
    {
        var count = (int)Math.Ceiling((end + 1 - begin) / step);
        var delta = begin + step - begin;
        var times = new double[count];
        for (var i = 0; i < count; i++) times[i] = begin + i * delta;
        return times;
    }

    static SensorSeries Snap(SensorSeries labels)
    {
        var kept = new List<int>();
        var times = Array.ConvertAll(labels.Times, time => time - (time - Math.Floor(time / 30) * 30));
        for (var i = 0; i < times.Length; i++)
            if (i == 0 || times[i] != times[i - 1]) kept.Add(i);
        return (labels with { Times = times }).Pick([.. kept]);
    }
}

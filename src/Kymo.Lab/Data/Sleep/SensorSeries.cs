namespace Kymo.Lab.Data.Sleep;

/// <summary>One stream of a recording.</summary>
/// <param name="Path">The file it was read from.</param>
/// <param name="Times">Seconds.</param>
/// <param name="Channels">One array a channel, each as long as <paramref name="Times"/>.</param>
public sealed record SensorSeries(string Path, double[] Times, double[][] Channels)
{
    /// <summary>Number of samples.</summary>
    public int Count => Times.Length;

    /// <summary>Whether no time lies before its predecessor.</summary>
    public bool IsSorted => !Times.AsSpan().IsEmpty && FirstUnsorted() < 0;

    /// <summary>Median distance of neighbouring times; not a number for fewer than two.</summary>
    public double MedianSpacing()
    {
        if (Count < 2) return double.NaN;
        var spacing = new double[Count - 1];
        for (var i = 0; i < spacing.Length; i++) spacing[i] = Times[i + 1] - Times[i];
        Array.Sort(spacing);
        return spacing[spacing.Length / 2];
    }

    /// <summary>Only the samples whose index is given, in that order.</summary>
    internal SensorSeries Pick(ReadOnlySpan<int> indices)
    {
        var times = new double[indices.Length];
        var channels = Array.ConvertAll(Channels, _ => new double[times.Length]);
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = Times[indices[i]];
            for (var c = 0; c < channels.Length; c++) channels[c][i] = Channels[c][indices[i]];
        }
        return this with { Times = times, Channels = channels };
    }

    /// <summary>Samples from a time on, in ascending order; equal times keep the file's order.</summary>
    internal SensorSeries Sorted(double from = double.NegativeInfinity)
    {
        var indices = new List<int>(Count);
        for (var i = 0; i < Count; i++)
            if (Times[i] >= from) indices.Add(i);
        if (indices.Count == Count && FirstUnsorted() < 0) return this;
        int[] ordered = FirstUnsorted() < 0 ? [.. indices] : [.. indices.OrderBy(i => Times[i])];
        return Pick(ordered);
    }

    internal int FirstUnsorted()
    {
        for (var i = 1; i < Count; i++)
            if (Times[i] < Times[i - 1]) return i;
        return -1;
    }
}

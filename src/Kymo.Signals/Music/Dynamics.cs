namespace Kymo.Signals.Music;

/// <summary>How a segment is played: 16 numbers of loudness, time and pedal.</summary>
public static class Dynamics
{
    /// <summary>Numbers of a segment.</summary>
    public const int Size = 16;

    const double AccentWindow = 4;
    const double Together = 0.030;

    /// <summary>What each number is.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "velocity_mean", "velocity_sd", "velocity_p95_p5", "velocity_median", "velocity_1_31", "velocity_32_63", "velocity_64_95",
        "velocity_96_127", "duration_log2_mean", "duration_log2_sd", "articulation", "note_density", "accent_ratio", "velocity_step",
        "velocity_slope", "pedal_share",
    ];

    /// <summary>Where velocities stand: 0 to 7 and 12 to 14.</summary>
    public static IReadOnlyList<int> VelocityGroup { get; } = [0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14];

    /// <summary>Where times stand: 8 to 11. The score determines them in part.</summary>
    public static IReadOnlyList<int> TimingGroup { get; } = [8, 9, 10, 11];

    /// <summary>Where the pedal stands: 15.</summary>
    public static IReadOnlyList<int> PedalGroup { get; } = [15];

    /// <summary>Computes the numbers.</summary>
    /// <param name="segment">At least one note.</param>
    public static float[] Compute(ScoreSegment segment)
    {
        var notes = segment.Notes;
        var velocities = notes.Select(note => note.Velocity / 127.0).ToArray();
        var sorted = velocities.Order().ToArray();
        var durations = notes.Select(note => Math.Log2(note.Duration)).ToArray();
        double Share(int low, int high) => Statistics.Share(notes.Count(note => note.Velocity >= low && note.Velocity <= high), notes.Count);
        double[] values =
        [
            Statistics.Mean(velocities), Statistics.Deviation(velocities),
            Statistics.Percentile(sorted, 0.95) - Statistics.Percentile(sorted, 0.05), Statistics.Percentile(sorted, 0.5),
            Share(1, 31), Share(32, 63), Share(64, 95), Share(96, 127),
            Math.Clamp((Statistics.Mean(durations) + 6) / 9, 0, 1), Math.Min(1, Statistics.Deviation(durations) / 3),
            Articulation(notes), Math.Min(1, notes.Count / segment.Length / 20), AccentRatio(notes), MeanStep(velocities),
            (Math.Clamp(Slope(notes, velocities), -1, 1) + 1) / 2,
            segment.Pedal.Sum(span => span.To - span.From) / segment.Length,
        ];
        return [.. values.Select(value => (float)value)];
    }

    // How much of the time to the next onset a note sounds, at most twice; half of it, so that legato is 0.5.
    static double Articulation(IReadOnlyList<SegmentNote> notes)
    {
        var ratios = new List<double>();
        var next = 0;
        foreach (var note in notes)
        {
            while (next < notes.Count && notes[next].Onset <= note.Onset + Together) next++;
            if (next == notes.Count) break;
            ratios.Add(Math.Min(2, note.Duration / (notes[next].Onset - note.Onset)));
        }
        return Statistics.Mean(ratios.ToArray()) / 2;
    }

    // Notes louder than the mean plus one deviation of those within four seconds; with fewer than four such notes none is.
    static double AccentRatio(IReadOnlyList<SegmentNote> notes)
    {
        var velocities = notes.Select(note => (double)note.Velocity).ToArray();
        int first = 0, end = 0, accents = 0;
        for (var i = 0; i < notes.Count; i++)
        {
            while (notes[first].Onset < notes[i].Onset - AccentWindow) first++;
            while (end < notes.Count && notes[end].Onset <= notes[i].Onset + AccentWindow) end++;
            var around = velocities.AsSpan(first, end - first);
            if (around.Length >= 4 && velocities[i] > Statistics.Mean(around) + Statistics.Deviation(around)) accents++;
        }
        return Statistics.Share(accents, notes.Count);
    }

    static double MeanStep(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        for (var i = 1; i < values.Length; i++) sum += Math.Abs(values[i] - values[i - 1]);
        return Statistics.Share(sum, values.Length - 1);
    }

    // Of the least-squares line over time, from 0 at the first onset to 1 at the last; 0 where all onsets are equal.
    static double Slope(IReadOnlyList<SegmentNote> notes, double[] velocities)
    {
        var length = notes[^1].Onset - notes[0].Onset;
        if (length <= 0) return 0;
        var times = notes.Select(note => (note.Onset - notes[0].Onset) / length).ToArray();
        var (x, y) = (Statistics.Mean(times), Statistics.Mean(velocities));
        double both = 0, square = 0;
        for (var i = 0; i < times.Length; i++)
        {
            both += (times[i] - x) * (velocities[i] - y);
            square += (times[i] - x) * (times[i] - x);
        }
        return both / square;
    }
}

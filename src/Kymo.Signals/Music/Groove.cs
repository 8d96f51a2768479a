namespace Kymo.Signals.Music;

/// <summary>How a drum part grooves: 32 numbers of micro-timing, swing, density, placement, loudness and syncopation.</summary>
public static partial class Groove
{
    /// <summary>Numbers of a part.</summary>
    public const int Size = 32;

    const double Together = 0.030;
    const double OnTime = 0.010;

    /// <summary>What each number is.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "offset_sd", "offset_mean", "onset_regularity", "on_time_share", "swing", "swing_consistency", "onset_density", "step_density",
        "kick_density", "kick_on_1_3", "kick_ghosts", "snare_density", "snare_on_2_4", "snare_ghosts", "hat_density", "hat_on_eighths",
        "hat_open", "tom_density", "cymbal_density", "kick_velocity_mean", "kick_velocity_sd", "kick_velocity_accent",
        "snare_velocity_mean", "snare_velocity_sd", "snare_velocity_accent", "hat_velocity_mean", "hat_velocity_sd",
        "hat_velocity_accent", "syncopation_lhl", "syncopation_witek", "off_beat_share", "step_spread",
    ];

    /// <summary>Computes the numbers.</summary>
    public static float[] Compute(DrumPattern pattern)
    {
        var values = new double[Size];
        var onsets = Onsets(pattern.Hits);
        Timing(pattern, onsets, values);
        var grid = new Grid(pattern);
        Placement(pattern, grid, values);
        Loudness(pattern, values.AsSpan(19));
        values[28] = Math.Min(1, LonguetHigginsLee(grid) / pattern.Bars / 8);
        values[29] = Math.Min(1, Witek(grid) / pattern.Bars / 32);
        return [.. values.Select(value => (float)value)];
    }

    // Strokes within 30 ms of the first of a group are one onset, at the first's place.
    static List<DrumHit> Onsets(IReadOnlyList<DrumHit> hits)
    {
        var onsets = new List<DrumHit>();
        foreach (var hit in hits)
            if (onsets.Count == 0 || hit.Seconds - onsets[^1].Seconds > Together) onsets.Add(hit);
        return onsets;
    }

    static void Timing(DrumPattern pattern, List<DrumHit> onsets, double[] values)
    {
        var offsets = pattern.Hits.Select(hit => hit.Offset).ToArray();
        values[0] = 2 * Statistics.Deviation(offsets);
        values[1] = 2 * Statistics.Mean(offsets);
        var steps = onsets.Skip(1).Zip(onsets, (next, before) => (next.Position - before.Position) / 4).ToArray();
        values[2] = steps.Length == 0 ? 0 : 1 / (1 + (Statistics.Deviation(steps) / Statistics.Mean(steps)));
        values[3] = Statistics.Share(pattern.Hits.Count(hit => Math.Abs(hit.Seconds - hit.StepSeconds) <= OnTime), pattern.Hits.Count);
        var ratios = SwingRatios([.. onsets.Select(onset => onset.Position / 4)]);
        if (ratios.Length >= 8)
        {
            values[4] = Math.Clamp((Statistics.Mean(ratios) - 0.5) / 0.25, -1, 1);
            values[5] = 1 - Math.Min(1, Statistics.Deviation(ratios) / 0.08);
        }
        values[6] = Math.Min(1, onsets.Count / (pattern.Steps / 4.0) / 8);
    }

    // For each beat: from the onset nearest to it to the first one about half a beat later, in beats.
    static double[] SwingRatios(double[] beats)
    {
        var ratios = new List<double>();
        for (var beat = Math.Floor(beats[0]); beat <= Math.Ceiling(beats[^1]); beat++)
        {
            double? on = null;
            foreach (var onset in beats.AsSpan(From(beats, beat - 0.125)..))
            {
                if (onset > beat + 0.125) break;
                if (on is null || Math.Abs(onset - beat) < Math.Abs(on.Value - beat)) on = onset;
            }
            var late = From(beats, beat + 0.4);
            if (on is null || late == beats.Length || beats[late] > beat + 0.75) continue;
            var ratio = beats[late] - on.Value;
            if (ratio is >= 0.4 and <= 0.75) ratios.Add(ratio);
        }
        return [.. ratios];
    }

    // Index of the first value at or above a bound.
    static int From(double[] sorted, double bound)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < bound) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    static void Placement(DrumPattern pattern, Grid grid, double[] values)
    {
        double ActiveShare(Stream stream) => Statistics.Share(grid.Active(stream).Count(), pattern.Steps);
        double OnShare(Stream stream, Func<int, bool> isOn) =>
            Statistics.Share(grid.Active(stream).Count(step => isOn(grid.InBar(step))), grid.Active(stream).Count());
        double HitShare(Func<DrumHit, bool> counts, params ReadOnlySpan<Drum> drums)
        {
            int all = 0, counted = 0;
            foreach (var hit in pattern.Hits)
            {
                if (!drums.Contains(hit.Drum)) continue;
                all++;
                if (counts(hit)) counted++;
            }
            return Statistics.Share(counted, all);
        }
        values[7] = ActiveShare(Stream.Any);
        values[8] = ActiveShare(Stream.Kick);
        values[9] = OnShare(Stream.Kick, step => step % 8 == 0);
        values[10] = HitShare(hit => hit.Velocity < 40, Drum.Kick);
        values[11] = ActiveShare(Stream.Snare);
        values[12] = OnShare(Stream.Snare, step => step % 8 == 4);
        values[13] = HitShare(hit => hit.Velocity < 40, Drum.Snare);
        values[14] = ActiveShare(Stream.Hats);
        values[15] = OnShare(Stream.Hats, step => step % 2 == 0);
        values[16] = HitShare(hit => hit.Drum == Drum.OpenHat, Drum.ClosedHat, Drum.OpenHat);
        values[17] = ActiveShare(Stream.Toms);
        values[18] = ActiveShare(Stream.Cymbals);
        values[30] = OnShare(Stream.Any, step => step % 4 != 0);
        double x = 0, y = 0;
        foreach (var step in grid.Active(Stream.Any))
        {
            var (sine, cosine) = Math.SinCos(2 * Math.PI * grid.InBar(step) / pattern.StepsPerBar);
            x += cosine;
            y += sine;
        }
        values[31] = 1 - (Math.Sqrt((x * x) + (y * y)) / grid.Active(Stream.Any).Count());
    }

    static void Loudness(DrumPattern pattern, Span<double> values)
    {
        Func<Drum, bool>[] classes = [drum => drum == Drum.Kick, drum => drum == Drum.Snare, drum => drum is Drum.ClosedHat or Drum.OpenHat];
        for (var i = 0; i < classes.Length; i++)
        {
            var hits = pattern.Hits.Where(hit => classes[i](hit.Drum)).ToArray();
            var all = hits.Select(hit => hit.Velocity / 127.0).ToArray();
            bool IsOnBeat(DrumHit hit) => pattern.StepInPattern(hit) % pattern.StepsPerBar % 4 == 0;
            var on = hits.Where(IsOnBeat).Select(hit => hit.Velocity / 127.0).ToArray();
            var off = hits.Where(hit => !IsOnBeat(hit)).Select(hit => hit.Velocity / 127.0).ToArray();
            values[3 * i] = Statistics.Mean(all);
            values[(3 * i) + 1] = Statistics.Deviation(all);
            values[(3 * i) + 2] = on.Length == 0 || off.Length == 0 ? 0 : Statistics.Mean(on) - Statistics.Mean(off);
        }
    }
}

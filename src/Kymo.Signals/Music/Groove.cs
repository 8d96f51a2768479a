using Kymo.Signals.Series;

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
        var onsets = Onsets(pattern.Strokes);
        Timing(pattern, onsets, values);
        var grid = new Grid(pattern);
        Placement(pattern, grid, values);
        Loudness(pattern, values.AsSpan(19));
        values[28] = Math.Min(1, LonguetHigginsLee(grid) / pattern.Bars / 8);
        values[29] = Math.Min(1, Witek(grid) / pattern.Bars / 32);
        return Array.ConvertAll(values, value => (float)value);
    }

    // Strokes within 30 ms of the first of a group are one onset, at the first's place: in beats.
    static double[] Onsets(ReadOnlySpan<DrumHit> hits)
    {
        var (beats, count, last) = (new double[hits.Length], 0, 0.0);
        foreach (ref readonly var hit in hits)
        {
            if (count > 0 && hit.Seconds - last <= Together) continue;
            (beats[count++], last) = (hit.Position / 4, hit.Seconds);
        }
        return beats[..count];
    }

    static void Timing(DrumPattern pattern, double[] beats, double[] values)
    {
        var hits = pattern.Strokes;
        var (offsets, onTime) = (new double[hits.Length], 0);
        for (var i = 0; i < hits.Length; i++)
        {
            ref readonly var hit = ref hits[i];
            offsets[i] = hit.Offset;
            if (Math.Abs(hit.Seconds - hit.StepSeconds) <= OnTime) onTime++;
        }
        values[0] = 2 * Statistics.Deviation(offsets);
        values[1] = 2 * Statistics.Mean(offsets);
        var steps = new double[beats.Length - 1];
        for (var i = 0; i < steps.Length; i++) steps[i] = beats[i + 1] - beats[i];
        values[2] = steps.Length == 0 ? 0 : 1 / (1 + (Statistics.Deviation(steps) / Statistics.Mean(steps)));
        values[3] = Statistics.Share(onTime, hits.Length);
        var ratios = SwingRatios(beats);
        if (ratios.Length >= 8)
        {
            values[4] = Math.Clamp((Statistics.Mean(ratios) - 0.5) / 0.25, -1, 1);
            values[5] = 1 - Math.Min(1, Statistics.Deviation(ratios) / 0.08);
        }
        values[6] = Math.Min(1, beats.Length / (pattern.Steps / 4.0) / 8);
    }

    // For each beat: from the onset nearest to it to the first one about half a beat later, in beats.
    static double[] SwingRatios(double[] beats)
    {
        var ratios = new List<double>();
        for (var beat = Math.Floor(beats[0]); beat <= Math.Ceiling(beats[^1]); beat++)
        {
            double? on = null;
            foreach (var onset in beats.AsSpan(Sorted.LowerBound(beats, beat - 0.125)..))
            {
                if (onset > beat + 0.125) break;
                if (on is null || Math.Abs(onset - beat) < Math.Abs(on.Value - beat)) on = onset;
            }
            var late = Sorted.LowerBound(beats, beat + 0.4);
            if (on is null || late == beats.Length || beats[late] > beat + 0.75) continue;
            var ratio = beats[late] - on.Value;
            if (ratio is >= 0.4 and <= 0.75) ratios.Add(ratio);
        }
        return [.. ratios];
    }

    static void Placement(DrumPattern pattern, Grid grid, double[] values)
    {
        double ActiveShare(Stream stream) => Statistics.Share(grid.Count(stream), pattern.Steps);
        double OnShare(Stream stream, int every, int at) => Statistics.Share(grid.Count(stream, every, at), grid.Count(stream));
        var (ghosts, strokes) = (new int[DrumPitches.Count], new int[DrumPitches.Count]);
        foreach (ref readonly var hit in pattern.Strokes)
        {
            strokes[(int)hit.Drum]++;
            if (hit.Velocity < 40) ghosts[(int)hit.Drum]++;
        }
        double GhostShare(Drum drum) => Statistics.Share(ghosts[(int)drum], strokes[(int)drum]);
        values[7] = ActiveShare(Stream.Any);
        values[8] = ActiveShare(Stream.Kick);
        values[9] = OnShare(Stream.Kick, 8, 0);
        values[10] = GhostShare(Drum.Kick);
        values[11] = ActiveShare(Stream.Snare);
        values[12] = OnShare(Stream.Snare, 8, 4);
        values[13] = GhostShare(Drum.Snare);
        values[14] = ActiveShare(Stream.Hats);
        values[15] = OnShare(Stream.Hats, 2, 0);
        values[16] = Statistics.Share(strokes[(int)Drum.OpenHat], strokes[(int)Drum.ClosedHat] + strokes[(int)Drum.OpenHat]);
        values[17] = ActiveShare(Stream.Toms);
        values[18] = ActiveShare(Stream.Cymbals);
        values[30] = Statistics.Share(grid.Count(Stream.Any) - grid.Count(Stream.Any, 4, 0), grid.Count(Stream.Any));
        values[31] = 1 - (grid.DirectionSum() / grid.Count(Stream.Any));
    }

    static void Loudness(DrumPattern pattern, Span<double> values)
    {
        var hits = pattern.Strokes;
        double[] all = new double[hits.Length], on = new double[hits.Length], off = new double[hits.Length];
        for (var part = 0; part < 3; part++)
        {
            int count = 0, onCount = 0, offCount = 0;
            foreach (ref readonly var hit in hits)
            {
                if (PartOf(hit.Drum) != part) continue;
                var loudness = all[count++] = hit.Velocity / 127.0;
                if (pattern.StepInPattern(hit) % pattern.StepsPerBar % 4 == 0) on[onCount++] = loudness;
                else off[offCount++] = loudness;
            }
            values[3 * part] = Statistics.Mean(all.AsSpan(0, count));
            values[(3 * part) + 1] = Statistics.Deviation(all.AsSpan(0, count));
            var isOneSided = onCount == 0 || offCount == 0;
            values[(3 * part) + 2] = isOneSided ? 0 : Statistics.Mean(on.AsSpan(0, onCount)) - Statistics.Mean(off.AsSpan(0, offCount));
        }
    }

    // Kick, snare, hats; the others' loudness is not described.
    static int PartOf(Drum drum) => drum switch { Drum.Kick => 0, Drum.Snare => 1, Drum.ClosedHat or Drum.OpenHat => 2, _ => -1 };
}

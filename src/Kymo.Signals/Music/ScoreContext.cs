using System.Globalization;

namespace Kymo.Signals.Music;

/// <summary>What a score says of a segment without velocities and pedal: 32 numbers of pitch, rhythm and texture.</summary>
public static class ScoreContext
{
    /// <summary>Numbers of a segment.</summary>
    public const int Size = 32;

    static readonly double[] s_onsetEdges = [0.03, 0.0625, 0.125, 0.25, 0.5, 1, 2];

    /// <summary>What each number is.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. ChordVocabulary.PitchClasses.Select(name => "pitch_class_" + name),
        .. Enumerable.Range(0, 8).Select(i => string.Create(CultureInfo.InvariantCulture, $"pitch_{16 * i}_{(16 * i) + 15}")),
        "onset_step_0", "onset_step_0.03", "onset_step_0.0625", "onset_step_0.125", "onset_step_0.25", "onset_step_0.5", "onset_step_1",
        "onset_step_2", "polyphony", "pitch_range", "pitch_mean", "pitch_step",
    ];

    /// <summary>Computes the numbers.</summary>
    /// <param name="segment">At least one note.</param>
    public static float[] Compute(ScoreSegment segment)
    {
        var notes = segment.Notes;
        var values = new double[Size];
        foreach (var note in notes)
        {
            values[note.Pitch % 12] += 1.0 / notes.Count;
            values[12 + (note.Pitch / 16)] += 1.0 / notes.Count;
            values[28] += Math.Max(0, Math.Min(segment.Length, note.Onset + note.Duration) - note.Onset);
        }
        for (var i = 1; i < notes.Count; i++)
        {
            values[20 + OnsetBin(notes[i].Onset - notes[i - 1].Onset)] += 1.0 / (notes.Count - 1);
            values[31] += Math.Abs(notes[i].Pitch - notes[i - 1].Pitch) / (double)(notes.Count - 1);
        }
        values[28] = Math.Min(1, values[28] / segment.Length / 16);
        values[29] = Math.Min(1, (notes.Max(note => note.Pitch) - notes.Min(note => note.Pitch)) / 87.0);
        values[30] = notes.Average(note => note.Pitch / 127.0);
        values[31] = Math.Min(1, values[31] / 24);
        return [.. values.Select(value => (float)value)];
    }

    static int OnsetBin(double seconds)
    {
        var bin = 0;
        while (bin < s_onsetEdges.Length && seconds >= s_onsetEdges[bin]) bin++;
        return bin;
    }
}

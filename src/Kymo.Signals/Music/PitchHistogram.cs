using System.Globalization;
using Kymo.Signals.Midi;

namespace Kymo.Signals.Music;

/// <summary>What a note adds to the histogram.</summary>
public enum NoteWeight
{
    /// <summary>One.</summary>
    Count,

    /// <summary>Its seconds through the tempo map.</summary>
    Duration,
}

/// <summary>Which notes are counted.</summary>
public enum TrackChoice
{
    /// <summary>Those of all tracks; never drums.</summary>
    All,

    /// <summary>Those of the melody's track, see <see cref="PitchHistogram.MelodyTrack"/>.</summary>
    Melody,
}

/// <summary>What decides a pitch histogram.</summary>
/// <param name="Weight">What a note adds; 1 by default.</param>
/// <param name="Track">Which notes; all by default.</param>
/// <param name="ToNeutralKey">Whether the piece is moved to C major or A minor first; not by default.</param>
public sealed record PitchHistogramOptions(
    NoteWeight Weight = NoteWeight.Count, TrackChoice Track = TrackChoice.All, bool ToNeutralKey = false);

/// <summary>How often each MIDI pitch sounds in a piece: 128 shares that sum to 1, drums left out.</summary>
public static class PitchHistogram
{
    /// <summary>Numbers of a piece.</summary>
    public const int Size = 128;

    const int LeastMelodyNotes = 16;
    static readonly string[] s_melodyNames = ["melody", "lead", "vocal"];

    /// <summary>What each number is: <c>pitch_0</c> to <c>pitch_127</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Enumerable.Range(0, Size).Select(i => "pitch_" + i.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Computes the histogram.</summary>
    /// <param name="midi">The file.</param>
    /// <param name="options">What is counted.</param>
    /// <returns>Null where the file has no such note.</returns>
    public static float[]? Compute(MidiFile midi, PitchHistogramOptions? options = null)
    {
        options ??= new();
        var track = options.Track == TrackChoice.Melody ? MelodyTrack(midi) : null;
        if (options.Track == TrackChoice.Melody && track is null) return null;
        var notes = midi.Notes.Where(note => !note.IsDrum && (track is null || note.Track == track)).ToArray();
        var shift = options.ToNeutralKey ? Key.Estimate(PitchClassDurations(notes))?.ToNeutral ?? 0 : 0;
        var sums = new double[Size];
        foreach (var note in notes)
            sums[Fold(note.Pitch + shift)] += options.Weight == NoteWeight.Count ? 1 : note.End - note.Start;
        var total = sums.Sum();
        return total > 0 ? [.. sums.Select(sum => (float)(sum / total))] : null;
    }

    /// <summary>Seconds that each pitch class sounds, C first; drums left out.</summary>
    public static double[] PitchClassDurations(IEnumerable<MidiNote> notes)
    {
        var durations = new double[12];
        foreach (var note in notes)
            if (!note.IsDrum) durations[note.Pitch % 12] += note.End - note.Start;
        return durations;
    }

    /// <summary>
    /// The melody's track: the first whose name contains melody, lead or vocal in any case and that has notes; else, of the tracks with
    /// at least 16 notes that are no drums, the one of the highest mean pitch, the first of equals. Null where there is none.
    /// </summary>
    public static int? MelodyTrack(MidiFile midi)
    {
        var pitches = midi.Notes.Where(note => !note.IsDrum).GroupBy(note => note.Track)
            .ToDictionary(group => group.Key, group => (Count: group.Count(), Mean: group.Average(note => (double)note.Pitch)));
        for (var track = 0; track < midi.Tracks.Count; track++)
            if (pitches.ContainsKey(track) && s_melodyNames.Any(
                name => midi.Tracks[track].Name.Contains(name, StringComparison.OrdinalIgnoreCase))) return track;
        return pitches.Where(entry => entry.Value.Count >= LeastMelodyNotes)
            .OrderByDescending(entry => entry.Value.Mean).ThenBy(entry => entry.Key).Select(entry => (int?)entry.Key).FirstOrDefault();
    }

    static int Fold(int pitch) => pitch < 0 ? pitch + 12 : pitch >= Size ? pitch - 12 : pitch;
}

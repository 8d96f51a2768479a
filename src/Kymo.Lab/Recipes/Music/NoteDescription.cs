using System.Globalization;
using Kymo.Signals.Midi;
using Kymo.Signals.Series;

namespace Kymo.Lab.Recipes.Music;

/// <summary>
/// A piece's notes without their velocities, as numbers of about unit size: the note, the notes around it, and what its track and piece are
/// like. Nothing of it follows from a velocity or a pedal.
/// </summary>
static class NoteDescription
{
    /// <summary>Numbers of a note.</summary>
    public const int Size = 75;

    const int Roles = 3, Habits = 6, FirstHabit = 55;
    const double Together = 0.03, Near = 1, Around = 4, Joined = 0.01, Same = 0.001;

    /// <summary>What each number is.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "melody_track", "bridge_track", "other_track", "pitch", "duration_log2",
        .. Enumerable.Range(0, 16).Select(i => "sixteenth_" + i.ToString(CultureInfo.InvariantCulture)),
        "together", "highest", "lowest", "onset_step", "pitch_step", "density", "place", "beats_known",
        "offset_from_sixteenth", "distance_from_sixteenth", "before_in_track_log2", "after_in_track_log2",
        "pitch_from_before_in_track", "pitch_to_after_in_track",
        "melody_within_1s", "melody_within_4s", "bridge_within_1s", "bridge_within_4s", "other_within_1s", "other_within_4s",
        "pitch_within_4s", "pitch_from_within_4s", "duration_within_4s", "pitch_from_track", "duration_from_track",
        "melody_pitch", "bridge_pitch", "other_pitch", "melody_duration", "bridge_duration", "other_duration",
        "melody_share", "bridge_share", "tempo_log",
        .. new[] { "melody", "bridge", "other" }.SelectMany(
            role => new[] { "overlaps", "joins", "chords", "lengths", "pitch_sd", "duration_sd" }.Select(habit => $"{role}_{habit}")),
        "melody_with_other", "bridge_with_other",
    ];

    /// <summary>Describes a piece.</summary>
    /// <param name="midi">The piece.</param>
    /// <param name="notes">Its pitched notes in the order of onset, then pitch; at least one.</param>
    /// <returns>(note, number).</returns>
    public static float[] Of(MidiFile midi, IReadOnlyList<MidiNote> notes)
    {
        var rows = new float[notes.Count * Size];
        int[] roles = [.. midi.Tracks.Select(track => RoleOf(track.Name))];
        Surroundings(midi, notes, roles, rows);
        Tracks(notes, roles, rows);
        Piece(midi, notes, roles, rows);
        Playing(notes, roles, rows);
        return rows;
    }

    static int RoleOf(string track) => track.Contains("melody", StringComparison.OrdinalIgnoreCase) ? 0
        : track.Contains("bridge", StringComparison.OrdinalIgnoreCase) ? 1 : 2;

    static double LogDuration(MidiNote note) => Math.Log2(Math.Max(note.End - note.Start, 0.01));

    // Each note against all that sound about its time: numbers 0 to 30 and 41 to 43.
    static void Surroundings(MidiFile midi, IReadOnlyList<MidiNote> notes, int[] roles, float[] rows)
    {
        var end = Math.Max(notes.Max(note => note.End), 1e-3);
        double[] onsets = [.. notes.Select(note => note.Start)];
        var (pitches, durations) = (Sums(notes, note => note.Pitch), Sums(notes, LogDuration));
        for (var i = 0; i < notes.Count; i++)
        {
            var note = notes[i];
            var row = rows.AsSpan(i * Size, Size);
            row[roles[note.Track]] = 1;
            row[3] = (note.Pitch - 60) / 24f;
            row[4] = (float)LogDuration(note) / 3;
            if (midi.TicksPerQuarter is { } quarter)
            {
                var place = 4.0 * note.StartTick / quarter;
                row[5 + (int)(Math.Round(place) % 16)] = 1;
                row[28] = 1;
                row[29] = (float)(place - Math.Round(place));
                row[30] = Math.Abs(row[29]);
            }
            var (near, nearEnd) = Within(onsets, note.Start, Together);
            row[21] = (nearEnd - near) / 4f;
            (row[22], row[23]) = (1, 1);
            for (var j = near; j < nearEnd; j++)
            {
                if (notes[j].Pitch > note.Pitch) row[22] = 0;
                if (notes[j].Pitch < note.Pitch) row[23] = 0;
            }
            row[24] = i == 0 ? 0 : (float)Math.Min(note.Start - notes[i - 1].Start, 2);
            row[25] = i == 0 ? 0 : (note.Pitch - notes[i - 1].Pitch) / 12f;
            var (around, aroundEnd) = Within(onsets, note.Start, Near);
            row[26] = (aroundEnd - around) / 16f;
            row[27] = (float)(note.Start / end);
            var (first, last) = Within(onsets, note.Start, Around);
            var pitch = (pitches[last] - pitches[first]) / (last - first);
            (row[41], row[42]) = ((float)(pitch - 60) / 24, (float)(note.Pitch - pitch) / 12);
            row[43] = (float)(durations[last] - durations[first]) / (last - first) / 3;
        }
    }

    // Each note against those of its own track, and how much each track plays about its time: 31 to 40.
    static void Tracks(IReadOnlyList<MidiNote> notes, int[] roles, float[] rows)
    {
        int[] Of(int role) => [.. Enumerable.Range(0, notes.Count).Where(i => roles[notes[i].Track] == role)];
        int[][] own = [.. Enumerable.Range(0, Roles).Select(Of)];
        double[][] onsets = [.. own.Select(indices => indices.Select(i => notes[i].Start).ToArray())];
        for (var i = 0; i < notes.Count; i++)
        {
            var note = notes[i];
            var row = rows.AsSpan(i * Size, Size);
            var role = roles[note.Track];
            var (same, after) = Within(onsets[role], note.Start, Together);
            row[31] = Gap(same == 0 ? 4 : note.Start - onsets[role][same - 1]);
            row[32] = Gap(after == own[role].Length ? 4 : onsets[role][after] - note.Start);
            row[33] = same == 0 ? 0 : (note.Pitch - notes[own[role][same - 1]].Pitch) / 12f;
            row[34] = after == own[role].Length ? 0 : (notes[own[role][after]].Pitch - note.Pitch) / 12f;
            for (var other = 0; other < Roles; other++)
            {
                row[35 + (2 * other)] = Count(Within(onsets[other], note.Start, Near));
                row[36 + (2 * other)] = Count(Within(onsets[other], note.Start, Around));
            }
        }

        static float Gap(double seconds) => (float)Math.Log2(Math.Clamp(seconds, 0.03, 4)) / 3;
        static float Count((int First, int End) range) => (float)Math.Log(1 + range.End - range.First);
    }

    // What the tracks of the piece are like, the same in every row, and how the note differs from its own: 44 to 54.
    static void Piece(MidiFile midi, IReadOnlyList<MidiNote> notes, int[] roles, float[] rows)
    {
        var (pitch, duration, counts) = (new double[Roles], new double[Roles], new int[Roles]);
        foreach (var note in notes)
        {
            var role = roles[note.Track];
            pitch[role] += note.Pitch;
            duration[role] += LogDuration(note);
            counts[role]++;
        }
        for (var role = 0; role < Roles; role++)
        {
            pitch[role] = counts[role] == 0 ? 60 : pitch[role] / counts[role];
            duration[role] = counts[role] == 0 ? -1.5 : duration[role] / counts[role];
        }
        var beat = midi.TempoChanges.Count > 0 ? midi.TempoChanges[0].MicrosecondsPerQuarter : TempoMap.DefaultMicrosecondsPerQuarter;
        var tempo = midi.TicksPerQuarter is null ? 100 : 60e6 / beat;
        for (var i = 0; i < notes.Count; i++)
        {
            var row = rows.AsSpan(i * Size, Size);
            var role = roles[notes[i].Track];
            row[44] = (float)(notes[i].Pitch - pitch[role]) / 12;
            row[45] = (float)(LogDuration(notes[i]) - duration[role]) / 3;
            for (var other = 0; other < Roles; other++)
            {
                row[46 + other] = (float)(pitch[other] - 60) / 24;
                row[49 + other] = (float)duration[other] + 1.5f;
            }
            (row[52], row[53]) = (2f * counts[0] / notes.Count, 2f * counts[1] / notes.Count);
            row[54] = (float)Math.Log(tempo / 100);
        }
    }

    // How each track is played, the same in every row: 55 to 74. Of its notes the share that sounds on when the next one begins, that ends
    // just there, that begins together with the one before; how many lengths (in ms) there are for a note, how much pitch and length vary.
    // Then the shares of the melody and of the bridge that begin with a note of the rest.
    static void Playing(IReadOnlyList<MidiNote> notes, int[] roles, float[] rows)
    {
        MidiNote[][] own = [.. Enumerable.Range(0, Roles).Select(role => notes.Where(note => roles[note.Track] == role).ToArray())];
        double[][] onsets = [.. own.Select(track => track.Select(note => note.Start).ToArray())];
        var habits = new float[(Roles * Habits) + 2];
        for (var role = 0; role < Roles; role++)
            if (own[role].Length > 1) Habit(own[role], onsets[role]).CopyTo(habits, role * Habits);
        for (var role = 0; role < 2; role++)
            if (own[role].Length > 0)
                habits[(Roles * Habits) + role] = (float)onsets[role].Average(onset => HasOnset(onsets[2], onset) ? 1.0 : 0);
        for (var i = 0; i < notes.Count; i++) habits.CopyTo(rows, (i * Size) + FirstHabit);
    }

    static bool HasOnset(double[] onsets, double at)
    {
        var (first, end) = Within(onsets, at, Same);
        return end > first;
    }

    static float[] Habit(MidiNote[] track, double[] onsets)
    {
        var (overlaps, joins, followed, chords) = (0, 0, 0, 0);
        for (var i = 0; i < track.Length; i++)
        {
            if (i > 0 && onsets[i] - onsets[i - 1] <= Together) chords++;
            var next = Within(onsets, onsets[i], Together).End;
            if (next == track.Length) continue;
            followed++;
            var gap = onsets[next] - track[i].End;
            if (gap < -Joined) overlaps++;
            else if (gap <= Joined) joins++;
        }
        var lengths = track.Select(note => Math.Round(1000 * (note.End - note.Start))).Distinct().Count();
        return
        [
            overlaps / Math.Max(1f, followed), joins / Math.Max(1f, followed), chords / (track.Length - 1f), lengths / (float)track.Length,
            (float)(Deviation(track.Select(note => (double)note.Pitch)) / 12), (float)Deviation(track.Select(LogDuration)),
        ];
    }

    static double Deviation(IEnumerable<double> values)
    {
        double[] all = [.. values];
        var mean = all.Average();
        return Math.Sqrt(all.Average(value => (value - mean) * (value - mean)));
    }

    // First and end of the onsets that lie no farther than some seconds from a moment.
    static (int First, int End) Within(double[] onsets, double at, double seconds)
    {
        var first = Sorted.LowerBound(onsets, at - seconds);
        return (first, Sorted.LowerBound(onsets, Math.BitIncrement(at + seconds)));
    }

    static double[] Sums(IReadOnlyList<MidiNote> notes, Func<MidiNote, double> of)
    {
        var sums = new double[notes.Count + 1];
        for (var i = 0; i < notes.Count; i++) sums[i + 1] = sums[i] + of(notes[i]);
        return sums;
    }
}

using Kymo.Signals.Midi;

namespace Kymo.Signals.Music;

/// <summary>A note of a segment, in seconds from the segment's start.</summary>
/// <param name="Onset">When it begins.</param>
/// <param name="Duration">How long it sounds, not cut at the segment's end; at least 0.001 s.</param>
/// <param name="Pitch">MIDI pitch.</param>
/// <param name="Velocity">1 to 127.</param>
public readonly record struct SegmentNote(double Onset, double Duration, int Pitch, int Velocity);

/// <summary>A stretch of a piece: its pitched notes in the order of onset, then pitch, and when the damper pedal is down.</summary>
public sealed class ScoreSegment
{
    /// <summary>Fewer notes make no segment.</summary>
    public const int LeastNotes = 16;

    ScoreSegment(int index, double length, SegmentNote[] notes, (double, double)[] pedal) =>
        (Index, Length, Notes, Pedal) = (index, length, notes, pedal);

    /// <summary>Which stretch of the piece, from 0.</summary>
    public int Index { get; }

    /// <summary>Seconds: the stretch, or up to the end of the piece's last note where that is earlier; at least 1.</summary>
    public double Length { get; }

    /// <summary>The notes.</summary>
    public IReadOnlyList<SegmentNote> Notes { get; }

    /// <summary>Stretches of time within the segment where the pedal of some pitched channel is down, in order, without overlap.</summary>
    public IReadOnlyList<(double From, double To)> Pedal { get; }

    /// <summary>Cuts a piece.</summary>
    /// <param name="midi">The piece; drums are left out.</param>
    /// <param name="seconds">Length of a stretch; null for the whole piece as one.</param>
    /// <returns>The stretches with at least 16 notes.</returns>
    public static IReadOnlyList<ScoreSegment> Cut(MidiFile midi, double? seconds = 30)
    {
        if (seconds is { } given) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(given);
        var length = seconds ?? double.PositiveInfinity;
        var pitched = midi.Notes.Where(note => !note.IsDrum).ToArray();
        if (pitched.Length == 0) return [];
        var end = pitched.Max(note => note.End);
        var down = PedalDown(midi, end);
        return
        [
            .. pitched.GroupBy(note => seconds is null ? 0 : (int)(note.Start / length)).OrderBy(group => group.Key)
                .Where(group => group.Count() >= LeastNotes)
                .Select(group => Make(group.Key, seconds is null ? 0 : group.Key * length, length, end, group, down)),
        ];
    }

    static ScoreSegment Make(
        int index, double start, double length, double end, IEnumerable<MidiNote> notes, IReadOnlyList<(double From, double To)> down)
    {
        var seconds = Math.Max(1, Math.Min(length, end - start));
        var inside = notes.Select(note => new SegmentNote(note.Start - start, Math.Max(note.End - note.Start, 0.001), note.Pitch, note.Velocity))
            .OrderBy(note => note.Onset).ThenBy(note => note.Pitch).ToArray();
        var pedal = down.Select(span => (From: Math.Max(0, span.From - start), To: Math.Min(seconds, span.To - start)))
            .Where(span => span.To > span.From).ToArray();
        return new(index, seconds, inside, pedal);
    }

    // Channels are merged: the pedal is down while that of any pitched channel is.
    static List<(double From, double To)> PedalDown(MidiFile midi, double end)
    {
        var spans = new List<(double From, double To)>();
        var held = new HashSet<int>();
        var since = 0.0;
        foreach (var control in midi.Controls)
        {
            if (control.Controller != MidiControl.Damper || control.Channel == MidiNote.DrumChannel) continue;
            var wasDown = held.Count > 0;
            if (control.Value >= 64) held.Add(control.Channel);
            else held.Remove(control.Channel);
            if (!wasDown && held.Count > 0) since = control.Time;
            if (wasDown && held.Count == 0) spans.Add((since, control.Time));
        }
        if (held.Count > 0) spans.Add((since, Math.Max(since, end)));
        return spans;
    }
}

using System.Runtime.InteropServices;

namespace Kymo.Signals.Midi;

/// <summary>Brings notes into the order of onset tick, pitch, channel; equal ones stay as they are.</summary>
static class NoteOrder
{
    // A chord is sorted by moving its notes; a hostile file may begin a million notes at one tick.
    const int LargestChord = 32;

    /// <summary>Sorts, in place where onsets are in order already, as they are in one track.</summary>
    public static List<MidiNote> Sort(List<MidiNote> notes)
    {
        var span = CollectionsMarshal.AsSpan(notes);
        for (int start = 0, end; start < span.Length; start = end)
        {
            for (end = start + 1; end < span.Length && span[end].StartTick == span[start].StartTick; end++) { }
            if (end - start > LargestChord || (end < span.Length && span[end].StartTick < span[start].StartTick)) return Whole(notes);
            SortChord(span[start..end]);
        }
        return notes;
    }

    static void SortChord(Span<MidiNote> chord)
    {
        for (var i = 1; i < chord.Length; i++)
        {
            var (note, at) = (chord[i], i);
            for (; at > 0 && IsBefore(note, chord[at - 1]); at--) chord[at] = chord[at - 1];
            chord[at] = note;
        }
    }

    static bool IsBefore(in MidiNote a, in MidiNote b) => a.Pitch < b.Pitch || (a.Pitch == b.Pitch && a.Channel < b.Channel);

    static List<MidiNote> Whole(List<MidiNote> notes) =>
        [.. notes.OrderBy(note => note.StartTick).ThenBy(note => note.Pitch).ThenBy(note => note.Channel)];
}

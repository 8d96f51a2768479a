using Kymo.Signals.Midi;

namespace Kymo.Signals.Tests.Music;

/// <summary>Standard MIDI Files made by hand: 120 quarters a minute, 480 ticks a quarter.</summary>
static class HandMadeMidi
{
    /// <summary>A file of notes (tick, length in ticks, pitch, velocity) on one channel, counted from 1.</summary>
    public static MidiFile Of(int channel, params IEnumerable<(int Tick, int Length, int Pitch, int Velocity)> notes) =>
        MidiFile.Parse(Bytes(channel, notes), "hand-made.mid");

    /// <summary>The bytes of such a file, format 0.</summary>
    public static byte[] Bytes(int channel, IEnumerable<(int Tick, int Length, int Pitch, int Velocity)> notes)
    {
        var events = notes.SelectMany((note, i) => new[]
        {
            (note.Tick, Order: (2 * i) + 1, Status: 0x90 | (channel - 1), note.Pitch, note.Velocity),
            (Tick: note.Tick + note.Length, Order: (2 * i) - 1_000_000, Status: 0x80 | (channel - 1), note.Pitch, Velocity: 0),
        }).OrderBy(entry => entry.Tick).ThenBy(entry => entry.Order);
        var track = new List<byte>();
        var tick = 0;
        foreach (var entry in events)
        {
            track.AddRange(Number(entry.Tick - tick));
            track.AddRange([(byte)entry.Status, (byte)entry.Pitch, (byte)entry.Velocity]);
            tick = entry.Tick;
        }
        track.AddRange([0, 0xFF, 0x2F, 0]);
        return
        [
            .. "MThd"u8, 0, 0, 0, 6, 0, 0, 0, 1, 1, 0xE0,
            .. "MTrk"u8, 0, (byte)(track.Count >> 16), (byte)(track.Count >> 8), (byte)track.Count, .. track,
        ];
    }

    static byte[] Number(int value) => value < 0x80 ? [(byte)value]
        : value < 0x4000 ? [(byte)(0x80 | (value >> 7)), (byte)(value & 0x7F)]
        : [(byte)(0x80 | (value >> 14)), (byte)(0x80 | ((value >> 7) & 0x7F)), (byte)(value & 0x7F)];
}

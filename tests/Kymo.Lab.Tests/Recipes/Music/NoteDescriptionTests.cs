using Kymo.Lab.Recipes.Music;
using Kymo.Signals.Midi;

namespace Kymo.Lab.Tests.Recipes.Music;

public sealed class NoteDescriptionTests
{
    // Melody: 72 and 74, half a second each; piano: 48 and 52 for a second.
    static MidiFile Piece(byte loud = 80, params byte[] pedal) => MidiFile.Parse(
        [
            .. "MThd"u8, 0, 0, 0, 6, 0, 1, 0, 2, 1, 0xE0,
            .. Track("MELODY", [0, 0x90, 72, loud, 0x83, 0x60, 72, 0, 0, 74, 1, 0x83, 0x60, 74, 0]),
            .. Track("PIANO", [.. pedal, 0, 0x90, 48, 9, 0, 52, loud, 0x87, 0x40, 48, 0, 0, 52, 0]),
        ], "piece.mid");

    static byte[] Track(string name, byte[] events)
    {
        byte[] all = [0, 0xFF, 0x03, (byte)name.Length, .. name.Select(letter => (byte)letter), .. events, 0, 0xFF, 0x2F, 0];
        return [.. "MTrk"u8, 0, 0, 0, (byte)all.Length, .. all];
    }

    static float[][] Describe(MidiFile midi) =>
        [.. NoteDescription.Of(midi, [.. midi.Notes.OrderBy(note => note.Start).ThenBy(note => note.Pitch)]).Chunk(NoteDescription.Size)];

    [Fact]
    public void Of_says_what_stands_around_a_note()
    {
        Assert.Equal(NoteDescription.Size, NoteDescription.Names.Distinct().Count());
        var rows = Describe(Piece());
        Assert.Equal(4, rows.Length);
        int At(string name) => NoteDescription.Names.Index().First(entry => entry.Item == name).Index;
        void Is(int note, string name, double expected) => Assert.Equal(expected, rows[note][At(name)], 1e-6);
        foreach (var note in new[] { 0, 1, 2, 3 })
        {
            Is(note, "melody_share", 1);
            Is(note, "melody_pitch", 13 / 24.0);
            Is(note, "other_pitch", -10 / 24.0);
            Is(note, "bridge_pitch", 0);
            Is(note, "melody_duration", 0.5);
            Is(note, "tempo_log", Math.Log(1.2));
            Is(note, "melody_within_1s", Math.Log(3));
            Is(note, "pitch_within_4s", 1.5 / 24);
            Is(note, "density", 4 / 16.0);
            Is(note, "distance_from_sixteenth", 0);
            Is(note, "melody_overlaps", 0);
            Is(note, "melody_joins", 1);
            Is(note, "melody_chords", 0);
            Is(note, "melody_lengths", 0.5);
            Is(note, "melody_pitch_sd", 1 / 12.0);
            Is(note, "melody_duration_sd", 0);
            Is(note, "other_joins", 0);
            Is(note, "other_chords", 1);
            Is(note, "other_pitch_sd", 2 / 12.0);
            Is(note, "bridge_lengths", 0);
            Is(note, "melody_with_other", 0.5);
            Is(note, "bridge_with_other", 0);
        }
        Is(0, "lowest", 1);
        Is(0, "highest", 0);
        Is(1, "lowest", 0);
        Is(2, "highest", 1);
        Is(2, "together", 0.75);
        Is(2, "after_in_track_log2", -1 / 3.0);
        Is(2, "before_in_track_log2", 2 / 3.0);
        Is(2, "pitch_to_after_in_track", 2 / 12.0);
        Is(2, "pitch_from_track", -1 / 12.0);
        Is(3, "pitch_from_before_in_track", 2 / 12.0);
        Is(3, "sixteenth_4", 1);
        Is(3, "place", 0.5);
        Is(3, "onset_step", 0.5);
    }

    [Fact]
    public void Of_knows_nothing_of_velocities_and_pedals()
    {
        var plain = Describe(Piece());
        Assert.Equal(plain, Describe(Piece(127)));
        Assert.Equal(plain, Describe(Piece(1, 0, 0xB0, 64, 127)));
    }

    [Fact]
    public void Scaling_of_steps_leaves_out_those_that_do_not_count()
    {
        MusicExample[] items = [new("a", "a", [1, 5, 3, 5, 99, 99]) { Mask = [1, 1, 0] }, new("b", "b", [5, 5, 99, 99, 99, 99]) { Mask = [1, 0, 0] }];
        var (mean, deviation) = MusicScaling.OfSteps(items, 2);
        Assert.Equal([3f, 5f], mean);
        Assert.Equal(Math.Sqrt(8 / 3.0), deviation[0], 1e-6);
        Assert.Equal(1e-3f, deviation[1]);
    }

    [Fact]
    public void LeastAbsolute_is_the_line_that_most_answers_lie_on()
    {
        // Every fifth answer is far off; the squares follow it, the absolute errors do not.
        MusicExample[] items =
        [
            .. Enumerable.Range(0, 200).Select(i => new MusicExample($"{i}", $"{i}", [i / 100f])
            {
                Numbers = [(i % 5 == 0 ? 3f : 0) + (0.5f * i / 100)],
                Mask = [1],
            }),
        ];
        var (squares, absolute) = (Rivals.Ridge(items, 1, item => item.Input, 1, 1e-6), Rivals.LeastAbsolute(items, item => item.Input, 1));
        var at = new MusicExample("", "", [1]) { Numbers = [0], Mask = [1] };
        Assert.InRange(squares(at)[0], 0.9f, 1.3f);
        Assert.InRange(absolute(at)[0], 0.45f, 0.55f);
    }
}

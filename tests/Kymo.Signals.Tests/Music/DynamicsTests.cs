using Kymo.Signals.Midi;
using Kymo.Signals.Music;

namespace Kymo.Signals.Tests.Music;

public sealed class DynamicsTests
{
    // 16 notes a quarter of a second apart, 0.2 s long, rising in pitch and velocity.
    static MidiFile Rising(int from = 0) =>
        HandMadeMidi.Of(1, Enumerable.Range(0, 16).Select(i => (from + (240 * i), 192, 60 + i, 40 + (5 * i))));

    [Fact]
    public void Compute_of_a_rising_scale_gives_the_golden_vectors()
    {
        var segment = Assert.Single(ScoreSegment.Cut(Rising()));
        Assert.Equal(0, segment.Index);
        Assert.Equal(3.95, segment.Length, 1e-9);
        double[] dynamics =
        [
            0.610236, 0.181487, 0.531496, 0.610236, 0, 0.3125, 0.4375, 0.25, 0.408675, 0, 0.4, 0.202532, 0.1875, 0.039370, 0.795276, 0,
        ];
        Assert.All(dynamics.Zip(Dynamics.Compute(segment)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        var context = new double[ScoreContext.Size];
        for (var i = 0; i < 12; i++) context[i] = i < 4 ? 0.125 : 0.0625;
        (context[15], context[16], context[24], context[28]) = (0.25, 0.75, 1, 0.050633);
        (context[29], context[30], context[31]) = (0.172414, 0.531496, 0.041667);
        Assert.All(context.Zip(ScoreContext.Compute(segment)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Cut_begins_segments_at_multiples_of_30_seconds_and_leaves_out_thin_ones()
    {
        // 16 notes from 31 s on: nothing in the first half minute.
        var segment = Assert.Single(ScoreSegment.Cut(Rising(from: 31 * 960)));
        Assert.Equal(1, segment.Index);
        Assert.Equal(1, segment.Notes[0].Onset, 1e-9);
        Assert.Equal(0, Assert.Single(ScoreSegment.Cut(Rising(from: 31 * 960), seconds: null)).Index);
        Assert.Empty(ScoreSegment.Cut(HandMadeMidi.Of(1, [(0, 10, 60, 60)])));
    }

    [Fact]
    public void Pedal_is_carried_into_the_segment_and_merged_over_channels()
    {
        // The pedal goes down at 0 s on channel 1, at 1 s on channel 2, up at 2 s and 3 s.
        byte[] track =
        [
            0, 0xB0, 64, 127, 0x87, 0x40, 0xB1, 64, 64, 0x87, 0x40, 0xB0, 64, 63, 0x87, 0x40, 0xB1, 64, 0, 0, 0xFF, 0x2F, 0,
        ];
        byte[] notes = HandMadeMidi.Bytes(3, Enumerable.Range(0, 16).Select(i => (480 * i, 480, 60, 60)));
        byte[] file =
        [
            .. "MThd"u8, 0, 0, 0, 6, 0, 1, 0, 2, 1, 0xE0, .. "MTrk"u8, 0, 0, 0, (byte)track.Length, .. track, .. notes[14..],
        ];
        var midi = MidiFile.Parse(file, "pedal.mid");
        Assert.Equal([0, 1, 2, 3], midi.Controls.Select(control => control.Time));
        var whole = Assert.Single(ScoreSegment.Cut(midi));
        Assert.Equal([(0.0, 3.0)], whole.Pedal);
        Assert.Equal(3.0 / 8, Dynamics.Compute(whole)[15], 1e-6);
    }
}

using Kymo.Signals.Midi;
using Kymo.Signals.Music;

namespace Kymo.Signals.Tests.Music;

public sealed class PitchHistogramTests
{
    static MidiFile Golden { get; } = MidiFile.Parse(
        Convert.FromHexString(
            "4d546864000000060001000301e04d54726b0000001300ff510307a1208740ff510303d09000ff2f00" +
            "4d54726b0000002400903c6483603c0000405a83604000003c508360803c400090437f8740b0407f00ff2f00" +
            "4d54726b000000130099246e81702400817016323c160000ff2f00"), "golden.mid");

    [Fact]
    public void Compute_of_the_golden_file_counts_pitched_notes()
    {
        var histogram = PitchHistogram.Compute(Golden)!;
        Assert.Equal((0.5f, 0.25f, 0.25f), (histogram[60], histogram[64], histogram[67]));
        Assert.Equal(1, histogram.Sum(), 1e-6);
        var weighted = PitchHistogram.Compute(Golden, new(NoteWeight.Duration))!;
        Assert.Equal(0.75 / 1.75, weighted[60], 1e-6);
        var control = Assert.Single(Golden.Controls);
        Assert.Equal((64, 127, 1, 1, 1.75), (control.Controller, control.Value, control.Channel, control.Track, control.Time));
        Assert.Equal([new(0, 500_000), new(960, 250_000)], Golden.TempoChanges);
    }

    [Fact]
    public void Compute_of_drums_alone_is_nothing() =>
        Assert.Null(PitchHistogram.Compute(HandMadeMidi.Of(10, [(0, 10, 36, 100)])));

    [Fact]
    public void Compute_in_a_neutral_key_moves_d_major_to_c()
    {
        int[] scale = [62, 64, 66, 67, 69, 71, 73, 74, 69, 62, 66, 69];
        var midi = HandMadeMidi.Of(1, scale.Select((pitch, i) => (480 * i, 480, pitch, 80)));
        Assert.Equal(new Key(2, false), Key.Estimate(PitchHistogram.PitchClassDurations(midi.Notes)));
        var moved = PitchHistogram.Compute(midi, new(ToNeutralKey: true))!;
        Assert.All(scale, pitch => Assert.True(moved[pitch - 2] > 0));
        Assert.Equal(0, moved[66]);
    }

    [Theory]
    [InlineData("Gb:maj", 6), InlineData("F#:min", 18), InlineData("C", 0), InlineData("Am", 21), InlineData("B:minor", 23)]
    public void Key_reads_labels(string label, int index) => Assert.Equal(index, Key.TryParse(label)!.Value.Index);

    [Fact]
    public void Key_refuses_what_is_none_and_knows_the_way_to_neutral()
    {
        Assert.Null(Key.TryParse("C:dorian"));
        Assert.Null(Key.TryParse(""));
        Assert.Equal([0, -2, 5, -6], new[] { new Key(0, false), new(2, false), new(7, false), new(6, false) }.Select(key => key.ToNeutral));
        Assert.Equal((0, 3), (new Key(9, true).ToNeutral, new Key(6, true).ToNeutral));
    }

    [Fact]
    public void MelodyTrack_is_found_by_name_in_real_songs()
    {
        var midi = MidiFile.Read(Path.Combine(Repository.Shared("data", "pop909"), "001", "001.mid"));
        Assert.Equal("MELODY", midi.Tracks[PitchHistogram.MelodyTrack(midi)!.Value].Name);
    }

    [Fact]
    public void Condition_of_a_funk_beat_has_its_ones_and_its_tempo()
    {
        var condition = Conditions.OfStyle("funk/groove1", true, "4-4", 138);
        Assert.Equal((1, 1, 1), (condition[5], condition[18], condition[20]));
        Assert.Equal(24 + 12, Array.IndexOf(condition, condition[24..56].Max()));
        Assert.Contains("expected afrobeat", Assert.Throws<ArgumentException>(() => Conditions.OfStyle("ska", true, "4-4", 138)).Message);
        Assert.Equal((64, 64), (Conditions.StyleNames.Count, Conditions.KeyNames.Count));
    }

    [Fact]
    public void Every_feature_has_a_name_for_each_of_its_numbers()
    {
        Assert.Equal(
            [128, 64, 128, 64, 16, 32, 32],
            new[] { MelMean.Names, EmotionCode.Names, PitchHistogram.Names, ChordVocabulary.Names, Dynamics.Names, ScoreContext.Names, Groove.Names }
                .Select(names => names.Distinct().Count()));
    }
}

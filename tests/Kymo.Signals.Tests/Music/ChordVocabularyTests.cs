using Kymo.Signals.Music;

namespace Kymo.Signals.Tests.Music;

public sealed class ChordVocabularyTests
{
    [Theory]
    [InlineData("C", 0), InlineData("C#m", 6), InlineData("Db", 5), InlineData("F#:maj7/5", 30), InlineData("Bb:min", 51)]
    [InlineData("G7", 38), InlineData("B:sus4(b7)", 59), InlineData("N", 60), InlineData("N.C.", 60), InlineData("NC", 60)]
    [InlineData("AM7", 45), InlineData("Am7", 46), InlineData("Cb", 55), InlineData("B#:dim", 2), InlineData("D:7/b7", 13)]
    public void TryParse_gives_the_slot(string label, int expected)
    {
        Assert.True(ChordVocabulary.TryParse(label, out var slot));
        Assert.Equal(expected, slot);
    }

    [Theory]
    [InlineData(""), InlineData("H"), InlineData("c"), InlineData("C:mayor"), InlineData("C:maj:7"), InlineData(" C"), InlineData("n")]
    [InlineData("C######")]
    public void TryParse_refuses_what_is_no_chord(string label) => Assert.False(ChordVocabulary.TryParse(label, out _));

    [Fact]
    public void Every_label_of_the_real_songs_has_a_slot()
    {
        var labels = Directory.GetFiles(Repository.Shared("data", "pop909"), "chord_midi.txt", SearchOption.AllDirectories)
            .SelectMany(File.ReadAllLines).Select(line => line.Split('\t')[2]).ToArray();
        Assert.Equal(37_001, labels.Length);
        Assert.All(labels, label => Assert.True(ChordVocabulary.TryParse(label, out _), label));
    }

    [Fact]
    public void Context_halves_the_weight_of_each_chord_further_back()
    {
        var context = ChordVocabulary.Context(Conditions.OfKey(new Key(9, true)), [60, 5, 0, 5]);
        Assert.Equal(1, context[21]);
        Assert.Equal(1, context[..64].Sum());
        Assert.Equal(1.25 / 1.875, context[64 + 5], 1e-6);
        Assert.Equal(0.5 / 1.875, context[64], 1e-6);
        Assert.Equal(0.125 / 1.875, context[64 + 60], 1e-6);
        Assert.All(ChordVocabulary.Context([], []), value => Assert.Equal(0, value));
        // Only eight count.
        Assert.Equal(0, ChordVocabulary.Context([], [7, 1, 1, 1, 1, 1, 1, 1, 1])[64 + 7]);
    }

    [Fact]
    public void Histogram_is_the_share_of_each_slot()
    {
        var histogram = ChordVocabulary.Histogram([0, 0, 6, 60]);
        Assert.Equal((0.5f, 0.25f, 0.25f), (histogram[0], histogram[6], histogram[60]));
        Assert.Equal([0.1f, 0.2f], new[] { ChordVocabulary.FirstLetterHistogram(["C#m", "G7"])![0] }.Append(
            ChordVocabulary.FirstLetterHistogram(["C"])![4]));
    }

    [Fact]
    public void Transpose_moves_roots_and_leaves_no_chord_alone()
    {
        Assert.Equal((59, 4, 60), (ChordVocabulary.Transpose(4, -1), ChordVocabulary.Transpose(59, 13), ChordVocabulary.Transpose(60, 5)));
        Assert.Equal((64, "F#:dom", "N"), (ChordVocabulary.Names.Count, ChordVocabulary.Names[33], ChordVocabulary.Names[60]));
    }
}

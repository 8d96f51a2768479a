using Kymo.Signals.Midi;
using Kymo.Signals.Music;

namespace Kymo.Signals.Tests.Music;

public sealed class GrooveTests
{
    const int Bar = 1920;

    static Dictionary<int, double> Golden(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split('=')).ToDictionary(
            part => int.Parse(part[0], System.Globalization.CultureInfo.InvariantCulture),
            part => double.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture));

    static float[] Compute(IEnumerable<(int Tick, int Length, int Pitch, int Velocity)> hits) =>
        Groove.Compute(DrumPattern.Read(HandMadeMidi.Of(10, hits), out _)!);

    static IEnumerable<(int, int, int, int)> Repeat(int bars, params (int Tick, int Pitch, int Velocity)[] bar) =>
        Enumerable.Range(0, bars).SelectMany(i => bar.Select(hit => ((i * Bar) + hit.Tick, 30, hit.Pitch, hit.Velocity)));

    static (int, int, int) Step(int step, int pitch, int velocity) => (120 * step, pitch, velocity);

    static void AssertGolden(string golden, float[] actual)
    {
        var expected = Golden(golden);
        for (var dim = 0; dim < Groove.Size; dim++)
            Assert.True(Math.Abs(expected.GetValueOrDefault(dim) - actual[dim]) < 1e-6, $"{Groove.Names[dim]} ({dim}) is {actual[dim]}");
    }

    [Fact]
    public void Compute_of_straight_eighths_gives_the_golden_vector()
    {
        var hats = Enumerable.Range(0, 8).Select(i => Step(2 * i, 42, i % 2 == 0 ? 80 : 60));
        AssertGolden(
            "2=1 3=1 5=1 9=1 12=1 15=1 31=1 6=0.25 7=0.5 14=0.5 30=0.5 8=0.125 11=0.125 19=0.787402 22=0.866142 25=0.551181 " +
            "26=0.078740 27=0.157480",
            Compute(Repeat(2, [.. hats, Step(0, 36, 100), Step(8, 36, 100), Step(4, 38, 110), Step(12, 38, 110)])));
    }

    [Fact]
    public void Compute_of_swung_ride_gives_the_golden_vector()
    {
        var bar = Enumerable.Range(0, 4).SelectMany(beat => new[] { (480 * beat, 51, 90), ((480 * beat) + 320, 51, 70) }).ToList();
        bar.AddRange([(480 + 6, 44, 64), ((3 * 480) + 6, 44, 64), (0, 36, 80), (1800, 36, 35)]);
        AssertGolden(
            "0=0.327966 1=-0.205556 2=0.680637 3=0.666667 4=0.666667 5=1 6=0.28125 7=0.5 8=0.125 9=0.5 10=0.5 14=0.125 15=1 18=0.5 " +
            "19=0.452756 20=0.177165 21=0.354331 25=0.503937 30=0.5 31=1", Compute(Repeat(3, [.. bar])));
    }

    [Fact]
    public void Compute_of_a_syncopated_bar_gives_the_golden_vector() => AssertGolden(
        "2=0.742716 3=1 5=1 6=0.34375 7=0.6875 8=0.1875 9=0.333333 11=0.1875 12=0.666667 13=0.333333 14=0.3125 15=0.8 16=0.2 " +
        "19=0.729659 20=0.041333 21=0.086614 22=0.629921 23=0.278388 24=0.590551 25=0.537008 26=0.039339 27=-0.021654 29=0.21875 " +
        "30=0.636364 31=0.909091",
        Compute(Repeat(2, Step(0, 36, 100), Step(3, 36, 90), Step(7, 36, 88), Step(4, 38, 105), Step(12, 38, 105), Step(10, 38, 30),
            Step(2, 42, 70), Step(8, 42, 66), Step(11, 42, 70), Step(14, 42, 60), Step(6, 46, 75))));

    [Fact]
    public void Compute_of_a_clave_gives_the_golden_values()
    {
        var actual = Compute(Repeat(
            2, Step(0, 36, 100), Step(3, 36, 100), Step(7, 36, 100), Step(10, 36, 100), Step(12, 38, 100)));
        foreach (var (dim, value) in Golden(
            "2=0.808472 6=0.15625 7=0.3125 8=0.25 9=0.25 11=0.0625 12=1 28=0.625 29=0 30=0.6 31=0.905747"))
            Assert.Equal(value, actual[dim], 1e-6);
    }

    [Fact]
    public void Read_says_why_there_is_no_pattern()
    {
        Assert.Null(DrumPattern.Read(HandMadeMidi.Of(10, Repeat(1, Step(0, 36, 9), Step(1, 38, 9), Step(2, 60, 9))), out var reason));
        Assert.Equal("has 2 strokes on the drum channel, expected at least 8", reason);
        Assert.Null(DrumPattern.Read(HandMadeMidi.Of(1, Repeat(4, Step(0, 36, 9), Step(1, 38, 9))), out reason));
        Assert.Equal("has 0 strokes on the drum channel, expected at least 8", reason);
    }

    [Fact]
    public void Compute_of_the_real_set_has_the_published_means()
    {
        var root = Repository.Shared("data", "groove-midi");
        var rows = new List<float[]>();
        int skipped = 0, unmapped = 0, notes = 0;
        foreach (var file in Directory.GetFiles(root, "*.mid", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var midi = MidiFile.Read(file);
            notes += midi.Notes.Count;
            if (DrumPattern.Read(midi, out _) is { } pattern)
            {
                rows.Add(Groove.Compute(pattern));
                unmapped += pattern.Unmapped;
            }
            else skipped++;
        }
        Assert.Equal((988, 33, 402_418, 0), (rows.Count, skipped, notes, unmapped));
        foreach (var (dim, mean, deviation) in new[]
        {
            (0, 0.387, 0.138), (1, -0.101, 0.168), (2, 0.709, 0.105), (7, 0.679, 0.190), (22, 0.625, 0.233), (28, 0.074, 0.122),
            (29, 0.131, 0.191), (30, 0.664, 0.092), (31, 0.872, 0.148),
        })
        {
            var average = rows.Average(row => (double)row[dim]);
            Assert.Equal(mean, average, 6e-4);
            Assert.Equal(deviation, Math.Sqrt(rows.Average(row => Math.Pow(row[dim] - average, 2))), 6e-4);
        }
        Assert.All(rows, row => Assert.All(row, value => Assert.True(float.IsFinite(value))));
    }
}

using Kymo.Signals.Music;

namespace Kymo.Signals.Tests.Music;

public sealed class MelMeanTests
{
    static float[] TwoSines(int seconds) => [.. Enumerable.Range(0, seconds * 22050).Select(
        n => (float)((0.5 * Math.Sin(2 * Math.PI * 440 * n / 22050)) + (0.05 * Math.Sin(2 * Math.PI * 3000 * n / 22050))))];

    [Fact]
    public void Extract_of_two_sines_gives_the_golden_numbers()
    {
        var mel = new MelMean();
        var samples = TwoSines(45);
        var decibels = mel.Decibels(samples);
        foreach (var (band, value) in new[] { (15, 24.4565), (16, 34.8108), (17, 27.0055), (79, 10.5281), (80, -0.3618) })
            Assert.Equal(value, decibels[band], 2e-4);
        var features = mel.Extract(samples);
        Assert.Equal(0.913513, features[16], 1e-5);
        Assert.Equal(0.508802, features[79], 1e-5);
    }

    [Fact]
    public void Extract_of_silence_is_the_lowest_value()
    {
        var mel = new MelMean();
        Assert.All(mel.Decibels(new float[22050]), value => Assert.Equal(-100, value, 1e-4));
        Assert.All(mel.Extract(new float[22050]), value => Assert.Equal(-1, value));
        Assert.Throws<ArgumentException>(() => mel.Extract(new float[22049]));
    }

    [Fact]
    public void Extract_hears_seconds_15_to_45_of_long_clips_and_the_last_30_of_others()
    {
        var mel = new MelMean();
        var samples = TwoSines(50);
        var expected = mel.Extract(samples.AsSpan(15 * 22050, 30 * 22050));
        samples.AsSpan(0, 15 * 22050).Fill(0.9f);
        samples.AsSpan(45 * 22050).Fill(-0.9f);
        Assert.Equal(expected, mel.Extract(samples));
        Assert.Equal(expected, mel.Extract(samples.AsSpan(5 * 22050, 40 * 22050)));
    }

    [Fact]
    public void Steps_have_a_row_a_second_and_their_mean_is_the_average()
    {
        var mel = new MelMean();
        var samples = TwoSines(10);
        for (var n = 0; n < samples.Length; n++) samples[n] *= 1 + (n / 22050 % 3);
        var steps = mel.Steps(samples);
        Assert.Equal(10 * 128, steps.Length);
        var average = mel.Extract(samples);
        // Seconds have 43 or 44 frames, so their mean is that of all frames but for a few hundredths of a dB; clipping at the top apart.
        Assert.Equal(average[79], Enumerable.Range(0, 10).Average(step => steps[(step * 128) + 79]), 0.01);
        // Twice the amplitude is 6.02 dB more, a tenth of the range.
        Assert.Equal(6.02 / 60, steps[128 + 79] - steps[79], 0.02);
        Assert.Equal(30 * 128, mel.Steps(TwoSines(31)).Length);
    }

    [Fact]
    public void The_seeds_definitions_lose_loudness()
    {
        var (samples, quiet) = (TwoSines(3), TwoSines(3));
        foreach (ref var sample in quiet.AsSpan()) sample *= 0.1f;
        foreach (var kind in new[] { MelMeanKind.ZScore30, MelMeanKind.Decibel80 })
        {
            var mel = new MelMean(kind);
            Assert.All(mel.Extract(samples).Zip(mel.Extract(quiet)), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        }
        Assert.Equal(0, new MelMean(MelMeanKind.ZScore30).Extract(samples).Average(), 1e-5);
        Assert.All(new MelMean(MelMeanKind.Decibel80).Extract(samples), value => Assert.InRange(value, -1, 0));
    }
}

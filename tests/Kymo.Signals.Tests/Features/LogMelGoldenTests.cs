using Kymo.Signals.Features;

namespace Kymo.Signals.Tests.Features;

/// <summary>The numbers both recipes' specifications give, from double-precision restatements of librosa's rules.</summary>
public sealed class LogMelGoldenTests
{
    // Cells at leakage level hang on the rounding of single-precision transforms.
    static double Tolerance(double level) => level < -60 ? 0.1 : level < -40 ? 0.02 : 2e-3;

    static void AssertLevel(double expected, double actual) => Assert.Equal(expected, actual, Tolerance(expected));

    static float[] Tone(double hertz, int rate, int count, double amplitude = 0.5)
    {
        var samples = new float[count];
        for (var n = 0; n < count; n++) samples[n] = (float)(amplitude * Math.Sin(2 * Math.PI * hertz * n / rate));
        return samples;
    }

    [Fact]
    public void Urban_tone_of_a_second_has_the_specified_levels()
    {
        var samples = new float[22050];
        for (var n = 0; n < samples.Length; n++)
            samples[n] = (float)(Math.Truncate(32767 * Math.Sin(2 * Math.PI * 440 * n / 22050)) / 32768);
        var extractor = new LogMelExtractor(LogMelOptions.UrbanSounds);
        var levels = extractor.Extract(samples);

        Assert.Equal((128, 173), (extractor.MelCount, extractor.FrameCount(samples.Length)));
        float At(int mel, int frame) => levels[mel * 173 + frame];
        // The steady frames differ by rounding only: which of them is the largest hangs on the precision, not the band.
        Assert.Equal(16, Array.IndexOf(levels, levels.Max()) / 173);
        Assert.Equal(0, At(16, 29), 1e-5);
        Assert.Equal(0, levels.Max(), 1e-5);
        var absolute = new LogMelExtractor(LogMelOptions.UrbanSounds with { Reference = DecibelReference.Fixed }).Extract(
            samples);
        Assert.Equal(10 * Math.Log10(12119.87), absolute.Max(), 1e-4);
        foreach (var (mel, level) in new[] { (14, -50.689), (15, -10.360), (16, 0.0), (17, -7.809), (18, -50.023) })
            AssertLevel(level, At(mel, 20));
        foreach (var (frame, level) in new[] { (0, -4.403), (1, -0.396), (2, 0.0) }) AssertLevel(level, At(16, frame));
        for (var frame = 0; frame < 173; frame++)
        {
            var above = Enumerable.Range(0, 128).Any(mel => At(mel, frame) > -80);
            Assert.Equal(frame <= 44, above);
        }
        Assert.Equal(-78.791, levels.Average(), 2e-3);
        Assert.Equal(0.9560, levels.Count(level => level <= -80) / (double)levels.Length, 1e-4);
    }

    [Fact]
    public void Urban_impulse_at_the_start_has_the_specified_levels()
    {
        var levels = new LogMelExtractor(LogMelOptions.UrbanSounds).Extract([1f]);
        foreach (var (mel, frame, level) in new[]
                 {
                     (0, 0, -0.282), (64, 0, -0.165), (127, 0, -0.162), (0, 1, -6.302), (64, 1, -6.186), (127, 1, -6.183),
                     (0, 2, -80.0), (64, 2, -80), (127, 2, -80),
                 })
            AssertLevel(level, levels[mel * 173 + frame]);
    }

    static readonly int[] s_bands = [0, 10, 20, 21, 22, 23, 30, 63];

    static void AssertBands(float[] levels, int frame, params double[] expected)
    {
        for (var i = 0; i < s_bands.Length; i++) AssertLevel(expected[i], levels[s_bands[i] * 501 + frame]);
    }

    [Fact]
    public void Sleep_tone_has_the_specified_levels()
    {
        var extractor = new LogMelExtractor(LogMelOptions.SleepEvents);
        var levels = extractor.Extract(Tone(1000, 16000, 80000));
        Assert.Equal((64, 501), (extractor.MelCount, extractor.FrameCount(80000)));
        Assert.Equal(-70.3842, levels.Average(), 2e-3);
        AssertBands(levels, 250, -80, -74.6469, 0, -2.2282, -20.2995, -40.1247, -80, -80);
        AssertBands(levels, 0, -30.1233, -27.2948, -5.1487, -6.0230, -12.3448, -18.9944, -33.6797, -58.4303);
    }

    [Fact]
    public void Sleep_short_tone_is_filled_up_with_zeros()
    {
        var levels = new LogMelExtractor(LogMelOptions.SleepEvents).Extract(Tone(440, 16000, 15629));
        Assert.Equal(-77.8940, levels.Average(), 2e-3);
        AssertBands(levels, 250, -80, -80, -80, -80, -80, -80, -80, -80);
        AssertBands(levels, 0, -23.4212, -13.0864, -36.1446, -36.7552, -37.9312, -38.9757, -45.1705, -66.3775);
    }

    [Fact]
    public void Sleep_impulse_in_the_middle_has_the_specified_levels()
    {
        var samples = new float[80000];
        samples[40000] = 1;
        var levels = new LogMelExtractor(LogMelOptions.SleepEvents).Extract(samples);
        Assert.Equal(-79.6051, levels.Average(), 2e-3);
        AssertBands(levels, 250, -0.1830, -0.2176, -0.6644, -0.2976, -0.4374, -0.5436, -0.3657, -0.4435);
        Assert.Equal(4, Enumerable.Range(0, 64).MaxBy(mel => levels[mel * 501 + 250]));
    }
}

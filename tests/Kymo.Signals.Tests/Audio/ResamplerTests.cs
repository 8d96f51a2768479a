using Kymo.Signals.Audio;

namespace Kymo.Signals.Tests.Audio;

/// <summary>
/// What soxr's high-quality recipe promises: 20 bits, linear phase without delay, 91.3 % of the band kept, the rest gone.
/// </summary>
public sealed class ResamplerTests
{
    static float[] Sine(double hertz, int rate, int count) =>
        [.. Enumerable.Range(0, count).Select(n => (float)(0.5 * Math.Sin(2 * Math.PI * hertz * n / rate)))];

    [Theory]
    [InlineData(44100, 22050), InlineData(48000, 22050), InlineData(96000, 22050), InlineData(8000, 22050)]
    [InlineData(11024, 22050)]
    [InlineData(192000, 22050), InlineData(44100, 16000), InlineData(8000, 16000), InlineData(22050, 16000)]
    public void Resample_keeps_a_sine_where_and_what_it_was(int from, int to)
    {
        foreach (var part in new[] { 0.01, 0.3, 0.9 })
        {
            var hertz = part * Math.Min(from, to) / 2;
            var output = Resampler.Resample(Sine(hertz, from, from), from, to);
            Assert.Equal(to, output.Length);
            // Within 0.01 dB at 90 % of the band; away from the ends, where the filter reaches into the nothing before and after
            // the sound.
            var expected = Sine(hertz, to, to);
            for (var n = to / 8; n < to * 7 / 8; n++) Assert.Equal(expected[n], output[n], part < 0.5 ? 1e-5 : 5e-4);
        }
    }

    [Theory]
    [InlineData(44100, 22050), InlineData(48000, 16000)]
    public void Resample_removes_what_the_new_rate_cannot_hold(int from, int to)
    {
        var output = Resampler.Resample(Sine(to / 2.0 * 1.2, from, from), from, to);
        Assert.InRange(output[(to / 8)..(to * 7 / 8)].Max(Math.Abs), 0, 2e-6f);
    }

    [Fact]
    public void Resample_of_every_length_gives_the_length_of_the_rule()
    {
        foreach (var (from, to) in new[] { (44100, 22050), (48000, 22050), (8000, 22050), (22050, 16000), (3, 7) })
            for (var length = 0; length <= 256; length++)
            {
                var output = Resampler.Resample(SignalOracle.Noise(length), from, to);
                Assert.Equal((int)Math.Ceiling(length * ((double)to / from)), output.Length);
                Assert.Equal(output.Length, Resampler.OutputLength(length, from, to));
                Assert.All(output, sample => Assert.True(float.IsFinite(sample)));
            }
    }

    [Fact]
    public void Resample_of_an_impulse_is_symmetric()
    {
        var impulse = new float[4001];
        impulse[2000] = 1;
        var output = Resampler.Resample(impulse, 16000, 32000);
        Assert.Equal(8002, output.Length);
        // The height is the part of the band that is kept: the middle of the edge from 0.913 to 1.
        Assert.Equal((0.913 + 1) / 2, output[4000], 1e-3);
        for (var n = 1; n < 2000; n++) Assert.Equal(output[4000 - n], output[4000 + n], 1e-5);
    }

    [Fact]
    public void Resample_to_the_same_rate_gives_the_same_samples()
    {
        var noise = SignalOracle.Noise(100);
        Assert.Equal(noise, Resampler.Resample(noise, 8000, 8000));
    }

    [Fact]
    public void ToMono_resamples_each_channel_before_the_mean()
    {
        var (left, right) = (SignalOracle.Noise(4410, 1), SignalOracle.Noise(4410, 2));
        var (a, b) = (Resampler.Resample(left, 44100, 22050), Resampler.Resample(right, 44100, 22050));
        var mono = new AudioClip(44100, 2, [.. left, .. right]).ToMono(22050);
        Assert.Equal(a.Zip(b, (x, y) => (x + y) / 2), mono);
    }

    [Fact]
    public void Resample_refuses_rates_that_are_none()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Resampler.Resample([1], 0, 8000));
        Assert.Throws<ArgumentOutOfRangeException>(() => Resampler.Resample([1], 8000, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Resampler.OutputLength(int.MaxValue, 1, 8000));
    }
}

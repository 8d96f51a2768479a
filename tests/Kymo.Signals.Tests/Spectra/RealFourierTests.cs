using Kymo.Signals.Spectra;

namespace Kymo.Signals.Tests.Spectra;

public sealed class RealFourierTests
{
    static (float[] Real, float[] Imaginary) Transform(RealFourier fourier, float[] frames)
    {
        var count = frames.Length / fourier.Length * fourier.BinCount;
        var (real, imaginary) = (new float[count], new float[count]);
        fourier.Transform(frames, real, imaginary);
        return (real, imaginary);
    }

    [Fact]
    public void Transform_of_every_length_equals_numpy()
    {
        int[] large = [257, 331, 360, 441, 500, 512, 600, 625, 1000, 1009, 1024, 1200, 2048, 2187, 4096, 6007];
        int[] lengths = [.. Enumerable.Range(1, 256), .. large];
        var expected = SignalOracle.Spectra("rfft", [.. lengths]).AsSpan();
        foreach (var length in lengths)
        {
            var (real, imaginary) = Transform(new(length), SignalOracle.Noise(length, length));
            var bins = length / 2 + 1;
            SignalOracle.AssertClose(expected[..(2 * bins)], [.. real, .. imaginary], 5e-7, $"length {length}");
            expected = expected[(2 * bins)..];
        }
        Assert.Equal(0, expected.Length);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(7), InlineData(12), InlineData(15), InlineData(22), InlineData(64), InlineData(400)]
    public void Transform_of_many_frames_gives_the_bits_of_each_alone(int length)
    {
        var fourier = new RealFourier(length);
        for (var count = 0; count <= 19; count++)
        {
            var frames = SignalOracle.Noise(count * length, 3);
            var (real, imaginary) = Transform(fourier, frames);
            for (var frame = 0; frame < count; frame++)
            {
                var (oneReal, oneImaginary) = Transform(fourier, frames[(frame * length)..((frame + 1) * length)]);
                var bins = (frame * fourier.BinCount)..((frame + 1) * fourier.BinCount);
                Assert.Equal(oneReal, real[bins]);
                Assert.Equal(oneImaginary, imaginary[bins]);
            }
        }
    }

    [Fact]
    public void Transform_keeps_the_energy_of_every_length()
    {
        for (var length = 1; length <= 256; length++)
        {
            var samples = SignalOracle.Noise(length, 9);
            var (real, imaginary) = Transform(new(length), samples);
            var energy = 0.0;
            for (var k = 0; k < real.Length; k++)
            {
                var weight = k == 0 || 2 * k == length ? 1 : 2;
                energy += weight * ((double)real[k] * real[k] + (double)imaginary[k] * imaginary[k]);
            }
            var expected = samples.Sum(sample => (double)sample * sample) * length;
            Assert.Equal(1, energy / expected, 1e-5);
        }
    }

    [Fact]
    public void Transform_refuses_lengths_that_do_not_fit()
    {
        var fourier = new RealFourier(8);
        Assert.Throws<ArgumentException>("frames", () => fourier.Transform(new float[9], new float[5], new float[5]));
        Assert.Throws<ArgumentException>("real", () => fourier.Transform(new float[8], new float[4], new float[5]));
        Assert.Throws<ArgumentException>("imaginary", () => fourier.Transform(new float[8], new float[5], new float[6]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RealFourier(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RealFourier(int.MaxValue));
    }

    [Fact]
    public void Transform_from_several_threads_gives_the_same_bits()
    {
        var fourier = new RealFourier(300);
        var frames = SignalOracle.Noise(3000);
        var (real, imaginary) = Transform(fourier, frames);
        Parallel.For(0, 40, _ =>
        {
            var again = Transform(fourier, frames);
            Assert.Equal(real, again.Real);
            Assert.Equal(imaginary, again.Imaginary);
        });
    }
}

using Kymo.Signals.Spectra;

namespace Kymo.Signals.Tests.Spectra;

public sealed class StftTests
{
    [Theory]
    [InlineData(1000, 64, 64, 16, true)]
    [InlineData(1000, 64, 40, 17, true)]
    [InlineData(1000, 64, 64, 16, false)]
    [InlineData(700, 150, 99, 30, true)]
    [InlineData(700, 77, 77, 11, true)]
    [InlineData(5, 512, 400, 160, true)]
    [InlineData(30000, 2048, 2048, 512, true)]
    [InlineData(8000, 512, 400, 160, true)]
    public void Transform_and_Power_equal_torch(int samples, int nFft, int winLength, int hop, bool center)
    {
        var expected = SignalOracle.Spectra("stft", samples, nFft, winLength, hop, center ? "true" : "false");
        var stft = new Stft(nFft, winLength, hop, center: center);
        var signal = SignalOracle.Noise(samples);
        var count = stft.BinCount * stft.FrameCount(samples);
        var (real, imaginary, power) = (new float[count], new float[count], new float[count]);
        stft.Transform(signal, real, imaginary);
        stft.Power(signal, power);

        SignalOracle.AssertClose(expected, [.. real, .. imaginary], 5e-7, "parts");
        var powers = Enumerable.Range(0, count).Select(
            i => expected[i] * expected[i] + expected[count + i] * expected[count + i]);
        SignalOracle.AssertClose(powers.ToArray(), power, 1e-6, "power");
    }

    [Fact]
    public void Transform_of_every_length_equals_a_transform_frame_by_frame()
    {
        var stft = new Stft(24, 20, 5);
        var fourier = new RealFourier(24);
        var window = Windows.Centered(WindowKind.Hann, 20, 24);
        for (var length = 0; length <= 256; length++)
        {
            var signal = SignalOracle.Noise(length, length);
            var frames = stft.FrameCount(length);
            var (real, imaginary) = (new float[13 * frames], new float[13 * frames]);
            stft.Transform(signal, real, imaginary);
            var (frame, oneReal, oneImaginary) = (new float[24], new float[13], new float[13]);
            for (var i = 0; i < frames; i++)
            {
                Framing.Copy(signal, i, 5, center: true, frame);
                for (var n = 0; n < 24; n++) frame[n] *= window[n];
                fourier.Transform(frame, oneReal, oneImaginary);
                for (var bin = 0; bin < 13; bin++)
                {
                    Assert.Equal(oneReal[bin], real[bin * frames + i]);
                    Assert.Equal(oneImaginary[bin], imaginary[bin * frames + i]);
                }
            }
        }
    }
}

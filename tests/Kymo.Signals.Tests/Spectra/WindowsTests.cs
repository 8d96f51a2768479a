using Kymo.Signals.Spectra;

namespace Kymo.Signals.Tests.Spectra;

public sealed class WindowsTests
{
    [Theory]
    [InlineData(WindowKind.Rectangular, "boxcar")]
    [InlineData(WindowKind.Hann, "hann")]
    [InlineData(WindowKind.Hamming, "hamming")]
    [InlineData(WindowKind.Blackman, "blackman")]
    public void Create_of_every_length_equals_scipy(WindowKind kind, string name)
    {
        Assert.Empty(Windows.Create(kind, 0));
        foreach (var periodic in new[] { true, false })
        {
            var expected = SignalOracle.Spectra("windows", name, periodic ? "periodic" : "symmetric").AsSpan();
            for (var length = 1; length <= 256; length++)
            {
                var window = Windows.Create(kind, length, periodic);
                for (var n = 0; n < length; n++) Assert.Equal(expected[n], window[n], 1e-7);
                expected = expected[length..];
            }
        }
    }

    [Theory]
    [InlineData(400, 512, 56)]
    [InlineData(5, 8, 1)]
    [InlineData(4, 7, 1)]
    [InlineData(1, 1, 0)]
    public void Centered_puts_the_window_in_the_middle_of_zeros(int winLength, int nFft, int left)
    {
        var window = Windows.Centered(WindowKind.Hamming, winLength, nFft);
        Assert.Equal(nFft, window.Length);
        Assert.All(window[..left], weight => Assert.Equal(0, weight));
        Assert.Equal(Windows.Create(WindowKind.Hamming, winLength), window[left..(left + winLength)]);
        Assert.All(window[(left + winLength)..], weight => Assert.Equal(0, weight));
    }

    [Fact]
    public void Centered_refuses_a_window_longer_than_the_frame() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Windows.Centered(WindowKind.Hann, 9, 8));
}

using Kymo.Signals.Spectra;

namespace Kymo.Signals.Tests.Spectra;

public sealed class CosineTransformTests
{
    [Theory]
    [InlineData(1, 1), InlineData(2, 2), InlineData(13, 5), InlineData(64, 20), InlineData(128, 128), InlineData(256, 40)]
    public void Transform_equals_scipy(int length, int count)
    {
        var expected = SignalOracle.Spectra("dct", length, count);
        var coefficients = new float[count * 7];
        new CosineTransform(length, count).Transform(SignalOracle.Noise(length * 7), coefficients);
        SignalOracle.AssertClose(expected, coefficients, 1e-6, "coefficients");
    }

    [Fact]
    public void Transform_of_every_length_keeps_the_energy_and_every_column_stands_alone()
    {
        for (var length = 1; length <= 256; length++)
        {
            var transform = new CosineTransform(length, length);
            var values = SignalOracle.Noise(length, length);
            var coefficients = new float[length];
            transform.Transform(values, coefficients);
            Assert.Equal(1, coefficients.Sum(c => (double)c * c) / values.Sum(v => (double)v * v), 1e-5);

            var twice = values.SelectMany(value => new[] { value, 2 * value }).ToArray();
            var both = new float[2 * length];
            transform.Transform(twice, both);
            for (var k = 0; k < length; k++) Assert.Equal((coefficients[k], 2 * coefficients[k]), (both[2 * k], both[2 * k + 1]));
        }
    }
}

using Kymo.Signals.Spectra;

namespace Kymo.Signals.Tests.Spectra;

public sealed class DecibelsTests
{
    [Fact]
    public void FromPower_of_every_length_equals_the_formula()
    {
        for (var length = 0; length <= 256; length++)
        {
            var random = new Random(length);
            var power = Enumerable.Range(0, length).Select(_ => (float)Math.Pow(10, random.NextDouble() * 30 - 20)).ToArray();
            var floor = length == 0 ? 0 : 10 * Math.Log10(Math.Max(1e-10, power.Max())) - 10 * Math.Log10(3) - 80;
            var levels = power.Select(value => 10 * Math.Log10(Math.Max(1e-10, value)) - 10 * Math.Log10(3));
            var expected = levels.Select(level => Math.Max(floor, level)).ToArray();
            Decibels.FromPower(power, 3);
            for (var i = 0; i < length; i++) Assert.Equal(expected[i], power[i], 2e-5);
        }
    }

    [Fact]
    public void FromPower_of_every_exponent_equals_the_logarithm()
    {
        var power = new List<float>();
        for (var exponent = -126; exponent < 128; exponent++)
            foreach (var mantissa in new[] { 1f, 1.0001f, 1.2f, 1.41421f, 1.41422f, 1.7f, 1.9999999f })
                power.Add((float)(mantissa * Math.Pow(2, exponent)));
        var levels = power.ToArray();
        Decibels.FromPower(levels, 1, float.PositiveInfinity, 1.1754944e-38f);
        for (var i = 0; i < levels.Length; i++) Assert.Equal(10 * Math.Log10(power[i]), levels[i], 3e-5);
    }

    [Fact]
    public void FromPower_keeps_NaN_and_infinity_and_counts_negatives_as_least()
    {
        foreach (var length in new[] { 3, 8, 11 })
        {
            var power = new float[length];
            power[0] = 1;
            power[1] = float.NaN;
            power[2] = -5;
            Decibels.FromPower(power, 1);
            Assert.Equal([0, float.NaN, -100], power[..3]);
            float[] infinite = [1, float.PositiveInfinity, 4];
            Decibels.FromPower(infinite, 1, float.PositiveInfinity);
            Assert.Equal(float.PositiveInfinity, infinite[1]);
        }
    }

    [Fact]
    public void FromPower_of_silence_is_zero_re_its_own_maximum()
    {
        var power = new float[9];
        Decibels.FromPower(power, 0);
        Assert.All(power, level => Assert.Equal(0, level, 1e-5));
    }
}

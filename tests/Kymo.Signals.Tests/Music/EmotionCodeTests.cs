using Kymo.Signals.Music;

namespace Kymo.Signals.Tests.Music;

public sealed class EmotionCodeTests
{
    [Fact]
    public void Encode_gives_the_golden_numbers()
    {
        var code = EmotionCode.Encode(0.8, 0.3);
        double[] valence = [0.686908, 0.980199, 0.896830, 0.526122], arousal = [0.375311, 0.764228, 0.997780, 0.835270];
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(valence[i], code[23 + i], 1e-6);
            Assert.Equal(arousal[i], code[41 + i], 1e-6);
        }
    }

    [Fact]
    public void Decode_of_Encode_is_the_pair_over_the_whole_range()
    {
        for (var step = 0; step <= 200; step++)
        {
            var (valence, arousal) = EmotionCode.Decode(EmotionCode.Encode((step / 100.0) - 1, step / 200.0));
            Assert.Equal((step / 100.0) - 1, valence, 2e-4);
            Assert.Equal(step / 200.0, arousal, 1e-4);
        }
    }

    [Fact]
    public void Decode_of_the_mean_of_codes_is_the_mean_of_the_pairs()
    {
        var mean = EmotionCode.Encode(-0.5, 0.2).Zip(EmotionCode.Encode(0.9, 0.7), (a, b) => (a + b) / 2).ToArray();
        var (valence, arousal) = EmotionCode.Decode(mean);
        Assert.Equal(0.2, valence, 1e-3);
        Assert.Equal(0.45, arousal, 1e-3);
        Assert.Equal((0, 0.5), EmotionCode.Decode(new float[64]));
    }

    [Theory]
    [InlineData(1.01, 0), InlineData(double.NaN, 0), InlineData(0, -0.01), InlineData(0, 1.5)]
    public void Encode_refuses_values_out_of_range(double valence, double arousal) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => EmotionCode.Encode(valence, arousal));
}

namespace Kymo.Tuning.Tests;

public sealed class RandomSamplerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(42)]
    [InlineData(4294967295)]
    public void Values_are_bit_equal_to_Optunas(uint seed) =>
        SamplerOracle.AssertEqual(new RandomSampler(seed), "RandomSampler", seed, "{}", SamplerOracle.Mixed, 200);

    [Fact]
    public void Values_equal_the_known_vector()
    {
        using var storage = new MemoryStorage(TimeProvider.System);
        var study = Study.Create(storage, "s", [StudyDirection.Minimize], new RandomSampler(42));
        object?[] first = [0.3745401188473625, 0.06351221010640701, 8L, 14L, 0.0, "c"];
        object?[] second = [0.6011150117432088, 0.006796578090758156, 1L, 109L, 1.0, "a"];
        Assert.Equal(first, study.Ask(SamplerOracle.Mixed).Frozen.Parameters.Select(parameter => parameter.Value));
        Assert.Equal(second, study.Ask(SamplerOracle.Mixed).Frozen.Parameters.Select(parameter => parameter.Value));
    }
}

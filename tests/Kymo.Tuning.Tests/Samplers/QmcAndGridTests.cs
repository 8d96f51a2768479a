namespace Kymo.Tuning.Tests;

public sealed class QmcAndGridTests
{
    [Theory]
    [InlineData(QmcSequence.Sobol, "sobol")]
    [InlineData(QmcSequence.Halton, "halton")]
    public void Quasi_random_values_are_bit_equal_to_Optunas(QmcSequence sequence, string name) => SamplerOracle.AssertEqual(
        new QmcSampler(11, sequence), "QMCSampler", 11, $$"""{"qmc_type": "{{name}}"}""", SamplerOracle.Mixed, 100);

    [Fact]
    public void Sobol_points_of_many_dimensions_are_bit_equal_to_Optunas()
    {
        var space = new SearchSpace(Enumerable.Range(0, 128).Select(i => KeyValuePair.Create<string,
            Distribution>($"p{i:000}", new FloatDistribution(0, 1))));
        SamplerOracle.AssertEqual(new QmcSampler(1), "QMCSampler", 1, "{}", space, 12);
    }

    [Fact]
    public void Grid_tries_every_cell_once()
    {
        var values = new Dictionary<string, IReadOnlyList<object?>> { ["n"] = [1L, 5L, 9L], ["a"] = ["x", null, true, 2.5] };
        using var storage = new MemoryStorage(TimeProvider.System);
        var study = Study.Create(storage, "grid", [StudyDirection.Minimize], new GridSampler(values, 3));
        var seen = new HashSet<(object?, object?)>();
        while (!study.IsExhausted)
        {
            var trial = study.Ask();
            seen.Add((trial.SuggestCategorical("a", "x", null, true, 2.5), trial.SuggestInt("n", 0, 10)));
            study.Tell(trial, 1);
        }
        Assert.Equal(12, study.Trials().Count);
        Assert.Equal(12, seen.Count);
        Assert.Contains("has no values for z", Assert.Throws<StudyException>(() => study.Ask().SuggestInt("z", 0, 1)).Message);
    }

    [Fact]
    public void Grid_goes_on_where_another_worker_stopped()
    {
        var values = new Dictionary<string, IReadOnlyList<object?>> { ["n"] = [1L, 2L, 3L, 4L] };
        using var storage = new MemoryStorage(TimeProvider.System);
        var first = Study.Create(storage, "grid", [StudyDirection.Minimize], new GridSampler(values, 3));
        var second = Study.Open(storage, "grid", new GridSampler(values, 3));
        var seen = new[] { first, second, second, first }.Select(study => study.Ask().SuggestInt("n", 1, 4)).ToArray();
        Assert.Equal([1L, 2L, 3L, 4L], seen.Order());
    }
}

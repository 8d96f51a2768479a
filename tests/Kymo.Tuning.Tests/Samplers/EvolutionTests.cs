using System.Globalization;
using Kymo.Tuning.Json;
using Kymo.Tuning.Samplers;

namespace Kymo.Tuning.Tests;

public sealed class EvolutionTests
{
    static readonly SearchSpace s_reals = new(Enumerable.Range(0, 4).Select(i =>
        KeyValuePair.Create<string, Distribution>($"x{i}", new FloatDistribution(-3, 5))));

    [Theory]
    [InlineData("plain")]
    [InlineData("two")]
    [InlineData("constrained")]
    [InlineData("prune")]
    public void Genetic_values_equal_Optunas(string told) => SamplerOracle.AssertEqual(
        new NsgaSampler(9, new() { Population = 20 }), "NSGAIISampler", 9, """{"population_size": 20}""",
        SamplerOracle.Mixed, 150, told);

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void Covariance_update_equals_the_cmaes_library(int size)
    {
        const int generations = 12;
        var expected = (IReadOnlyList<object?>)PythonJson.Read(
            Oracle.Ask("cma_updates.py", ["cmaes"], size.ToString(CultureInfo.InvariantCulture),
                generations.ToString(CultureInfo.InvariantCulture)),
            "cma_updates.py")!;
        var strategy = new CmaStrategy(Enumerable.Repeat(0.5, size).ToArray(), 1.0 / 6);
        for (var g = 0; g < generations; g++)
        {
            var points = Enumerable.Range(0, strategy.Population)
                .Select(k => Enumerable.Range(0, size).Select(i => Math.Cos(1 + k + 3 * i + 7 * g) / 2 + 0.5).ToArray());
            strategy.Tell([.. points.OrderBy(point => point.Sum(x => Math.Pow(x - 0.3, 2)))]);
            double[] state = [strategy.Population, strategy.Sigma, .. strategy.Mean, .. strategy.Covariance.Cast<double>()];
            var numbers = expected[g].Numbers();
            for (var i = 0; i < numbers.Length; i++) Assert.Equal(numbers[i], state[i], 1e-9 * Math.Max(1, Math.Abs(numbers[i])));
        }
    }

    [Fact]
    public void Covariance_search_beats_random_and_is_shared_by_workers()
    {
        double Best(Func<Sampler> sampler)
        {
            using var storage = new MemoryStorage(TimeProvider.System);
            var first = Study.Create(storage, "s", [StudyDirection.Minimize], sampler());
            var second = Study.Open(storage, "s", sampler());
            for (var i = 0; i < 200; i++)
            {
                var study = i % 2 == 0 ? first : second;
                var trial = study.Ask(s_reals);
                study.Tell(trial, trial.Frozen.Parameters.Sum(p => Math.Pow(p.Number - 1.5, 2)));
            }
            return first.BestTrial()!.Value!.Value;
        }

        Assert.InRange(Best(() => new CmaEsSampler(4)), 0, 0.01);
        Assert.InRange(Best(() => new RandomSampler(4)), 0.05, 100);
    }

    [Fact]
    public void Covariance_search_repeats_for_a_seed_and_goes_on_after_a_stop()
    {
        static double[] Values(int stop)
        {
            using var storage = new MemoryStorage(TimeProvider.System);
            var study = Study.Create(storage, "s", [StudyDirection.Maximize], new CmaEsSampler(4));
            for (var i = 0; i < 60; i++)
            {
                if (i == stop) study = Study.Open(storage, "s", new CmaEsSampler(4));
                var trial = study.Ask(s_reals);
                study.Tell(trial, -trial.Frozen.Parameters.Sum(p => p.Number * p.Number));
            }
            return [.. study.Trials().Select(trial => trial.Value!.Value)];
        }

        Assert.Equal(Values(60), Values(31));
    }

    [Fact]
    public void Wrong_options_are_refused()
    {
        Assert.Throws<StudyException>(() => new NsgaSampler(1, new() { Population = 1 }));
        Assert.Throws<StudyException>(() => new NsgaSampler(1, new() { Mutation = 2 }));
        using var storage = new MemoryStorage(TimeProvider.System);
        var study = Study.Create(storage, "s", [StudyDirection.Minimize, StudyDirection.Minimize], new CmaEsSampler(1));
        Assert.Contains("choose nsga or tpe", Assert.Throws<StudyException>(() => study.Ask()).Message);
    }

    [Fact]
    public void Seeds_of_workers_and_of_a_resumed_study_differ()
    {
        Assert.Equal(42u, SamplerSeed.Of(42, 0, 0));
        uint[] seeds = [.. from trials in new[] { 0, 1, 25 } from worker in Enumerable.Range(0, 8) select SamplerSeed.Of(42,
            trials, worker)];
        Assert.Distinct(seeds);
    }
}

namespace Kymo.Tuning.Tests;

public sealed class TpeSamplerTests
{
    // The chosen numbers are Optuna's up to the rounding of its own bisection.
    const double Tolerance = 1e-7;

    static readonly SearchSpace s_pair = new(
        [new("x", new FloatDistribution(-2, 2)), new("y", new FloatDistribution(0.1, 10, log: true))]);

    // Choices and coarse grids modelled alone are often equally good to the last bit; only finer numbers tell.
    static readonly SearchSpace s_numbers = new(
    [
        new("x", new FloatDistribution(0, 1)),
        new("lr", new FloatDistribution(1e-5, 1e-1, log: true)),
        new("n", new IntDistribution(1, 25)),
        new("m", new IntDistribution(1, 128, log: true)),
        new("q", new FloatDistribution(0, 1, step: 0.05)),
    ]);

    static void AssertEqual(uint seed, TpeOptions options, string json, SearchSpace space, int trials, string told = "plain") =>
        SamplerOracle.AssertEqual(new TpeSampler(seed, options), "TPESampler", seed, json, space, trials, told, Tolerance);

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Values_equal_Optunas(uint seed) => AssertEqual(seed, new(), "{}", s_numbers, 70);

    [Fact]
    public void Values_equal_Optunas_when_trials_are_pruned() => AssertEqual(3, new(), "{}", s_numbers, 50, "prune");

    [Fact]
    public void Values_equal_Optunas_when_trials_lack_parameters() =>
        AssertEqual(3, new(), "{}", s_numbers, 50, "some");

    [Fact]
    public void Values_equal_Optunas_with_constraints() => AssertEqual(5, new(), "{}", s_numbers, 50, "constrained");

    [Fact]
    public void Values_equal_Optunas_for_two_objectives() => AssertEqual(2, new(), "{}", s_pair, 50, "two");

    [Fact]
    public void Values_equal_Optunas_while_others_run() =>
        AssertEqual(4, new() { ConstantLiar = true }, """{"constant_liar": true}""", s_numbers, 50, "running");

    [Fact]
    public void Multivariate_values_equal_Optunas() =>
        AssertEqual(1, new() { Multivariate = true }, """{"multivariate": true}""", SamplerOracle.Mixed, 60);

    [Fact]
    public void Grouped_values_equal_Optunas() =>
        AssertEqual(
            1,
            new() { Multivariate = true, Group = true },
            """{"multivariate": true, "group": true}""",
            SamplerOracle.Mixed,
            60,
            "some");

    [Theory]
    [InlineData(null)]
    [InlineData(0.125)]
    public void Values_keep_to_a_range_that_moved_far_away(double? step)
    {
        using var storage = new MemoryStorage(TimeProvider.System);
        var study = Study.Create(storage, "s", [StudyDirection.Minimize], new TpeSampler(6));
        for (var i = 0; i < 60; i++)
        {
            var trial = study.Ask();
            var low = i < 30 ? 0 : 1000;
            var x = trial.SuggestFloat("x", low, low + 0.5, step: step);
            Assert.InRange(x, low, low + 0.5);
            study.Tell(trial, Math.Abs(x - low - 0.25));
        }
        Assert.True(study.Trials().Skip(30).Select(trial => trial.Parameters[0].Number).Distinct().Count() > 3);
    }

    [Fact]
    public void Contradicting_options_are_refused() =>
        Assert.Contains(
            "multivariate=true", Assert.Throws<StudyException>(() => new TpeSampler(1, new() { Group = true })).Message);
}

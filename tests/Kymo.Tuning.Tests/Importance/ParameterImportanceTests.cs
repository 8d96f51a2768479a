using Kymo.Tuning.Importance;
using Kymo.Tuning.Json;

namespace Kymo.Tuning.Tests;

public sealed class ParameterImportanceTests
{
    static readonly SearchSpace s_space = new(
    [
        new("strong", new FloatDistribution(0, 1)),
        new("middle", new IntDistribution(0, 9)),
        new("lr", new FloatDistribution(0.01, 1, log: true)),
        new("kind", new CategoricalDistribution(["a", "b"])),
        new("none", new FloatDistribution(-3, 3)),
        new("fixed", new IntDistribution(4, 4)),
    ]);

    [Fact]
    public void Shares_agree_with_Optunas()
    {
        using var folder = new TempFolder();
        using var storage = new SqliteStorage(folder["s.db"], TimeProvider.System, OptunaSchema.Version31);
        var study = Study.Create(storage, "s", [StudyDirection.Minimize], new RandomSampler(2));
        for (var i = 0; i < 150; i++)
        {
            var trial = study.Ask(s_space);
            double[] x = [.. trial.Frozen.Parameters.Select(parameter => parameter.Number)];
            study.Tell(trial, 4 * Math.Pow(x[0] - 0.4, 2) + x[1] / 9 + x[2] + 0.6 * x[3]);
        }
        var json = Oracle.Ask("optuna_importance.py", ["optuna", "sklearn"], "sqlite:///" + folder["s.db"], "s");
        var expected = ((IReadOnlyList<object?>)PythonJson.Read(json, "importance")!)
            .ToDictionary(pair => (string)pair.Items()[0]!, pair => (double)pair.Items()[1]!);
        var shares = ParameterImportance.Fanova(study.Trials(), 1);
        Assert.Equal(expected.Count, shares.Count);
        Assert.Equal(1, shares.Sum(share => share.Value), 1e-12);
        foreach (var (name, share) in shares) Assert.InRange(share, expected[name] - 0.04, expected[name] + 0.04);
        Assert.Equal("fixed", shares[^1].Key);
    }

    [Fact]
    public void Variance_of_a_tree_equals_the_sum_over_its_cells()
    {
        // One split of each coordinate: values 0, 1 left of 0.5, 4 right of it.
        double[][] points = [[0.25, 0], [0.25, 1], [0.75, 0], [0.75, 1]];
        Axis[] axes = [Axis.Of(new FloatDistribution(0, 1)), Axis.Of(new CategoricalDistribution(["a", "b", "c"]))];
        var tree = new RegressionTree(axes, points, [0, 1, 4, 4], [0, 1, 2, 3]);
        // Choice "a" is taken out of three: left 0 for a third and 1 for two thirds.
        var mean = 0.5 * (2.0 / 3) + 0.5 * 4;
        Assert.Equal((Math.Pow(mean, 2) / 6) + (Math.Pow(1 - mean, 2) / 3) + (Math.Pow(4 - mean, 2) / 2), tree.Variance, 1e-12);
        Assert.Equal((Math.Pow(2.0 / 3 - mean, 2) + Math.Pow(4 - mean, 2)) / 2, tree.MarginalVariance(0), 1e-12);
        Assert.Equal(Math.Pow(2 - mean, 2) / 3 + Math.Pow(2.5 - mean, 2) * 2 / 3, tree.MarginalVariance(1), 1e-12);
    }

    [Fact]
    public void Too_little_to_judge_by_is_said()
    {
        Assert.Contains(
            "at least 2 complete trials", Assert.Throws<StudyException>(() => ParameterImportance.Fanova([], 1)).Message);
        FrozenTrial trial = new()
        {
            State = TrialState.Complete,
            Values = [1],
            Parameters = [new("x", new FloatDistribution(0, 1), 0.5)]
        };
        Assert.Contains(
            "values that differ", Assert.Throws<StudyException>(() => ParameterImportance.Fanova([trial, trial], 1)).Message);
        Assert.Contains(
            "a parameter that varies",
            Assert.Throws<StudyException>(() => ParameterImportance.Fanova([trial with { Parameters = [] }, trial], 1)).Message);
    }
}

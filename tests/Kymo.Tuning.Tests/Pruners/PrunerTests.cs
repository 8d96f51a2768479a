using Kymo.Tuning.Json;

namespace Kymo.Tuning.Tests;

public sealed class PrunerTests
{
    // Learning curves of 60 trials over 30 steps, with ties, NaN and trials that start or end without a number.
    static readonly double[][] s_curves = MakeCurves();

    static double[][] MakeCurves()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, 60).Select(number =>
        {
            double level = random.NextDouble(), rate = 0.05 + random.NextDouble();
            return Enumerable.Range(0, 30).Select(step => random.Next(40) == 0 || (number % 17 == 11 && step < 4)
                ? double.NaN
                : Math.Round(level + Math.Exp(-rate * step) + 0.1 * random.NextDouble(), 2)).ToArray();
        })];
    }

    static void AssertEqual(Pruner pruner, string name, string options, StudyDirection direction, params string[] inner)
    {
        var curves = PythonJson.Write(
            s_curves.Select(curve => curve.Select(value => double.IsNaN(value) ? null : (object?)value)));
        var way = direction == StudyDirection.Minimize ? "minimize" : "maximize";
        var expected = Optuna.Ask("optuna_pruners.py", [name, options, way, "demo", curves, .. inner]).Select(
            row => row.Numbers()).ToArray();
        using var storage = new MemoryStorage(TimeProvider.System);
        var study = Study.Create(storage, "demo", [direction], new FirstSampler(), pruner);
        var actual = s_curves.Select(curve => Run(study, curve)).ToArray();
        Assert.Equal(expected, actual);
        Assert.Contains(actual, row => row[0] < 30);
        Assert.Contains(actual, row => row[0] == 30);
    }

    // How many reports the trial made and how many rungs it reached.
    static double[] Run(Study study, double[] curve)
    {
        var trial = study.Ask();
        var reports = 0;
        var stopped = false;
        while (!stopped && reports < curve.Length)
        {
            trial.Report(curve[reports], reports);
            reports++;
            stopped = trial.ShouldPrune();
        }
        if (stopped) study.TellPruned(trial);
        else study.Tell(trial, double.IsNaN(curve[^1]) ? 0 : curve[^1]);
        return [reports, trial.Frozen.SystemAttributes.Keys.Count(key => key.StartsWith("completed_rung",
            StringComparison.Ordinal))];
    }

    [Theory]
    [InlineData(StudyDirection.Minimize)]
    [InlineData(StudyDirection.Maximize)]
    public void Median_decides_as_Optuna(StudyDirection direction) =>
        AssertEqual(new PercentilePruner(), "MedianPruner", "{}", direction);

    [Theory]
    [InlineData(StudyDirection.Minimize)]
    [InlineData(StudyDirection.Maximize)]
    public void Percentile_decides_as_Optuna(StudyDirection direction) => AssertEqual(
        new PercentilePruner(30, 3, 4, 5, 3), "PercentilePruner",
        """{"percentile": 30, "n_startup_trials": 3, "n_warmup_steps": 4, "interval_steps": 5, "n_min_trials": 3}""", direction);

    [Theory]
    [InlineData(StudyDirection.Minimize)]
    [InlineData(StudyDirection.Maximize)]
    public void Successive_halving_decides_as_Optuna(StudyDirection direction)
    {
        AssertEqual(new SuccessiveHalvingPruner(), "SuccessiveHalvingPruner", "{}", direction);
        AssertEqual(
            new SuccessiveHalvingPruner(2, 3, 1, 2), "SuccessiveHalvingPruner",
            """{"min_resource": 2, "reduction_factor": 3, "min_early_stopping_rate": 1, "bootstrap_count": 2}""", direction);
    }

    [Theory]
    [InlineData(StudyDirection.Minimize)]
    [InlineData(StudyDirection.Maximize)]
    public void Hyperband_decides_as_Optuna(StudyDirection direction)
    {
        AssertEqual(new HyperbandPruner(), "HyperbandPruner", "{}", direction);
        AssertEqual(
            new HyperbandPruner(1, 27), "HyperbandPruner",
            """{"min_resource": 1, "max_resource": 27, "reduction_factor": 3}""", direction);
    }

    [Fact]
    public void Threshold_decides_as_Optuna() => AssertEqual(
        new ThresholdPruner(0.1, 1.6, 3, 2), "ThresholdPruner",
        """{"lower": 0.1, "upper": 1.6, "n_warmup_steps": 3, "interval_steps": 2}""", StudyDirection.Minimize);

    [Theory]
    [InlineData(StudyDirection.Minimize, 0.05)]
    [InlineData(StudyDirection.Maximize, 0.7)]
    public void Patient_decides_as_Optuna(StudyDirection direction, double delta)
    {
        AssertEqual(
            new PatientPruner(null, 3, delta), "PatientPruner",
            $$"""{"patience": 3, "min_delta": {{delta}}}""", direction, "none");
        AssertEqual(
            new PatientPruner(new PercentilePruner(), 2), "PatientPruner",
            """{"patience": 2}""", direction, "MedianPruner");
    }

    [Fact]
    public void Brackets_equal_the_known_vector()
    {
        var pruner = new HyperbandPruner(1, 27);
        Assert.Equal(
            [3, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 3], Enumerable.Range(0, 12).Select(number => pruner.Bracket("demo", number)));
    }

    [Fact]
    public void Wrong_numbers_are_refused()
    {
        Assert.Throws<StudyException>(() => new PercentilePruner(101));
        Assert.Throws<StudyException>(() => new PercentilePruner(intervalSteps: 0));
        Assert.Throws<StudyException>(() => new SuccessiveHalvingPruner(bootstrap: 2));
        Assert.Throws<StudyException>(() => new HyperbandPruner(9, 3));
        Assert.Throws<StudyException>(() => new ThresholdPruner());
        Assert.Throws<StudyException>(() => new ThresholdPruner(2, 1));
        Assert.Throws<StudyException>(() => new PatientPruner(null, -1));
    }
}

using Kymo.Tuning.Json;

namespace Kymo.Tuning.Tests;

public sealed class BestTrialTests
{
    [Theory]
    [InlineData("minimize", "maximize")]
    [InlineData("maximize", "minimize", "minimize")]
    [InlineData("minimize")]
    public void Best_trials_equal_Optunas(params string[] directions)
    {
        var random = new Random(5);
        var values = Enumerable.Range(0, 80).Select(
            _ => directions.Select(_ => Math.Round(random.NextDouble() * 12)).ToArray()).ToArray();
        values[7][0] = double.PositiveInfinity;
        using var storage = new MemoryStorage(TimeProvider.System);
        var ways = directions.Select(
            direction => direction == "minimize" ? StudyDirection.Minimize : StudyDirection.Maximize).ToArray();
        var study = Study.Create(storage, "best", ways, new FirstSampler());
        foreach (var row in values) study.Tell(study.Ask(), row);
        var expected = Optuna.Ask("optuna_model.py", "best", PythonJson.Write(directions), PythonJson.Write(values)).Numbers();
        if (directions.Length == 1) Assert.Equal(expected[0], study.BestTrial()!.Number);
        else Assert.Equal(expected, study.BestTrials().Select(trial => (double)trial.Number));
    }

    [Fact]
    public void Best_trial_holds_its_constraints()
    {
        using var storage = new MemoryStorage(TimeProvider.System);
        var study = Study.Create(storage, "constrained", [StudyDirection.Minimize], new FirstSampler());
        foreach (var (value, constraint) in new[] { (3.0, 0.0), (1.0, 0.5), (2.0, -1.0) })
        {
            var trial = study.Ask();
            trial.SetConstraints(constraint, -1);
            study.Tell(trial, value);
        }
        Assert.Equal(2, study.BestTrial()!.Number);
    }
}

using Kymo.Tuning.Json;

namespace Kymo.Tuning.Tests;

/// <summary>Runs a sampler over a space as <c>optuna_samplers.py</c> runs Optuna's, and compares the chosen numbers.</summary>
static class SamplerOracle
{
    /// <summary>Floats, integers and choices on every scale.</summary>
    public static SearchSpace Mixed { get; } = new(
    [
        new("x", new FloatDistribution(0, 1)),
        new("lr", new FloatDistribution(1e-5, 1e-1, log: true)),
        new("n", new IntDistribution(1, 10)),
        new("m", new IntDistribution(1, 128, log: true)),
        new("q", new FloatDistribution(0, 1, step: 0.25)),
        new("c", new CategoricalDistribution(["a", "b", "c"])),
    ]);

    /// <summary>Asserts that the first trials are Optuna's: exactly, or within a relative tolerance.</summary>
    public static void AssertEqual(
        Sampler sampler, string name, uint? seed, string options, SearchSpace space, int trials, string told = "plain",
            double tolerance = 0)
    {
        var json = "{" + string.Join(", ", space.Select(p => $"{PythonJson.Write(p.Key)}: {p.Value.Json}")) + "}";
        var expected = Optuna.Ask("optuna_samplers.py", name, seed?.ToString() ?? "none", options, json, trials.ToString(), told);
        var rows = Run(sampler, space, trials, told);
        Assert.Equal(trials, expected.Count);
        for (var i = 0; i < trials; i++)
        {
            var numbers = expected[i].Numbers();
            Assert.Equal(numbers.Length, rows[i].Length);
            for (var j = 0; j < numbers.Length; j++)
            {
                var distance = Math.Abs(numbers[j] - rows[i][j]);
                Assert.True(distance <= tolerance * Math.Abs(numbers[j]),
                    $"trial {i}, number {j}: {rows[i][j]:R} instead of {numbers[j]:R}");
            }
        }
    }

    public static double Score(IReadOnlyList<double> numbers) =>
        numbers.Select((number, i) => (i + 1) * Math.Pow(number - 0.3, 2)).Sum();

    static List<double[]> Run(Sampler sampler, SearchSpace space, int trials, string told)
    {
        using var storage = new MemoryStorage(TimeProvider.System);
        StudyDirection[] directions = told == "two"
            ? [StudyDirection.Minimize, StudyDirection.Maximize]
            : [StudyDirection.Minimize];
        var study = Study.Create(storage, "s", directions, sampler);
        var rows = new List<double[]>();
        var late = new Queue<(int Number, Trial Trial)>();
        for (var number = 0; number < trials; number++)
        {
            var trial = study.Ask();
            for (var i = 0; i < space.Count; i++)
                if (told != "some" || (number + i) % 4 != 0) trial.Suggest(space[i].Key, space[i].Value);
            rows.Add(Numbers(trial));
            Tell(study, trial, told, late);
            while (late.TryPeek(out var next) && next.Number <= number) Tell(study, late.Dequeue().Trial, "plain", late);
        }
        return rows;
    }

    static void Tell(Study study, Trial trial, string told, Queue<(int Number, Trial Trial)> late)
    {
        var numbers = Numbers(trial);
        var score = Score(numbers);
        if (told == "constrained") trial.SetConstraints(score % 2 - 1, 0.5 - numbers[0]);
        if (told == "two") study.Tell(trial, score, numbers.Sum(number => Math.Abs(number - 1.7)));
        else if (told == "running" && trial.Number % 3 == 1) late.Enqueue((trial.Number + 5, trial));
        else if (told == "prune" && trial.Number % 5 == 2)
        {
            trial.Report(score, trial.Number % 3);
            study.TellPruned(trial);
        }
        else study.Tell(trial, score);
    }

    static double[] Numbers(Trial trial) => [.. trial.Frozen.Parameters.Select(parameter => parameter.Number)];
}

using Kymo.Lab.Data.Music;

namespace Kymo.Lab.Recipes.Music;

/// <summary>Tasks whose answer is one row of numbers for a piece.</summary>
static class MusicVectors
{
    /// <summary>For networks without settings.</summary>
    public static IReadOnlyDictionary<string, string> NoSettings { get; } = new Dictionary<string, string>();

    /// <summary>The task, its model still to be named.</summary>
    public static MusicTask Task(
        MusicConfig config, string name, MusicSet set, IReadOnlyList<MusicExample> examples, (int[] Train, int[] Select, int[] Report, string Rule) parts,
        IReadOnlyList<string> targets, MusicLoss loss, IReadOnlyList<MusicExample> known, params IReadOnlyList<(string Name, int[] Targets)> groups) => new()
        {
            Name = name,
            Set = set,
            Inputs = examples[0].Input.Length,
            Outputs = targets.Count,
            Targets = targets,
            Scores = [new("all_mse", [.. Enumerable.Range(0, targets.Count)], true), .. groups.Select(group => new NumberScore(group.Name + "_mse", group.Targets, true))],
            Answers = (example, output) => [new(example.Id, example.Group, [.. example.Numbers.Select(value => (double)value)], [.. output.Select(value => (double)value)])],
            Loss = loss,
            Examples = examples,
            Train = parts.Train,
            Select = parts.Select,
            Report = parts.Report,
            SplitRule = parts.Rule,
            Baselines =
            [
                new("ridge", Rivals.Ridge(known, targets.Count, example => example.Input, examples[0].Input.Length)),
                new("mean", Rivals.Always(Rivals.Mean(known, targets.Count), 1)),
            ],
            Model = ("", NoSettings),
            OutputNames = targets,
        };
}

using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;

namespace Kymo.Lab.Tests.Runs;

/// <summary>Reports of made-up runs, for drawing.</summary>
static class SampleReport
{
    static readonly string[] s_sounds =
    [
        "air_conditioner", "car_horn", "children_playing", "dog_bark", "drilling", "engine_idling", "gun_shot", "jackhammer",
        "siren", "street_music",
    ];

    /// <summary>
    /// Three folds of ten classes, with a collapsed fold, exclusions and names that would break careless markup.
    /// </summary>
    public static RunReport CrossValidated(RunSummary any)
    {
        int[] folds = [1, 2, 3];
        var random = new Random(5);
        var matrix = Matrix(random, s_sounds.Length, 80);
        Dictionary<string, double> Scores(double acc) => new()
        {
            ["loss"] = 2 - 2 * acc,
            ["acc"] = acc,
            ["f1_macro"] = acc - 0.02,
            ["precision_macro"] = acc,
            ["recall_macro"] = acc - 0.03,
            ["balanced_acc"] = acc - 0.03,
        };
        var summary = any with
        {
            Contract = RunContract.Classification("urban_sound_classification", s_sounds) with { Folds = folds },
            RunName = "urban-cnn_seed42",
            Model = "urban-cnn",
            Parameters = 250_250,
            Test = Scores(0.612),
            ValidationBest = Scores(0.64),
            TestIntervals = new Dictionary<string, Interval>
            {
                ["acc"] = new(0.612, 0.571, 0.65, 0.95, 2000, 0, 412),
                ["f1_macro"] = new(0.592, 0.552, 0.633, 0.95, 2000, 0, 412),
            },
            IntervalsOver = "recording",
            Baselines = [new("majority", Scores(0.115)), new("nearest neighbour", Scores(0.41))],
            Folds =
            [
                .. folds.Select((f, i) => new FoldRow(
                    f, i == 2 ? RunStatus.Collapsed : RunStatus.Ok, 5200, 700, 800 + f, 11 + f, 20, 91.5, Scores(0.6),
                    Scores(i == 0 ? 0.64 : i == 1 ? 0.59 : 0.6))),
            ],
            Excluded =
            [
                new("fold3/<b>loud</b>.wav", "empty file"), new("a.wav", "not finite at sample 12"), new("b.wav", "empty file"),
            ],
            Warnings = ["2 % of the recordings are shorter than 0.1 s."],
        };
        return new RunReport
        {
            Summary = summary,
            TestMatrix = matrix,
            Git = new GitState("0123456789abcdef", "main", true),
            Environment = new JsonObject
            {
                ["cpu_model"] = "a processor",
                ["engines"] = new JsonObject { ["libtorch_version"] = "1.13.1" },
            },
            Curves = [.. folds.Select(f => Curve(f, 20, random))],
            Data = new DataDescription
            {
                Name = "UrbanSound8K",
                Source = "Salamon, Jacoby, Bello 2014",
                Licence = "CC BY-NC 3.0",
                ItemName = "clips",
                GroupName = "recordings",
                SplitRule = "the data set's folds; validation cut from the training folds by recording",
                Parts = [.. folds.Select(f => new DataPart($"fold {f}", 870 + f, 130, [.. s_sounds.Select((_, c) => 90 - c)]))],
            },
        };
    }

    /// <summary>A single run of 60 epochs and three classes.</summary>
    public static RunReport Single(RunSummary any)
    {
        var random = new Random(6);
        return new RunReport
        {
            Summary = any,
            TestMatrix = Matrix(random, 3, 400),
            Curves = [Curve(null, 60, random)],
            Data = new DataDescription
            {
                Name = "DreamCatcher",
                Parts = [new("train", 1000, 0, [600, 300, 100]), new("test", 1200, 0, [400, 400, 400])],
            },
        };
    }

    static ConfusionMatrix Matrix(Random random, int classes, int support)
    {
        var matrix = new ConfusionMatrix(classes);
        for (var t = 0; t < classes; t++)
            for (var i = 0; i < support; i++) matrix.Add(t, random.NextDouble() < 0.9 - 0.06 * t ? t : random.Next(classes));
        return matrix;
    }

    static LearningCurve Curve(int? fold, int epochs, Random random)
    {
        double[] Falling(double from, double to) =>
            [.. Enumerable.Range(1, epochs).Select(e => to + (from - to) * Math.Exp(-e / 6.0) + 0.03 * random.NextDouble())];
        Dictionary<string, double[]> Of(double end, double accuracy)
        {
            var loss = Falling(2.3, end);
            return RunContract.ClassificationScores.ToDictionary(
                s => s, s => s == "loss" ? loss : [.. loss.Select(l => accuracy * (2.5 - l) / 2)]);
        }
        return new LearningCurve(fold, epochs * 2 / 3, Of(0.4, 0.9), Of(0.9, 0.8));
    }
}

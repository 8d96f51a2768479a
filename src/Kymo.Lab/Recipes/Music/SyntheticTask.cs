using System.Globalization;
using Kymo.Lab.Data.Music;
using Kymo.Lab.Training;
using Kymo.Signals.Music;

namespace Kymo.Lab.Recipes.Music;

/// <summary>Made-up items with a planted relation, for tests; only when asked for by name, and recorded in every artefact.</summary>
static class SyntheticTask
{
    /// <summary>Builds the task of a kind; the original's net unless the improved one fits.</summary>
    public static MusicTask Of(MusicConfig config, MusicKind kind)
    {
        var random = new RandomStream(config.Data.SyntheticSeed, "synthetic/" + kind);
        var count = config.Data.SyntheticItems + (config.Data.SyntheticItems / 4);
        var truth = new Dictionary<string, Emotion>();
        var examples = new MusicExample[count];
        for (var i = 0; i < count; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"item_{i:00000}");
            truth[id] = new Emotion(random.Uniform(-1, 1), random.Uniform());
            var (input, numbers) = Item(kind, truth[id], random);
            examples[i] = new(id, id, input) { Numbers = numbers };
        }
        var set = new MusicSet("synthetic", kind, "", "none", "planted relation", [], [], []);
        var parts = Parts(config, count);
        MusicExample[] known = [.. parts.Train.Concat(parts.Select).Select(index => examples[index])];
        var (names, loss, net) = kind switch
        {
            MusicKind.Melody => (PitchHistogram.Names, MusicLoss.Binary, "melody-transformer"),
            MusicKind.Harmony => (ChordVocabulary.Names, MusicLoss.Divergence, "harmony-predictor"),
            MusicKind.Dynamics => (Dynamics.Names, MusicLoss.MeanSquare, "dynamics-engine"),
            MusicKind.Groove => (Groove.Names, MusicLoss.MeanSquare, "groove-predictor"),
            _ => (EmotionCode.Names, MusicLoss.MeanSquare, "emotion-recognizer"),
        };
        var task = kind == MusicKind.Emotion
            ? MusicEmotionTask.Codes(config, "music_emotion", set, examples, parts, example => truth[example.Id])
            : MusicVectors.Task(config, $"music_{kind.ToString().ToLowerInvariant()}_vector", set, examples, parts, names, loss, known);
        return task with
        {
            DataSource = "synthetic",
            Model = (net, MusicVectors.NoSettings),
            Warnings = ["made-up data with a planted relation: a score says that the program works, nothing about music"],
        };
    }

    // All items are of one kind, so their order decides: the last fifth is reported, a part of the rest picks the epoch.
    static (int[] Train, int[] Select, int[] Report, string Rule) Parts(MusicConfig config, int count)
    {
        var learned = config.Data.SyntheticItems;
        var train = (int)(learned * (1 - config.Data.SelectSplit));
        return ([.. Enumerable.Range(0, train)], [.. Enumerable.Range(train, learned - train)], [.. Enumerable.Range(learned, count - learned)],
            "Made-up items in their order: the first are learned from, the next pick the epoch, the last are reported.");
    }

    static (float[] Input, float[] Numbers) Item(MusicKind kind, Emotion emotion, RandomStream random)
    {
        var (v, a) = (emotion.Valence, emotion.Arousal);
        var code = EmotionCode.Encode(v, a);
        return kind switch
        {
            MusicKind.Emotion => (Row(128, b => Math.Clamp(
                (0.6 * v * Math.Sin(2 * Math.PI * b / 127)) + (0.6 * ((2 * a) - 1) * Math.Cos(Math.PI * b / 127)) + (0.1 * random.Normal()), -1, 1)), code),
            MusicKind.Melody => (code, Normalised(Row(128, p => Math.Exp(-0.5 * Math.Pow((p - 60 - (12 * v)) / (4 + (8 * a)), 2))))),
            MusicKind.Harmony => ([.. code, .. new float[64]], Chords(v, a)),
            MusicKind.Dynamics => Played(random),
            _ => (code, Row(32, j => Math.Tanh((v * Math.Cos(j + 1)) + (((2 * a) - 1) * Math.Sin(j + 1))))),
        };
    }

    static (float[], float[]) Played(RandomStream random)
    {
        var context = Row(32, _ => random.Uniform());
        return (context, Row(16, j =>
        {
            var sum = 0.0;
            for (var k = 0; k < 32; k++) sum += Math.Cos((j + 1.0) * (k + 1)) * (context[k] - 0.5);
            return 1 / (1 + Math.Exp(-4 * sum));
        }));
    }

    static float[] Chords(double v, double a)
    {
        var near = Enumerable.Range(0, 12).Select(r => Math.Exp(-Math.Min(7 * r % 12, 12 - (7 * r % 12)) / (0.5 + (2 * a)))).ToArray();
        var sum = near.Sum();
        var slots = new float[64];
        for (var r = 0; r < 12; r++)
        {
            slots[5 * r] = (float)(near[r] / sum * (1 + v) / 2);
            slots[(5 * r) + 1] = (float)(near[r] / sum * (1 - v) / 2);
        }
        return slots;
    }

    static float[] Row(int length, Func<int, double> value) => [.. Enumerable.Range(0, length).Select(i => (float)value(i))];

    static float[] Normalised(float[] row)
    {
        var sum = row.Sum(value => (double)value);
        return [.. row.Select(value => (float)(value / sum))];
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Metrics;
using Kymo.Lab.Prediction;
using Kymo.Lab.Runs;
using Kymo.Signals;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>
/// Scores a finished run on a tree of recordings: each recording is heard only by those networks of the run that have not been trained
/// on it (by its source recording), so that the tree the run was trained on gives the cross-validated score again.
/// </summary>
public static class UrbanSoundsEvaluator
{
    /// <summary>Scores.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="overrides">Settings that differ from the run's, for instance <c>data.root=DIR</c>.</param>
    /// <param name="context">What else is given.</param>
    /// <exception cref="ConfigException">An override that the run has no setting for.</exception>
    /// <exception cref="DataException">No finished run, or no recording that the networks have not seen.</exception>
    public static RunResult Evaluate(string run, IReadOnlyList<string> overrides, RunContext context)
    {
        var config = ReadConfig(run, overrides);
        var models = UrbanSoundsPredictor.ModelFiles(run, 0).Select(UrbanModelFile.Read).ToArray();
        try
        {
            // A tree beside the training data may hold a part only: what is absent is counted, not refused.
            config = config with { Data = config.Data with { AllowAbsent = true } };
            var set = UrbanSoundsData.Read(config);
            CheckClasses(run, set, models);
            using var cache = UrbanSoundsRecipe.OpenCache(config, set, context);
            set = set.Without(cache.Index.Exclusions);
            return Score(run, config, new SpectrogramExamples(set, cache), models, context);
        }
        finally
        {
            foreach (var model in models) model.Dispose();
        }
    }

    /// <summary>Opens the recordings of a run as its network knows them, to quantise its export.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="fold">The fold whose network is meant; 0 for the one that the run promoted.</param>
    /// <param name="overrides">Settings that differ from the run's, for instance <c>data.root=DIR</c>.</param>
    /// <param name="context">What else is given.</param>
    public static Int8Data Int8(string run, int fold, IReadOnlyList<string> overrides, RunContext context)
    {
        var config = ReadConfig(run, overrides);
        using var model = UrbanModelFile.Read(fold > 0 ? UrbanSoundsPredictor.ModelFiles(run, fold)[0] : Path.Combine(run, RunFiles.BestModelSafetensors));
        config = config with { Data = config.Data with { AllowAbsent = true } };
        var set = UrbanSoundsData.Read(config);
        CheckClasses(run, set, [model]);
        var cache = UrbanSoundsRecipe.OpenCache(config, set, context);
        var examples = new SpectrogramExamples(set.Without(cache.Index.Exclusions), cache);
        return Int8Data.Of(model.Card.Data, examples, model.Card.TrainedGroups, cache.Dispose);
    }

    static UrbanSoundsConfig ReadConfig(string run, IReadOnlyList<string> overrides) => ConfigBinder.Bind<UrbanSoundsConfig>(FinishedSettings.Read(run, UrbanSoundsRecipe.Name, overrides));

    static void CheckClasses(string run, RecordingSet set, UrbanModelFile[] models)
    {
        if (!models[0].Card.Classes.SequenceEqual(set.Classes))
            throw new DataException(set.Root, $"its classes ({string.Join(", ", set.Classes)}) are not those of {run} ({string.Join(", ", models[0].Card.Classes)})");
    }

    static RunResult Score(string run, UrbanSoundsConfig config, SpectrogramExamples examples, UrbanModelFile[] models, RunContext context)
    {
        var set = examples.Set;
        var sums = new float[set.Recordings.Count][];
        foreach (var model in models)
        {
            context.Cancel.ThrowIfCancellationRequested();
            var seen = model.Card.TrainedGroups.ToHashSet();
            int[] unseen = [.. Enumerable.Range(0, set.Recordings.Count).Where(index => !seen.Contains(set.Recordings[index].Group))];
            var answers = Classifier.Evaluate(model.Network, examples, unseen, model.Card.Standardizer, config.Trainer.EvalBatchSize, Device.Cpu).Probabilities;
            for (var i = 0; i < unseen.Length; i++)
            {
                var sum = sums[unseen[i]] ??= new float[set.Classes.Count];
                for (var k = 0; k < sum.Length; k++) sum[k] += answers[i][k];
            }
            context.Tell(new RunEvent.Stage($"network of fold {model.Card.Fold}: {unseen.Length} recordings it has not seen"));
        }
        int[] heard = [.. Enumerable.Range(0, sums.Length).Where(index => sums[index] is not null)];
        if (heard.Length == 0) throw new DataException(set.Root, "every recording was trained on by every network of the run; nothing can be scored honestly");

        var truth = examples.Labels(heard);
        int[] predicted = [.. heard.Select(index => Largest.IndexOf(sums[index]))];
        var matrix = ConfusionMatrix.Of(set.Classes.Count, truth, predicted);
        var loss = heard.Average(index => -Math.Log(Math.Max(sums[index][set.Recordings[index].Label] / sums[index].Sum(), 1e-12)));
        var scores = StandardScores.Classification(loss, matrix);
        var groups = heard.Select(index => set.Recordings[index].Group).ToArray();
        var interval = BootstrapInterval.Of(truth, predicted, groups, set.Classes.Count, Accuracy.Of, new BootstrapOptions());
        var metrics = new JsonObject
        {
            ["dataset"] = set.Name,
            ["recordings"] = heard.Length,
            ["left_out"] = set.Recordings.Count - heard.Length + set.Exclusions.Count,
            ["test"] = new JsonObject(scores.Select(score => KeyValuePair.Create(score.Key, (JsonNode?)score.Value))),
            ["intervals"] = new JsonObject { ["acc"] = new JsonObject { ["low"] = interval.LowOrNull, ["high"] = interval.HighOrNull, ["level"] = interval.Level } },
            ["classes"] = new JsonObject(ClassScores.Of(matrix).Select((score, label) => KeyValuePair.Create(set.Classes[label], (JsonNode?)new JsonObject
            {
                ["precision"] = score.Precision,
                ["recall"] = score.Recall,
                ["f1"] = score.F1,
                ["support"] = score.Support,
            }))),
        };
        string[] lines =
        [
            $"{set.Name}: {heard.Length} recordings that the networks have not been trained on, {metrics["left_out"]} left out",
            string.Create(CultureInfo.InvariantCulture, $"accuracy {scores["acc"]:F3} (95 % interval {interval.Range("F3")}), macro F1 {scores["f1_macro"]:F3}, loss {loss:F3}"),
        ];
        return new RunResult(run, lines, metrics);
    }
}

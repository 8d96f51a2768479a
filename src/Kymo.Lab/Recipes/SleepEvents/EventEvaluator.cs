using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Metrics;
using Kymo.Lab.Prediction;
using Kymo.Lab.Runs;
using Kymo.Signals;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.SleepEvents;

/// <summary>
/// Scores a finished run on a tree of recordings: only those whose source recording neither taught the network nor picked its epoch, so
/// that the tree the run was trained on gives the held-out score again.
/// </summary>
public static class EventEvaluator
{
    /// <summary>Scores.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="overrides">Settings that differ from the run's, for instance <c>data.root=DIR</c>.</param>
    /// <param name="context">What else is given.</param>
    /// <exception cref="ConfigException">An override that the run has no setting for.</exception>
    /// <exception cref="DataException">No finished run, other classes, or no recording that the network has not heard.</exception>
    public static RunResult Evaluate(string run, IReadOnlyList<string> overrides, RunContext context)
    {
        var (network, card) = EventNetwork.Read(run);
        using (network)
        {
            var config = ReadConfig(run, overrides, card);
            using var store = OpenStore(run, config, card, context);
            var heard = card.TrainedGroups.ToHashSet();
            int[] unheard = [.. Enumerable.Range(0, store.Set.Recordings.Count).Where(index => !heard.Contains(store.Set.Recordings[index].Group))];
            if (unheard.Length == 0)
                throw new DataException(store.Set.Root, "the network has heard every recording; nothing can be scored honestly");
            return Score(run, store, unheard, [.. EventObjective.Logits(network, store.Examples, unheard, card.Standardizer, config.Trainer.EvalBatchSize, Device.Cpu)]);
        }
    }

    /// <summary>Opens the recordings of a run as its network knows them, to quantise its export.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="overrides">Settings that differ from the run's, for instance <c>data.root=DIR</c>.</param>
    /// <param name="context">What else is given.</param>
    public static Int8Data Int8(string run, IReadOnlyList<string> overrides, RunContext context)
    {
        var (network, card) = EventNetwork.Read(run);
        network.Dispose();
        var store = OpenStore(run, ReadConfig(run, overrides, card), card, context);
        return Int8Data.Of(card.Data, store.Examples, card.TrainedGroups, store.Dispose);
    }

    static SleepEventsConfig ReadConfig(string run, IReadOnlyList<string> overrides, EventModelCard card)
    {
        var config = ConfigBinder.Bind<SleepEventsConfig>(FinishedSettings.Read(
            run, SleepEventsRecipe.Name, overrides, key => key.Split('.')[0] is "model" or "features" ? "the network of a finished run cannot be changed" : null));
        return config with { Features = card.Features, Data = config.Data with { AllowAbsent = true } };
    }

    static EventStore OpenStore(string run, SleepEventsConfig config, EventModelCard card, RunContext context)
    {
        var store = EventStore.Open(config, context);
        if (card.Classes.SequenceEqual(store.Set.Classes)) return store;
        store.Dispose();
        throw new DataException(config.Data.Root, $"its classes ({string.Join(", ", store.Set.Classes)}) are not those of {run} ({string.Join(", ", card.Classes)})");
    }

    static RunResult Score(string run, EventStore store, int[] unheard, float[][] logits)
    {
        var (set, truth) = (store.Set, store.Examples.Labels(unheard));
        var evaluation = ClassEvaluation.Of(set.Classes.Count, truth, [.. logits.Select(row => EventObjective.Softened(row, 1))]);
        var scores = StandardScores.Classification(evaluation.Loss, evaluation.Matrix);
        int[] predicted = [.. logits.Select(row => Largest.IndexOf(row))];
        string[] groups = [.. unheard.Select(index => set.Recordings[index].Group)];
        Interval Of(Func<ConfusionMatrix, double> score) => BootstrapInterval.Of(truth, predicted, groups, set.Classes.Count, score, new BootstrapOptions());
        var (accuracy, f1) = (Of(Accuracy.Of), Of(matrix => MacroScores.Of(matrix).F1));
        JsonObject Json(Interval interval) => new() { ["low"] = interval.LowOrNull, ["high"] = interval.HighOrNull, ["level"] = interval.Level };
        var metrics = new JsonObject
        {
            ["dataset"] = set.Name,
            ["recordings"] = unheard.Length,
            ["left_out"] = set.Recordings.Count - unheard.Length + set.Exclusions.Count,
            ["test"] = new JsonObject(scores.Select(score => KeyValuePair.Create(score.Key, (JsonNode?)score.Value))),
            ["intervals"] = new JsonObject { ["acc"] = Json(accuracy), ["f1_macro"] = Json(f1) },
        };
        string[] lines =
        [
            $"{set.Name}: {unheard.Length} recordings that the network has not heard, {metrics["left_out"]} left out",
            string.Create(CultureInfo.InvariantCulture, $"accuracy {scores["acc"]:F3} ({accuracy.Range("F3")}), macro F1 {scores["f1_macro"]:F3} ({f1.Range("F3")}); 95 % intervals over recordings"),
        ];
        return new RunResult(run, lines, metrics);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Prediction;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Signals;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>
/// Scores the first network of a finished run on a tree of nights: each night is read only by those of the run's folds that neither learned from
/// that person nor picked an epoch by them, so that the tree the run was trained on gives the held-out score again.
/// </summary>
static class SleepEvaluator
{
    /// <summary>Scores.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="overrides">Settings that differ from the run's, for instance <c>data.dataset_dir=DIR</c>.</param>
    /// <param name="context">What else is given.</param>
    /// <exception cref="ConfigException">An override that the run has no setting for, or that changes the networks.</exception>
    /// <exception cref="DataException">No finished run, or no night of a person that the networks have not met.</exception>
    public static RunResult Evaluate(string run, IReadOnlyList<string> overrides, RunContext context)
    {
        var config = ReadConfig(run, overrides);
        var device = Devices.Prepare(config.Trainer);
        var nights = SleepData.Read(config, context);
        var models = SleepPredictor.ModelFiles(run, 0).Select(SleepModelFile.Read).ToArray();
        try
        {
            return Score(run, config, nights, Answers(config, nights, [.. models.Where(model => model.Card.Network == models[0].Card.Network)], device, context));
        }
        finally
        {
            foreach (var model in models) model.Dispose();
        }
    }

    /// <summary>Windows or nights to quantise a network of the run with, scaled as its export takes them.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="fold">The fold whose network is written; 0 for the one that the run promoted.</param>
    /// <param name="overrides">Settings that differ from the run's, for instance <c>data.dataset_dir=DIR</c>.</param>
    /// <param name="context">What else is given.</param>
    /// <exception cref="DataException">No finished run, or nights of other rows.</exception>
    public static Int8Data Int8(string run, int fold, IReadOnlyList<string> overrides, RunContext context)
    {
        var config = ReadConfig(run, overrides);
        SleepModelCard card;
        using (var model = SleepModelFile.Read(fold > 0 ? SleepPredictor.ModelFiles(run, fold)[0] : Path.Combine(run, RunFiles.BestModelSafetensors))) card = model.Card;
        var nights = SleepData.Read(config, context);
        CheckFeatures(config, nights, card);
        var met = nights.NightsOf(card.TrainedPeople);
        int[] unmet = [.. Enumerable.Range(0, nights.Nights.Count).Except(met)];
        var isNight = card.Length == 0;
        return new Int8Data(
            card.Source, config.Data.DatasetDir, isNight ? "nights" : "windows", index => Item(card, nights, index),
            isNight ? met : nights.WindowsOf(met), isNight ? unmet : nights.WindowsOf(unmet), () => { });
    }

    // A night, or a window of one; rows of a window that lie beyond the night are zeros, as in training.
    static Int8Item Item(SleepModelCard card, SleepNights nights, int index)
    {
        var (isNight, columns, merge) = (card.Length == 0, card.Features.Count, SleepStage.Merge(card.Classes.Count));
        var window = isNight ? new WindowRef(index, 0, 0, 0, 0) : nights.Windows[index];
        var night = nights.Nights[window.Night];
        var length = isNight ? night.Count : card.Length;
        var (from, to) = (Math.Max(window.Row, 0), Math.Min(window.Row + length, night.Count));
        var values = new float[length * columns];
        card.Scaling.Apply(night, night.Values.AsSpan(from * columns, (to - from) * columns), values.AsSpan((from - window.Row) * columns));
        return new Int8Item([1, length, columns], values, isNight ? [.. night.Stages.Select(stage => stage < 0 ? -1 : merge[stage])] : [merge[window.Target]]);
    }

    static SleepStagesConfig ReadConfig(string run, IReadOnlyList<string> overrides) => ConfigBinder.Bind<SleepStagesConfig>(FinishedSettings.Read(
        run, SleepStagesRecipe.Name, overrides, key => key.Split('.')[0] is "model" or "models" or "classes" or "compat" ? "the networks of a finished run cannot be changed" : null));

    static void CheckFeatures(SleepStagesConfig config, SleepNights nights, SleepModelCard card)
    {
        if (!card.Features.SequenceEqual(nights.Features))
            throw new DataException(config.Data.DatasetDir, $"its rows are {string.Join(", ", nights.Features)}; the run reads {string.Join(", ", card.Features)}");
    }

    // The mean answer for each window that a network may be asked about; the others have none.
    static SleepSystem Answers(SleepStagesConfig config, SleepNights nights, SleepModelFile[] models, Device device, RunContext context)
    {
        var (sums, networks) = (new float[nights.Windows.Length][], new int[nights.Windows.Length]);
        int[] all = [.. Enumerable.Range(0, nights.Nights.Count)];
        foreach (var model in models)
        {
            context.Cancel.ThrowIfCancellationRequested();
            CheckFeatures(config, nights, model.Card);
            int[] unmet = [.. all.Where(night => !model.Card.TrainedPeople.Contains(nights.Nights[night].Id))];
            if (unmet.Length == 0) continue;
            var windows = nights.WindowsOf(unmet);
            var split = new SleepSplit(model.Card.Fold, all, unmet, unmet, nights.WindowsOf(all), windows, windows);
            var (fit, objective) = SleepObjective.Begin(config, model.Card.Network, nights, split, device, context.Clock);
            using (fit)
            {
                objective.Network.LoadState(model.Network.SaveState(), config.Data.DatasetDir);
                var answers = objective.Evaluate(objective.Examples(unmet, windows), model.Card.Scaling).Probabilities;
                foreach (var (i, window) in windows.Index())
                {
                    var sum = sums[window] ??= new float[config.Classes];
                    for (var c = 0; c < sum.Length; c++) sum[c] += answers[i][c];
                    networks[window]++;
                }
            }
        }
        int[] answered = [.. Enumerable.Range(0, sums.Length).Where(window => networks[window] > 0)];
        if (answered.Length == 0) throw new DataException(config.Data.DatasetDir, "every person was met by every network of the run; nothing can be scored honestly");
        return new SleepSystem(
            models[0].Card.Network, true, [.. answered.Select(window => nights.Windows[window])], [.. answered.Select(_ => 0)],
            [.. answered.SelectMany(window => sums[window].Select(value => value / networks[window]))]);
    }

    static RunResult Score(string run, SleepStagesConfig config, SleepNights nights, SleepSystem system)
    {
        var people = system.Windows.Select(window => window.Night).Distinct().Count();
        var lines = new List<string> { $"{nights.Name}: {system.Windows.Length} {(nights.HasEpochRows ? "epochs" : "windows")} of {people} people that {system.Name} has not met; 95 % intervals over people" };
        var metrics = new JsonObject
        {
            ["dataset"] = nights.Name,
            ["windows"] = system.Windows.Length,
            ["people"] = people,
            ["left_out"] = nights.Checks.Count - people,
        };
        foreach (var scores in SleepReport.ScoresOf(system, config, nights).GroupBy(score => score.Classes))
        {
            metrics[$"classes_{scores.Key}"] = new JsonObject(scores.Select(score => KeyValuePair.Create(score.Score, (JsonNode?)new JsonObject
            {
                ["value"] = SleepReport.Number(score.Value.Estimate),
                ["low"] = SleepReport.Number(score.Value.Low),
                ["high"] = SleepReport.Number(score.Value.High),
            })));
            lines.Add($"  {scores.Key} classes: " + string.Join(", ", scores.Where(score => score.Score is "kappa" or "f1_macro").Select(score => string.Create(
                CultureInfo.InvariantCulture, $"{(score.Score == "kappa" ? "kappa" : "macro F1")} {score.Value.Estimate:F3} ({score.Value.Range("F3")})"))));
        }
        return new RunResult(run, lines, metrics);
    }
}

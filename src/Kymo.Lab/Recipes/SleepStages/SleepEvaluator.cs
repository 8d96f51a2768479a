using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
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
        var config = ConfigBinder.Bind<SleepStagesConfig>(FinishedSettings.Read(
            run, SleepStagesRecipe.Name, overrides, key => key.Split('.')[0] is "model" or "models" or "classes" or "compat" ? "the networks of a finished run cannot be changed" : null));
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

    // The mean answer for each window that a network may be asked about; the others have none.
    static SleepSystem Answers(SleepStagesConfig config, SleepNights nights, SleepModelFile[] models, Device device, RunContext context)
    {
        var (sums, networks) = (new float[nights.Windows.Length][], new int[nights.Windows.Length]);
        int[] all = [.. Enumerable.Range(0, nights.Nights.Count)];
        foreach (var model in models)
        {
            context.Cancel.ThrowIfCancellationRequested();
            if (!model.Card.Features.SequenceEqual(nights.Features))
                throw new DataException(config.Data.DatasetDir, $"its rows are {string.Join(", ", nights.Features)}; the run reads {string.Join(", ", model.Card.Features)}");
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
                CultureInfo.InvariantCulture, $"{(score.Score == "kappa" ? "kappa" : "macro F1")} {score.Value.Estimate:F3} ({score.Value.Low:F3} to {score.Value.High:F3})"))));
        }
        return new RunResult(run, lines, metrics);
    }
}

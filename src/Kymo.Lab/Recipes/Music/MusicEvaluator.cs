using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data.Music;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Signals;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.Music;

/// <summary>
/// Scores a finished run again on the part of its data that it reported; the pieces may have moved (<c>data.root=DIR</c>) but not changed, because
/// only then it is known which of them the network has not learned from.
/// </summary>
static class MusicEvaluator
{
    const int Resamples = 1000;

    static readonly string[] s_allowed = ["data.root", "data.max_bad_fraction", "trainer.device", "trainer.threads", "trainer.eval_batch_size"];

    /// <summary>Scores.</summary>
    /// <param name="kind">What the recipe reads.</param>
    /// <param name="run">The run folder.</param>
    /// <param name="overrides">Settings that differ from the run's.</param>
    /// <param name="context">What else is given.</param>
    /// <exception cref="ConfigException">An override that would change what was learned.</exception>
    /// <exception cref="DataException">No finished run, or other data.</exception>
    public static RunResult Evaluate(MusicKind kind, string run, IReadOnlyList<string> overrides, RunContext context)
    {
        var settings = FinishedSettings.Read(
            run, "music-" + kind.ToString().ToLowerInvariant(), overrides, key => s_allowed.Contains(key) ? null : $"a finished run takes {string.Join(", ", s_allowed)}, each as key=value");
        var config = ConfigBinder.Bind<MusicConfig>(settings);
        var device = Devices.Prepare(config.Trainer);
        var task = MusicRecipe.Build(kind, config, context);
        var (now, then) = (MusicRecipe.Fingerprint(task), (string?)CanonicalJson.ReadObject(Path.Combine(run, RunFiles.DataFingerprint))["content_sha256"]);
        if (now != then) throw new DataException(task.Set.Root, $"holds other pieces than {run} was made of ({then}, now {now}); name the folder of the same data with data.root=DIR");

        var weights = Path.Combine(run, RunFiles.BestModelSafetensors);
        if (!File.Exists(weights)) throw new DataException(run, "holds no trained network; expected a finished run of a music recipe");
        var (fit, objective) = MusicObjective.Begin(config, task, device, context.Clock);
        using (fit)
        {
            objective.Network.LoadState(SafetensorsFile.Read(weights).Tensors.ToDictionary(entry => entry.Name, entry => entry.Tensor), weights);
            var held = BatchLimit.First(fit.Trainer.LimitTestBatches, task.Report, config.Trainer.EvalBatchSize);
            return task.HasClasses ? Classes(run, config, task, objective, held) : Numbers(run, config, task, objective, held);
        }
    }

    static RunResult Classes(string run, MusicConfig config, MusicTask task, MusicObjective objective, int[] held)
    {
        var test = objective.Classes(held);
        var items = MusicAnswers.Items(task, held);
        var interval = BootstrapInterval.Of(
            [.. items.Select(item => item.Label)], [.. test.Probabilities.Select(row => Largest.IndexOf(row))], [.. items.Select(item => item.Group)], task.Classes.Count, Accuracy.Of,
            new BootstrapOptions { Resamples = Resamples, Seed = (ulong)config.Seed });
        return Result(run, task, new JsonObject { ["acc"] = interval.Estimate, ["loss"] = test.Loss }, ("accuracy", interval), string.Create(CultureInfo.InvariantCulture, $"; loss {test.Loss:0.000} nats"));
    }

    static RunResult Numbers(string run, MusicConfig config, MusicTask task, MusicObjective objective, int[] held)
    {
        var answers = objective.Numbers(held);
        var scores = new JsonObject([.. task.Scores.Select(score => KeyValuePair.Create(score.Name, (JsonNode?)score.Of(answers)))]);
        var groups = answers.GroupBy(answer => answer.Group).Select(group => group.Select(answer => task.Scores[0].Of(answer)).Aggregate((Sum: 0.0, Count: 0.0), (sum, one) => (sum.Sum + one.Sum, sum.Count + one.Count)));
        return Result(run, task, scores, (task.Scores[0].Name, GroupedMean.Of([.. groups], new BootstrapOptions { Resamples = Resamples, Seed = (ulong)config.Seed })), "");
    }

    static RunResult Result(string run, MusicTask task, JsonObject scores, (string Name, Interval Interval) headline, string more)
    {
        var (name, interval) = headline;
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{task.Set.Name}, {task.Report.Length} {task.ItemName}: {name} {interval.Estimate:0.0000} (95 % interval over {interval.Groups} {task.GroupName}s {interval.Range("0.0000")})") + more;
        return new RunResult(run, [line], new JsonObject
        {
            ["test"] = scores,
            ["intervals"] = new JsonObject { [name] = new JsonObject { ["low"] = interval.LowOrNull, ["high"] = interval.HighOrNull, ["level"] = interval.Level } },
        });
    }
}

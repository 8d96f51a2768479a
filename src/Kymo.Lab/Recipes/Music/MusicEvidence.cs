using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.Music;

/// <summary>What a finished music run says: its scores and those of its rivals on the same answers, with intervals over songs or files.</summary>
sealed class MusicEvidence(TrainingRun run, MusicConfig config, MusicTask task, Fit fit, MusicObjective objective)
{
    const int Resamples = 1000;

    BootstrapOptions Options => new() { Resamples = Resamples, Seed = (ulong)config.Seed };

    /// <summary>Everything the run leaves.</summary>
    public RunEvidence Report() => task.HasClasses ? Classes() : Numbers();

    RunEvidence Classes()
    {
        var held = BatchLimit.First(fit.Trainer.LimitTestBatches, task.Report, config.Trainer.EvalBatchSize);
        var items = MusicAnswers.Items(task, held);
        var test = objective.Classes(held);
        var rivals = task.Baselines.Select(baseline => (baseline.Name,
            Test: MusicAnswers.Classes(task, held.Select(index => (task.Examples[index], baseline.Answer(task.Examples[index])))))).ToArray();
        var outcome = ClassificationOutcome.Of(
            fit, null, objective.Tally(task.Select), test, items, [.. rivals.Select(rival => (rival.Name, rival.Test.Matrix))]);
        int[] truth = [.. items.Select(item => item.Label)];
        string[] groups = [.. items.Select(item => item.Group)];
        var nll = GroupedMean.Of(Grouped(items.Select(item => item.Group), Losses(test, truth)), Options);
        var lines = new List<string> { $"loss (nats): network {Text(nll)}" + string.Concat(rivals.Where(HasShares).Select(rival => $", {rival.Name} {Number(rival.Test.Loss)}")) };
        var comparisons = new JsonObject();
        foreach (var rival in rivals)
        {
            var better = PairedBootstrap.Of(truth, Best(rival.Test), Best(test), groups, task.Classes.Count, Accuracy.Of, Options);
            lines.Add($"accuracy above {rival.Name}: {Text(better.Difference)}");
            var comparison = new JsonObject { ["accuracy_difference"] = Json(better.Difference) };
            if (HasShares(rival))
            {
                var gain = GroupedMean.Of(Grouped(items.Select(item => item.Group), [.. Losses(rival.Test, truth).Zip(Losses(test, truth), (theirs, ours) => theirs - ours)]), Options);
                lines.Add($"loss below {rival.Name}: {Text(gain)}");
                comparison["loss"] = rival.Test.Loss;
                comparison["loss_reduction"] = Json(gain);
            }
            comparisons[rival.Name] = comparison;
        }
        if (task.Classes.Count > 3) lines.Add($"right within the first three: {Number(TopThree(test, truth))}");
        var facts = new ClassificationFacts
        {
            Model = task.Model.Name,
            Optim = config.Optim,
            Cost = Cost(),
            Data = Describe(held),
            GroupName = task.GroupName,
            Excluded = [.. task.Exclusions.Select(exclusion => new ExcludedItem(exclusion.Id, exclusion.Reason))],
            Warnings = [.. Warnings()],
            Columns = Columns(),
            Extra = Extra(new JsonObject { ["loss"] = Json(nll), ["top_3"] = TopThree(test, truth), ["against"] = comparisons }),
            Lines = lines,
        };
        return new ClassificationEvidence(run, [outcome]).Report(facts);
    }

    RunEvidence Numbers()
    {
        var held = BatchLimit.First(fit.Trainer.LimitTestBatches, task.Report, config.Trainer.EvalBatchSize);
        var answers = objective.Numbers(held);
        var rivals = task.Baselines.Select(baseline => (baseline.Name,
            Answers: held.SelectMany(index => task.Answers(task.Examples[index], baseline.Answer(task.Examples[index]))).ToList())).ToArray();
        var plan = run.Plan;
        var cost = Cost();
        var scores = fit.Plan.Score(held);
        var best = fit.State.BestEpoch;
        var against = new JsonObject();
        var lines = new List<string>();
        foreach (var score in task.Scores)
        {
            var own = Interval(score, answers, null);
            lines.Add($"{score.Name}: network {Text(own)}" + string.Concat(rivals.Select(rival => $", {rival.Name} {Number(score.Of(rival.Answers))}")));
            foreach (var (name, theirs) in rivals)
            {
                var gain = Interval(score, theirs, answers);
                lines.Add($"  below {name} by {Text(gain)}");
                if (against[name] is not JsonObject entry) against[name] = entry = [];
                entry[score.Name] = score.Of(theirs);
                entry[score.Name + "_reduction"] = Json(gain);
            }
        }
        var details = new JsonObject { ["against"] = against };
        if (task.Targets.Count <= 32) details["targets"] = TargetScores(answers, lines);
        var warnings = Warnings().ToList();
        foreach (var (name, theirs) in rivals)
            if (task.Scores[0].Of(answers) >= task.Scores[0].Of(theirs)) warnings.Add($"the network is no better than {name} in {task.Scores[0].Name}");
        lines.AddRange(warnings.Select(warning => "warning: " + warning));
        var ended = run.Now;
        var summary = new RunSummary
        {
            Contract = plan.Contract,
            RunName = run.Folder.Name,
            ConfigHash = run.ConfigHash,
            Started = run.Started,
            Ended = ended,
            Seconds = RunSummary.SecondsOf(run.Began, ended, fit.State.History),
            Seed = plan.Seed,
            Device = plan.Device.Kind.ToString().ToLowerInvariant(),
            DeviceName = plan.Device.ToString(),
            Model = task.Model.Name,
            Optimizer = config.Optim.Title,
            Scheduler = config.Optim.ScheduleTitle,
            Hyperparameters = run.Settings,
            BestEpoch = best,
            EpochsRan = fit.State.History.Count,
            EarlyStop = TrainingRun.EarlyStopOf(fit),
            ValidationBest = fit.State.History[best - 1].Validation,
            ValidationCurrent = fit.Plan.Score(task.Select),
            Test = scores,
            TestIntervals = task.Scores.ToDictionary(score => score.Name, score => Interval(score, answers, null)),
            IntervalsOver = task.GroupName,
            Baselines = [.. rivals.Select(rival => new Baseline(rival.Name, task.Scores.ToDictionary(score => score.Name, score => score.Of(rival.Answers))))],
            Parameters = cost.Parameters,
            ModelSizeMiB = cost.SizeMiB,
            CpuLatencyMs = cost.Mean,
            LatencyP50Ms = cost.P50,
            LatencyP95Ms = cost.P95,
            Warnings = warnings,
            Excluded = [.. task.Exclusions.Select(exclusion => new ExcludedItem(exclusion.Id, exclusion.Reason))],
            DataFingerprint = plan.Data,
            Columns = Columns(),
            Extra = Extra(details),
        };
        return new RunEvidence
        {
            Summary = summary,
            Data = Describe(held),
            Lines = lines,
            EpochChoice = config.Trainer.Select == WeightSelection.Best
                ? "The epoch is chosen on items of their own, never on those that are reported."
                : "No epoch is chosen: the weights after the last step are reported.",
            Numbers = [.. answers.Select(answer => new NumberPrediction(answer.Id, null, answer.Truth, answer.Predicted))],
        };
    }

    // For each target: R² against the training mean, the concordance, Pearson's r, RMSE and MAE.
    JsonObject TargetScores(List<NumberAnswer> answers, List<string> lines)
    {
        MusicExample[] known = [.. task.Train.Concat(task.Select).Select(index => task.Examples[index])];
        var means = known.SelectMany(example => task.Answers(example, example.Numbers)).Select(answer => answer.Truth)
            .Aggregate((Sum: new double[task.Targets.Count], Count: 0), (total, truth) =>
            {
                for (var k = 0; k < truth.Length; k++) total.Sum[k] += truth[k];
                return (total.Sum, total.Count + 1);
            });
        var scores = new JsonObject();
        for (var k = 0; k < task.Targets.Count; k++)
        {
            var of = NumberFit.Of([.. answers.Select(answer => answer.Truth[k])], [.. answers.Select(answer => answer.Predicted[k])], means.Sum[k] / means.Count);
            scores[task.Targets[k]] = new JsonObject { ["r2"] = of.R2, ["ccc"] = of.Ccc, ["r"] = of.R, ["rmse"] = of.Rmse, ["mae"] = of.Mae };
            if (task.Targets.Count <= 4) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{task.Targets[k]}: R2 {of.R2:0.000}, CCC {of.Ccc:0.000}, RMSE {of.Rmse:0.0000}"));
        }
        return scores;
    }

    // The mean error of answers, or by how much that of better ones is smaller; whole groups are drawn.
    Interval Interval(NumberScore score, List<NumberAnswer> answers, List<NumberAnswer>? better)
    {
        var sums = new OrderedDictionary<string, (double Sum, double Count)>();
        for (var i = 0; i < answers.Count; i++)
        {
            var (sum, count) = score.Of(answers[i]);
            if (better is not null) sum -= score.Of(better[i]).Sum;
            var (s, c) = sums.GetValueOrDefault(answers[i].Group);
            sums[answers[i].Group] = (s + sum, c + count);
        }
        return GroupedMean.Of([.. sums.Values], Options);
    }

    static List<(double, double)> Grouped(IEnumerable<string> groups, double[] values)
    {
        var sums = new OrderedDictionary<string, (double Sum, double Count)>();
        foreach (var (group, value) in groups.Zip(values))
        {
            var (sum, count) = sums.GetValueOrDefault(group);
            sums[group] = (sum + value, count + 1);
        }
        return [.. sums.Values];
    }

    // A nearest neighbour names one class for certain; its loss says nothing.
    static bool HasShares((string Name, ClassEvaluation Test) rival) => rival.Test.Probabilities.Any(row => row.Count(value => value > 0) > 1);

    static double[] Losses(ClassEvaluation evaluation, int[] truth) =>
        [.. evaluation.Probabilities.Select((row, i) => -Math.Log(Math.Max(row[truth[i]], 1e-12)))];

    static int[] Best(ClassEvaluation evaluation) => [.. evaluation.Probabilities.Select(row => Largest.IndexOf(row))];

    static double TopThree(ClassEvaluation evaluation, int[] truth) =>
        evaluation.Probabilities.Select((row, i) => row.Count(value => value > row[truth[i]]) < 3 ? 1.0 : 0).Average();

    NetworkCost Cost()
    {
        using var random = new RandomGenerator(0);
        using var network = task.NewNetwork(random, random);
        return NetworkCost.Of(network, task.ItemShape);
    }

    IEnumerable<string> Warnings()
    {
        foreach (var warning in task.Warnings) yield return warning;
        foreach (var compat in config.Compat.On()) yield return compat + ": the original's rule";
        if (task.Set.IsNonCommercial) yield return $"the data's licence ({task.Set.Licence}) forbids commercial use; so do weights trained on them";
    }

    Dictionary<string, JsonNode?> Columns() => new()
    {
        ["epochs"] = config.Trainer.Epochs,
        ["lr"] = config.Optim.Lr,
        ["weight_decay"] = config.Optim.WeightDecay,
        ["batch_size"] = config.Trainer.BatchSize,
    };

    JsonObject Extra(JsonObject music)
    {
        music["data_source"] = task.DataSource;
        music["target"] = config.Data.Target;
        music["split"] = task.SplitRule;
        music["compat"] = new JsonArray([.. config.Compat.On().Select(text => (JsonNode)text)]);
        return new JsonObject { ["music"] = music };
    }

    DataDescription Describe(int[] held) => new()
    {
        Name = task.Set.Name,
        Licence = task.Set.Licence,
        ItemName = task.ItemName,
        GroupName = task.GroupName,
        SplitRule = task.SplitRule,
        Parts = [Part("training", task.Train), Part("choice of the epoch", task.Select), Part("reported", held)],
    };

    DataPart Part(string name, int[] indices)
    {
        var labels = indices.SelectMany(index => task.Examples[index].Labels).Where(label => label >= 0).CountBy(label => label).ToDictionary();
        return new(
            name, task.HasClasses ? labels.Values.Sum() : indices.Length, indices.Select(index => task.Examples[index].Group).Distinct().Count(),
            [.. Enumerable.Range(0, task.Classes.Count).Select(label => labels.GetValueOrDefault(label))]);
    }

    static JsonObject Json(Interval interval) => new() { ["estimate"] = interval.Estimate, ["low"] = interval.LowOrNull, ["high"] = interval.HighOrNull };

    static string Text(Interval interval) => $"{Number(interval.Estimate)} ({(double.IsFinite(interval.Low) ? $"{Number(interval.Low)} to {Number(interval.High)}" : "no interval")})";

    static string Number(double value) => value.ToString(Math.Abs(value) < 1 ? "0.0000" : "0.000", CultureInfo.InvariantCulture);
}

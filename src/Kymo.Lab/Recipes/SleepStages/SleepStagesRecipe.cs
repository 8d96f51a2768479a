using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>
/// Sleep stages from a watch: every person is held out once, networks are trained on the others, their epochs picked by people of their
/// own, and all held-out nights are reported together, as a sleep laboratory reads them, beside simple rivals and published figures.
/// </summary>
public static class SleepStagesRecipe
{
    /// <summary>The recipe's name.</summary>
    public const string Name = "sleep-stages";

    // Trainings of further networks are numbered 100 k + fold.
    const int UnitsPerModel = 100;

    /// <summary>Reads all nights and says what was found; nothing is kept.</summary>
    /// <param name="job">The composed configuration.</param>
    /// <param name="context">What else the recipe is given.</param>
    /// <returns>The dataset's folder.</returns>
    public static string Prepare(MapNode job, RunContext context)
    {
        var config = ConfigBinder.Bind<SleepStagesConfig>(job);
        context.Tell(new RunEvent.Stage(Found(SleepData.Read(config, context))));
        return config.Data.DatasetDir;
    }

    /// <summary>Trains and evaluates.</summary>
    /// <param name="job">The composed configuration.</param>
    /// <param name="context">What else the recipe is given.</param>
    /// <exception cref="ConfigException">Settings that do not fit together or to the data.</exception>
    public static RunResult Run(MapNode job, RunContext context)
    {
        var config = ConfigBinder.Bind<SleepStagesConfig>(job);

        // --- Engine
        var device = Devices.Prepare(config.Trainer);

        // --- Nights, windows, splits
        var nights = SleepData.Read(config, context);
        var splits = SleepSplit.Of(config, nights);
        context.Tell(new RunEvent.Stage(Found(nights) + string.Create(CultureInfo.InvariantCulture,
            $"; {string.Join(", ", config.Models)}, {config.Classes} classes, {splits.Count} held-out parts; {device}, {TorchThreads.Get()} threads")));
        if (config.Trainer.Epochs == 0) return Ready(config, nights, splits[0], device, context);

        // --- Train every network on every split, or take up where it stopped
        using var run = TrainingRun.Open(Plan(config, nights, splits, device), context);
        var (outcomes, rivals) = (new List<SleepOutcome>(), new Dictionary<int, IReadOnlyList<SleepAnswers>>());
        foreach (var (number, model) in config.Models.Index())
            foreach (var split in splits)
            {
                var unit = Unit(number, split);
                var (fit, objective) = SleepObjective.Begin(config, model, nights, split, device, context.Clock);
                using (fit)
                {
                    run.Train(fit, unit);
                    var held = Held(config, nights, fit, split);
                    if (!rivals.TryGetValue(split.Fold, out var beside))
                        rivals[split.Fold] = beside = SleepBaselines.Of(config, nights, split, objective.Scaling, held.Test);
                    outcomes.Add(Judge(config, nights, fit, objective, held, unit, beside));
                    run.EndUnit(fit, unit, SleepModelFile.Metadata(SleepModelFile.CardOf(config, nights, held, objective, run)));
                }
                context.Tell(new RunEvent.Stage(Line(outcomes[^1])));
            }

        // --- Report
        var evidence = new ClassificationEvidence(run, [.. outcomes.Where(outcome => outcome.Model == config.Models[0]).Select(outcome => outcome.Outcome)]);
        var report = new SleepReport(config, nights, outcomes, rivals);
        return run.Finish(
            evidence.Report(Facts(config, nights, splits, report)),
            folder => new SleepArtefacts(config, nights, splits, outcomes, report, text => context.Tell(new RunEvent.Warning(text))).Write(folder));
    }

    static int Unit(int model, SleepSplit split) => model * UnitsPerModel + split.Fold;

    static string Found(SleepNights nights) => string.Create(CultureInfo.InvariantCulture,
        $"{nights.Name}: {nights.Nights.Count} of {nights.Checks.Count} nights usable, {nights.Windows.Length} {(nights.HasEpochRows ? "epochs" : "windows")}");

    static RunResult Ready(SleepStagesConfig config, SleepNights nights, SleepSplit split, Device device, RunContext context)
    {
        var lines = new List<string>();
        foreach (var model in config.Models)
        {
            var (fit, objective) = SleepObjective.Begin(config, model, nights, split, device, context.Clock);
            using (fit) lines.Add($"ready: {model} with {objective.Network.ParameterCount.ToString("N0", CultureInfo.InvariantCulture)} parameters, nothing was trained (trainer.epochs=0)");
        }
        return new RunResult("", lines, []);
    }

    static RunPlan Plan(SleepStagesConfig config, SleepNights nights, IReadOnlyList<SleepSplit> splits, Device device) => new()
    {
        Recipe = Name,
        Run = config.Run,
        DefaultName = string.Create(CultureInfo.InvariantCulture,
            $"sleep-stages_{config.Data.Name}_{string.Join("-", config.Models).ToLowerInvariant()}_{config.Classes}classes_{config.Split.Name}{(config.IsOriginal ? "_original" : "")}_seed{config.Seed}"),
        Config = config,
        Circumstances = ["data.dataset_dir"],
        Contract = RunContract.Classification("sleep_stage_classification", SleepStage.Names(config.Classes)) with
        {
            ExtraScores = ["kappa", "mcc"],
            BlankColumns = ["sr", "n_mels"],
            Folds = [.. splits.Select(split => split.Fold)],
        },
        FurtherUnits = [.. Enumerable.Range(1, config.Models.Count - 1).SelectMany(model => splits.Select(split => Unit(model, split)))],
        Data = new JsonObject
        {
            ["dataset"] = nights.Name,
            ["licence"] = nights.Licence,
            ["nights"] = nights.Nights.Count,
            ["excluded"] = nights.Checks.Count - nights.Nights.Count,
            ["windows"] = nights.Windows.Length,
            ["content_sha256"] = nights.Fingerprint,
        },
        Trainer = config.Trainer,
        Seed = config.Seed,
        Device = device,
    };

    // What is reported: whole nights, fewer of them where a trial looks at less than all (trainer.limit_test_batches counts nights).
    static SleepSplit Held(SleepStagesConfig config, SleepNights nights, Fit fit, SleepSplit split)
    {
        var chosen = BatchLimit.First(fit.Trainer.LimitTestBatches, split.TestNights, 1);
        return config.IsOriginal || chosen.Length == split.TestNights.Length ? split : split with { TestNights = chosen, Test = nights.WindowsOf(chosen) };
    }

    static SleepOutcome Judge(
        SleepStagesConfig config, SleepNights nights, Fit fit, SleepObjective objective, SleepSplit split, int unit, IReadOnlyList<SleepAnswers> beside)
    {
        var merge = SleepStage.Merge(config.Classes);
        var held = objective.Examples(split.TestNights, split.Test);
        int[] truth = [.. split.Test.Select(window => merge[nights.Windows[window].Target])];
        var outcome = ClassificationOutcome.Of(
            fit, split.Fold, objective.Evaluate(objective.Examples(split.ValidationNights, split.Validation)), objective.Evaluate(held),
            [.. split.Test.Select(window => nights.Windows[window]).Select(window => (Id(nights, window), merge[window.Target], nights.Nights[window.Night].Id))],
            [.. beside.Select(rival => (rival.Name, ConfusionMatrix.Of(config.Classes, truth, [.. rival.Probabilities.Select(row => Largest.IndexOf(row))])))]);
        var pooled = objective.Scaling.PerRecording && !config.IsOriginal ? objective.Evaluate(held, objective.Scaling with { PerRecording = false }) : null;
        return new SleepOutcome(
            objective.Name, split, unit, outcome with { ExtraScores = SleepObjective.ExtraScores }, pooled, objective.Scaling, objective.Network.SaveState());
    }

    static string Id(SleepNights nights, WindowRef window) =>
        nights.Nights[window.Night].Id + ":" + window.Time.ToString("0.######", CultureInfo.InvariantCulture);

    static string Line(SleepOutcome outcome)
    {
        string Kappa(ConfusionMatrix matrix) => SleepObjective.ExtraScores(matrix)["kappa"].ToString("0.000", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"{outcome.Model} fold {outcome.Split.Fold}: held-out kappa {Kappa(outcome.Outcome.Test.Matrix)}, macro F1 {MacroScores.Of(outcome.Outcome.Test.Matrix).F1:F3}; kappa of ")
            + string.Join(", ", outcome.Outcome.Baselines.Select(rival => $"{rival.Name} {Kappa(rival.Test)}"));
    }

    static ClassificationFacts Facts(SleepStagesConfig config, SleepNights nights, IReadOnlyList<SleepSplit> splits, SleepReport report)
    {
        using var random = new RandomGenerator(0);
        using var network = SleepNetworks.Create(config.Models[0], config.Model, nights.Columns, config.Classes, random, random);
        var isSequence = config.Models[0] == "Night";
        return new ClassificationFacts
        {
            Model = config.Models[0],
            Optim = config.Optim,
            Cost = NetworkCost.Of(network, isSequence ? nights.Nights.Max(night => night.Count) : nights.Length, nights.Columns),
            Data = Describe(config, nights, splits),
            GroupName = "person",
            Excluded = [.. nights.Checks.Where(check => check.Failure is not null).Select(check => new ExcludedItem(check.Id, check.Failure!))],
            Warnings = config.IsOriginal ? ["compat=original: windows of one night stand on both sides and the reported windows picked the epoch, so the scores flatter"] : [],
            Columns = new Dictionary<string, JsonNode?>
            {
                ["epochs"] = config.Trainer.Epochs,
                ["lr"] = config.Optim.Lr,
                ["weight_decay"] = config.Optim.WeightDecay,
                ["batch_size"] = config.Trainer.BatchSize,
            },
            Extra = report.ToJson(),
            Lines = report.Lines(),
            EpochChoice = config.IsOriginal ? "The reported windows themselves picked the epoch (compat=original): the scores flatter." : null,
        };
    }

    static DataDescription Describe(SleepStagesConfig config, SleepNights nights, IReadOnlyList<SleepSplit> splits) => new()
    {
        Name = nights.Name,
        Source = "Walch, PhysioNet sleep-accel 1.0.0, 2019, doi 10.13026/hmhs-py35",
        Licence = nights.Licence,
        ItemName = nights.HasEpochRows ? "epochs" : "windows",
        GroupName = "people",
        SplitRule = config.IsOriginal ? "The original's: windows at random, of all people on both sides." : "A person never stands on two sides.",
        Parts =
        [
            .. splits.SelectMany(split => new[]
            {
                Part(config, nights, $"fold {split.Fold}: training", split.Train),
                Part(config, nights, $"fold {split.Fold}: validation", split.Validation),
                Part(config, nights, $"fold {split.Fold}: held out", split.Test),
            }),
        ],
    };

    static DataPart Part(SleepStagesConfig config, SleepNights nights, string name, int[] windows)
    {
        var merge = SleepStage.Merge(config.Classes);
        return new DataPart(
            name, windows.Length, windows.Select(window => nights.Windows[window].Night).Distinct().Count(),
            [.. Enumerable.Range(0, config.Classes).Select(label => windows.Count(window => merge[nights.Windows[window].Target] == label))]);
    }
}

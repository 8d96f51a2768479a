using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Metrics;
using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>
/// Names short sounds: every fold is held out once, a network is trained on the others, its epoch picked by data of their own, and
/// all held-out answers are reported together, beside the class that occurs most and the nearest training recording.
/// </summary>
public static class UrbanSoundsRecipe
{
    /// <summary>The recipe's name.</summary>
    public const string Name = "urban-sounds";

    /// <summary>Builds the feature cache.</summary>
    /// <param name="job">The composed configuration.</param>
    /// <param name="context">What else the recipe is given.</param>
    /// <returns>The cache's folder.</returns>
    public static string Prepare(MapNode job, RunContext context)
    {
        var config = ConfigBinder.Bind<UrbanSoundsConfig>(job);
        using var cache = OpenCache(config, UrbanSoundsData.Read(config), context);
        return cache.Folder;
    }

    /// <summary>Trains and evaluates.</summary>
    /// <param name="job">The composed configuration.</param>
    /// <param name="context">What else the recipe is given.</param>
    /// <exception cref="ConfigException">Settings that do not fit together or to the data.</exception>
    public static RunResult Run(MapNode job, RunContext context)
    {
        var config = ConfigBinder.Bind<UrbanSoundsConfig>(job);

        // --- Engine
        var device = Devices.Prepare(config.Trainer);

        // --- Recordings, features, splits
        var set = UrbanSoundsData.Read(config);
        using var cache = OpenCache(config, set, context);
        set = set.Without(cache.Index.Exclusions);
        var examples = new SpectrogramExamples(set, cache);
        var splits = Splits.CrossValidation(set, config.Cv.Folds, config.Cv.Validation, config.Cv.ValidationShare, config.Seed, config.Cv.HeldOut);
        if (config.Compat == "none")
            foreach (var split in splits) Splits.CheckNoLeak(set, split);

        context.Tell(new RunEvent.Stage(string.Create(CultureInfo.InvariantCulture,
            $"{set.Name}: {set.Recordings.Count} recordings, {set.Classes.Count} classes, folds {string.Join(", ", splits.Select(split => split.Fold))}; {device}, {TorchThreads.Get()} threads")));
        if (config.Trainer.Epochs == 0) return Ready(config, examples, splits[0], device, context);

        // --- Train every fold, or take up where it stopped
        using var run = TrainingRun.Open(Plan(config, set, splits, cache.FingerprintOf(set), device), context);
        var outcomes = new List<ClassificationOutcome>();
        foreach (var split in splits)
        {
            var (fit, objective) = UrbanObjective.Begin(config, examples, split, device, context.Clock);
            using (fit)
            {
                run.Train(fit, split.Fold);
                outcomes.Add(Judge(config, fit, objective, examples, split));
                run.EndUnit(fit, split.Fold, UrbanModelFile.Metadata(Card(config, set, split, objective, run)));
            }
            context.Tell(new RunEvent.Stage(Line(outcomes[^1])));
        }

        // --- Report
        return run.Finish(new ClassificationEvidence(run, outcomes).Report(Facts(config, set, splits, outcomes, examples.Frames)));
    }

    /// <summary>A recording of the first held-out fold, for trying a trained run on something it has not heard.</summary>
    /// <returns>Its name, file, class and fold.</returns>
    public static (string Id, string Path, string Class, int Fold) HeldOutRecording(UrbanSoundsConfig config)
    {
        var set = UrbanSoundsData.Read(config);
        var recording = set.Recordings.First(recording => recording.Fold == set.Folds[0]);
        return (recording.Id, recording.Path, set.Classes[recording.Label], recording.Fold);
    }

    internal static FeatureCache OpenCache(UrbanSoundsConfig config, RecordingSet set, RunContext context) =>
        SpectrogramCaches.Open(set, UrbanSoundsData.Options(config.Features), config.Data.Cache, config.Data.MaxExcluded, config.Data.Workers, context);

    static RunResult Ready(UrbanSoundsConfig config, SpectrogramExamples examples, Split split, Device device, RunContext context)
    {
        var (fit, objective) = UrbanObjective.Begin(config, examples, split, device, context.Clock);
        using (fit) return new RunResult("", [$"ready: {objective.Network.ParameterCount:N0} parameters, nothing was trained (trainer.epochs=0)"], []);
    }

    static RunPlan Plan(UrbanSoundsConfig config, RecordingSet set, IReadOnlyList<Split> splits, string fingerprint, Device device) => new()
    {
        Recipe = Name,
        Run = config.Run,
        DefaultName = string.Create(CultureInfo.InvariantCulture, $"urban-sounds_{set.Name.ToLowerInvariant()}_seed{config.Seed}"),
        Config = config,
        Contract = RunContract.Classification("urban_sound_classification", set.Classes) with { Folds = [.. splits.Select(split => split.Fold)] },
        Data = new JsonObject
        {
            ["dataset"] = set.Name,
            ["licence"] = set.Licence,
            ["recordings"] = set.Recordings.Count,
            ["excluded"] = set.Exclusions.Count,
            ["content_sha256"] = fingerprint,
        },
        Trainer = config.Trainer,
        Seed = config.Seed,
        Device = device,
    };

    // The held-out answers beside the nearest training clip and the class that occurs most.
    static ClassificationOutcome Judge(UrbanSoundsConfig config, Fit fit, UrbanObjective objective, SpectrogramExamples examples, Split split)
    {
        var held = BatchLimit.First(fit.Trainer.LimitTestBatches, split.Test, config.Trainer.EvalBatchSize);
        // The baselines may use the validation part as well: they choose no epoch.
        int[] known = [.. split.Train.Concat(split.Validation.Except(split.Test))];
        return ClassificationOutcome.Of(
            fit, split.Fold, objective.Evaluate(split.Validation), objective.Evaluate(held),
            [.. held.Select(index => examples.Set.Recordings[index]).Select(recording => (recording.Id, recording.Label, recording.Group))],
            SpectrogramCaches.Rivals(examples, known, held));
    }

    static string Line(ClassificationOutcome outcome) => $"fold {outcome.Fold}: held-out accuracy {Share(outcome.Test.Matrix)}, "
        + string.Join(", ", outcome.Baselines.Select(baseline => $"{baseline.Name} {Share(baseline.Test)}"));

    static string Share(ConfusionMatrix matrix) => Accuracy.Of(matrix).ToString("0.000", CultureInfo.InvariantCulture);

    static UrbanModelCard Card(UrbanSoundsConfig config, RecordingSet set, Split split, UrbanObjective objective, TrainingRun run) => new(
        Name, UrbanObjective.NetworkConfig(config, set.Classes.Count), set.Classes, config.Features, objective.Standardizer, split.Fold,
        [.. split.Train.Concat(split.Validation.Except(split.Test)).Select(index => set.Recordings[index].Group).Distinct().Order(StringComparer.Ordinal)],
        $"{set.Name} ({set.Licence}), content {run.Plan.Data["content_sha256"]}");

    static ClassificationFacts Facts(
        UrbanSoundsConfig config, RecordingSet set, IReadOnlyList<Split> splits, IReadOnlyList<ClassificationOutcome> outcomes, int frames)
    {
        using var random = new RandomGenerator(0);
        using var network = UrbanObjective.NewNetwork(config, set.Classes.Count, random, random);
        var (isOriginal, dropped) = (config.Compat == "original", splits.Sum(split => split.Dropped.Length));
        var scenes = Scenes(set, outcomes);
        return new ClassificationFacts
        {
            Model = config.Model.Name,
            Optim = config.Optim,
            Cost = NetworkCost.Of(network, config.Features.NMels, frames),
            Macs = UrbanCnn.Macs(UrbanObjective.NetworkConfig(config, set.Classes.Count), frames),
            Data = Describe(set, splits),
            GroupName = "recording",
            Excluded = [.. set.Exclusions.Select(exclusion => new ExcludedItem(exclusion.Id, exclusion.Reason))],
            Warnings =
            [
                .. isOriginal ? ["compat=original: the held-out fold picked the epoch, so the scores flatter"] : Array.Empty<string>(),
                .. dropped > 0 ? [$"{dropped} clips left training because their recording also stands in a held-out or validation part"] : Array.Empty<string>(),
            ],
            Columns = new Dictionary<string, JsonNode?>
            {
                ["sr"] = config.Features.SampleRate,
                ["n_mels"] = config.Features.NMels,
                ["clip_seconds"] = config.Features.Duration,
                ["epochs"] = config.Trainer.Epochs,
                ["lr"] = config.Optim.Lr,
                ["weight_decay"] = config.Optim.WeightDecay,
                ["batch_size"] = config.Trainer.BatchSize,
            },
            Extra = new JsonObject { ["compat"] = config.Compat, ["scenes"] = scenes },
            Lines = [.. scenes.Select(scene => string.Create(CultureInfo.InvariantCulture, $"{scene.Key}: accuracy {(double)scene.Value!["acc"]!:F3} of {scene.Value["clips"]} clips"))],
            EpochChoice = splits.All(split => split.Validation.SequenceEqual(split.Test))
                ? "The held-out fold itself picked the epoch (compat=original): the scores flatter."
                : "What picks an epoch or stops the training is measured on recordings of their own, never on those that are reported.",
        };
    }

    // Accuracy of each sub-population that the dataset names.
    static JsonObject Scenes(RecordingSet set, IReadOnlyList<ClassificationOutcome> outcomes)
    {
        var sceneOf = set.Recordings.ToDictionary(recording => recording.Id, recording => recording.Scene);
        var answers = outcomes.SelectMany(outcome => outcome.TestIds.Select((id, i) =>
            (Scene: sceneOf[id], IsRight: Largest.IndexOf(outcome.Test.Probabilities[i]) == outcome.TestLabels[i])));
        return new JsonObject(answers.Where(answer => answer.Scene is not null).GroupBy(answer => answer.Scene!).OrderBy(scene => scene.Key, StringComparer.Ordinal)
            .Select(scene => KeyValuePair.Create(scene.Key, (JsonNode?)new JsonObject
            {
                ["clips"] = scene.Count(),
                ["acc"] = scene.Average(answer => answer.IsRight ? 1.0 : 0.0),
            })));
    }

    static DataDescription Describe(RecordingSet set, IReadOnlyList<Split> splits) => new()
    {
        Name = set.Name,
        Licence = set.Licence,
        ItemName = "clips",
        GroupName = "recordings",
        SplitRule = "Every fold is held out once; a recording never stands on both sides.",
        Parts =
        [
            .. splits.SelectMany(split => new[]
            {
                SpectrogramCaches.Part(set, $"fold {split.Fold}: training", split.Train),
                SpectrogramCaches.Part(set, $"fold {split.Fold}: validation", split.Validation),
                SpectrogramCaches.Part(set, $"fold {split.Fold}: held out", split.Test),
            }),
        ],
    };
}

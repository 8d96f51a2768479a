using System.Globalization;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
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
    public static string Prepare(MapNode job, RecipeContext context)
    {
        var config = ConfigBinder.Bind<UrbanSoundsConfig>(job);
        using var cache = OpenCache(config, UrbanSoundsData.Read(config), context);
        return cache.Folder;
    }

    /// <summary>Trains and evaluates.</summary>
    /// <param name="job">The composed configuration.</param>
    /// <param name="context">What else the recipe is given.</param>
    /// <exception cref="ConfigException">Settings that do not fit together or to the data.</exception>
    public static RecipeResult Run(MapNode job, RecipeContext context) => Run(ConfigBinder.Bind<UrbanSoundsConfig>(job), context);

    internal static RecipeResult Run(UrbanSoundsConfig config, RecipeContext context)
    {
        // --- Engine
        var device = Devices.Of(config.Trainer.Device);
        TorchThreads.Set(config.Trainer.Threads > 0 ? config.Trainer.Threads : Environment.ProcessorCount);

        // --- Recordings, features, splits
        var set = UrbanSoundsData.Read(config);
        using var cache = OpenCache(config, set, context);
        set = set.Without(cache.Index.Exclusions);
        var examples = new SpectrogramExamples(set, cache);
        var splits = Splits.CrossValidation(set, config.Cv.Folds, config.Cv.Validation, config.Cv.ValidationShare, config.Seed, config.Cv.HeldOut);
        if (config.Compat == "none")
            foreach (var split in splits) Splits.CheckNoLeak(set, split);

        context.Tell(new RecipeEvent.Stage(string.Create(CultureInfo.InvariantCulture,
            $"{set.Name}: {set.Recordings.Count} recordings, {set.Classes.Count} classes, folds {string.Join(", ", splits.Select(split => split.Fold))}; {device}, {TorchThreads.Get()} threads")));
        if (config.Trainer.Epochs == 0) return Ready(config, examples, splits[0], device, context);

        // --- Train every fold, or take up where it stopped
        using var run = UrbanSoundsRun.Open(config, context, set, splits, cache.Index.Fingerprint, device);
        var outcomes = new List<FoldOutcome>();
        foreach (var split in splits)
        {
            context.Cancel.ThrowIfCancellationRequested();
            outcomes.Add(TrainFold(config, context, run, examples, split, device));
        }

        // --- Report
        return run.Finish(examples, outcomes);
    }

    /// <summary>A recording of the first held-out fold, for trying a trained run on something it has not heard.</summary>
    /// <returns>Its name, file, class and fold.</returns>
    public static (string Id, string Path, string Class, int Fold) HeldOutRecording(UrbanSoundsConfig config)
    {
        var set = UrbanSoundsData.Read(config);
        var recording = set.Recordings.First(recording => recording.Fold == set.Folds[0]);
        return (recording.Id, recording.Path, set.Classes[recording.Label], recording.Fold);
    }

    internal static FeatureCache OpenCache(UrbanSoundsConfig config, RecordingSet set, RecipeContext context)
    {
        var kind = UrbanSoundsData.Kind(config.Features);
        var progress = new Relay<BuildProgress>(done => context.Tell(new RecipeEvent.Progress(
            "features", done.Done, done.Total, done.Excluded == 0 ? "" : $"{done.Excluded} unusable")));
        var cache = FeatureCacheBuilder.Build(
            FeatureCacheBuilder.FolderFor(config.Data.Cache, set, kind), set, kind, config.Data.MaxExcluded, config.Data.Workers, progress, context.Cancel);
        foreach (var exclusion in cache.Index.Exclusions.Take(10))
            context.Tell(new RecipeEvent.Warning($"{exclusion.Id} is left out: {exclusion.Reason}"));
        return cache;
    }

    static RecipeResult Ready(UrbanSoundsConfig config, SpectrogramExamples examples, Split split, Device device, RecipeContext context)
    {
        using var trainer = new FoldTrainer(config, examples, split, device, context.Clock);
        return new RecipeResult("", [$"ready: {trainer.Model.ParameterCount:N0} parameters, nothing was trained (trainer.epochs=0)"], []);
    }

    static FoldOutcome TrainFold(
        UrbanSoundsConfig config, RecipeContext context, UrbanSoundsRun run, SpectrogramExamples examples, Split split, Device device)
    {
        var title = $"fold {split.Fold}";
        var checkpoints = run.Checkpoints(split.Fold);
        using var trainer = new FoldTrainer(config, examples, split, device, context.Clock);
        if (checkpoints.Load(text => context.Tell(new RecipeEvent.Warning(text))) is { } snapshot)
        {
            trainer.Restore(snapshot);
            context.Tell(new RecipeEvent.Stage($"{title}: going on after epoch {trainer.State.History.Count}"
                + (snapshot.State.Partial is { } partial ? $" and {partial.Batches} steps" : "")));
        }
        run.BeginFold(split.Fold, trainer.State.History.Count);

        var pace = new CheckpointPace(config.Trainer.CheckpointSteps, config.Trainer.CheckpointMinutes, context.Clock);
        while (!trainer.IsFinished)
        {
            var epoch = trainer.State.History.Count + 1;
            var row = RunEpoch(trainer, checkpoints, pace, context, (step, steps, loss) => context.Tell(new RecipeEvent.Progress(
                $"{title} epoch {epoch}/{config.Trainer.Epochs} step", step, steps, loss.ToString("loss 0.000", CultureInfo.InvariantCulture))));
            run.EndEpoch(split.Fold, row, trainer);
            checkpoints.Save(trainer.Capture());
            pace.Kept();
            context.Tell(new RecipeEvent.Stage(string.Create(CultureInfo.InvariantCulture,
                $"{title} epoch {epoch}: train loss {row.Train["loss"]:F3} acc {row.Train["acc"]:F3}, validation loss {row.Validation["loss"]:F3} acc {row.Validation["acc"]:F3}, {row.Seconds:F1} s")));
        }

        run.KeepLast(split.Fold, trainer);
        trainer.SelectWeights();
        var outcome = FoldOutcome.Of(trainer, examples, split);
        run.EndFold(outcome, trainer);
        context.Tell(new RecipeEvent.Stage(string.Create(CultureInfo.InvariantCulture,
            $"{title}: held-out accuracy {Accuracy.Of(outcome.Test.Matrix):F3}, nearest neighbour {Accuracy.Of(outcome.Nearest):F3}, majority {Accuracy.Of(outcome.Majority):F3}")));
        return outcome;
    }

    sealed class Relay<T>(Action<T> act) : IProgress<T>
    {
        public void Report(T value) => act(value);
    }

    // One epoch; checkpoints within it at their pace, and at the step where it is asked to stop.
    static EpochRow RunEpoch(
        FoldTrainer trainer, FoldCheckpoints checkpoints, CheckpointPace pace, RecipeContext context, Action<int, int, double> tell)
    {
        try
        {
            return trainer.RunEpoch(
                (step, steps, loss) =>
                {
                    if (pace.IsDueAfterStep())
                    {
                        checkpoints.Save(trainer.Capture());
                        pace.Kept();
                    }
                    tell(step, steps, loss);
                },
                context.Cancel);
        }
        catch (OperationCanceledException)
        {
            checkpoints.Save(trainer.Capture());
            throw;
        }
    }
}

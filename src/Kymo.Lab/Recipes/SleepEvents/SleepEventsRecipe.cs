using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.SleepEvents;

/// <summary>
/// Names sounds heard in the ear by very small networks, with attention and with a teacher: some folds teach, one picks the epoch, one is
/// reported, beside the class that occurs most and the nearest training recording.
/// </summary>
public static class SleepEventsRecipe
{
    /// <summary>The recipe's name.</summary>
    public const string Name = "sleep-events";

    // Where the teacher lies changes nothing; what it is stands in distill.teacher_content.
    static readonly string[] s_circumstances = ["distill.teacher"];

    /// <summary>The settings of a composed job as a run records them, and which of them change results.</summary>
    /// <exception cref="ConfigException">Settings that do not fit together.</exception>
    /// <exception cref="Signals.DataException">The teacher's weights are absent.</exception>
    public static ResolvedSettings Settings(MapNode job) => ResolvedSettings.Of(Bind(job), s_circumstances);

    /// <summary>What the data of a composed job are, by content, as a run of it would record them; builds the feature cache where it is missing.</summary>
    public static string Fingerprint(MapNode job, RunContext context)
    {
        using var store = EventStore.Open(ConfigBinder.Bind<SleepEventsConfig>(job), context);
        return store.Fingerprint;
    }

    /// <summary>Builds the feature cache; answers with its folder.</summary>
    public static string Prepare(MapNode job, RunContext context)
    {
        var config = ConfigBinder.Bind<SleepEventsConfig>(job);
        using var store = EventStore.Open(config, context);
        if (config.Data.Hdf5 == "") return store.Place;
        var split = SleepEventsData.Cut(store.Set, config.Split);
        foreach (var (name, part) in SpectrogramFiles.Splits.Zip([split.Train, split.Validation, split.Test]))
        {
            context.Tell(new RunEvent.Stage($"{name}.h5: {part.Length} clips"));
            SpectrogramFiles.Write(
                config.Data.Hdf5, name, store.Examples, part, EventNetwork.Options(config.Features), config.Data.Hdf5Storage, config.Data.Hdf5Gzip, store.DatasetCommit, context.Cancel,
                config.Features.Trim);
        }
        return config.Data.Hdf5;
    }

    /// <summary>Trains and evaluates.</summary>
    /// <exception cref="ConfigException">Settings that do not fit together or to the data.</exception>
    public static RunResult Run(MapNode job, RunContext context)
    {
        var config = Bind(job);

        // --- Engine
        var device = Devices.Prepare(config.Trainer);

        // --- Recordings, features, split
        var began = context.Clock.GetTimestamp();
        using var store = EventStore.Open(config, context);
        var (set, examples) = (store.Set, store.Examples);
        var reading = context.Clock.GetElapsedTime(began).TotalSeconds;
        var split = SleepEventsData.Cut(set, config.Split);
        context.Tell(new RunEvent.Stage($"{set.Name}: {split.Train.Length} training, {split.Validation.Length} validation, {split.Test.Length} held-out clips, "
            + $"{set.Classes.Count} classes; {device}, {TorchThreads.Get()} threads"));

        // --- Teacher: its logits on every training clip, once
        using var teacher = config.Distill.Teacher == "" ? null : EventTeacher.Open(config, examples, split.Test);
        var logits = config.Distill.Alpha == 0 ? null : teacher?.Answer(split.Train, config.Trainer.EvalBatchSize, context);

        var (fit, objective) = EventObjective.Begin(config, examples, split.Train, split.Validation, logits, device, context.Clock);
        using var training = fit;
        if (config.Trainer.Epochs == 0) return new RunResult("", [$"ready: {objective.Network.ParameterCount:N0} parameters, nothing was trained (trainer.epochs=0)"], []);

        // --- Train
        using var run = TrainingRun.Open(Plan(config, store, device), context);
        run.Step("load_datasets_start");
        run.Step("load_datasets_done", reading, $"train={split.Train.Length} validation={split.Validation.Length} test={split.Test.Length}");
        run.Step("device_selected", null, $"device={device.Kind.ToString().ToLowerInvariant()}");
        run.Step(teacher is null ? "model_initialized" : "models_initialized", null, $"params={objective.Network.ParameterCount}");
        run.Train(fit);

        // --- Judge and report
        run.Step("test_eval_start");
        began = context.Clock.GetTimestamp();
        var outcome = Judge(config, fit, objective, examples, split);
        run.Step("test_eval_done", context.Clock.GetElapsedTime(began).TotalSeconds);
        run.EndUnit(fit, null, EventNetwork.Metadata(new EventModelCard(
            Name, config.Model, set.Classes, config.Features, objective.Standardizer,
            [.. split.Train.Concat(split.Validation).Select(index => set.Recordings[index].Group).Distinct().Order(StringComparer.Ordinal)],
            $"{set.Name} ({set.Licence}), content {run.Plan.Data["content_sha256"]}")));
        if (context.IsWriter)
        {
            run.Folder.WriteText(RunFiles.Architecture, EventNetwork.Describe(objective.Network));
            if (teacher is not null) run.Folder.WriteText(RunFiles.TeacherArchitecture, EventNetwork.Describe(teacher.Network));
        }
        var evidence = new ClassificationEvidence(run, [outcome]);
        return run.Finish(evidence.Report(Facts(config, set, split, objective, examples.Frames, teacher, run)), evidence.WriteGroups);
    }

    static SleepEventsConfig Bind(MapNode job)
    {
        var config = ConfigBinder.Bind<SleepEventsConfig>(job);
        return config.Distill.Teacher == "" ? config
            : config with { Distill = config.Distill with { TeacherContent = FeatureCacheBuilder.Hash(EventNetwork.WeightsOf(config.Distill.Teacher)) } };
    }

    static RunPlan Plan(SleepEventsConfig config, EventStore store, Device device) => new()
    {
        Recipe = Name,
        Run = config.Run,
        DefaultName = FormattableString.Invariant($"{config.Model.Name}_{store.Set.Name.ToLowerInvariant()}")
            + (config.Distill.Alpha > 0 ? FormattableString.Invariant($"_kd_a{config.Distill.Alpha}_t{config.Distill.Temperature}") : "")
            + FormattableString.Invariant($"_seed{config.Seed}"),
        Config = config,
        Circumstances = s_circumstances,
        Contract = RunContract.Classification("sleep_event_classification", store.Set.Classes) with
        {
            ExtraEpochColumns = config.Distill.Teacher == "" ? [] : ["alpha", "tau"],
        },
        Data = new JsonObject
        {
            ["dataset"] = store.Set.Name,
            ["licence"] = store.Set.Licence,
            ["recordings"] = store.Set.Recordings.Count,
            ["excluded"] = store.Set.Exclusions.Count,
            ["content_sha256"] = store.Fingerprint,
            ["dataset_commit"] = store.DatasetCommit,
        },
        Trainer = config.Trainer,
        Seed = config.Seed,
        Device = device,
    };

    static ClassificationOutcome Judge(SleepEventsConfig config, Fit fit, EventObjective objective, SpectrogramExamples examples, Split split)
    {
        var held = BatchLimit.First(fit.Trainer.LimitTestBatches, split.Test, config.Trainer.EvalBatchSize);
        // The baselines may use the validation part as well: they choose no epoch.
        int[] known = [.. split.Train.Concat(split.Validation)];
        return ClassificationOutcome.Of(
            fit, null, objective.Evaluate(split.Validation), objective.Evaluate(held),
            [.. held.Select(index => examples.Set.Recordings[index]).Select(recording => (recording.Id, recording.Label, recording.Group))],
            SpectrogramCaches.Rivals(examples, known, held));
    }

    static ClassificationFacts Facts(
        SleepEventsConfig config, RecordingSet set, Split split, EventObjective objective, int frames, EventTeacher? teacher, TrainingRun run)
    {
        var isCrnn = config.Model.Name == "crnn";
        var hasAttention = config.Model.Name.EndsWith("_cbam", StringComparison.Ordinal);
        var columns = new Dictionary<string, JsonNode?>
        {
            ["sr"] = EventNetwork.Options(config.Features).SampleRate,
            ["n_mels"] = EventNetwork.Bands,
            ["clip_seconds"] = config.Features.Duration,
            ["epochs"] = config.Trainer.Epochs,
            ["lr"] = config.Optim.Lr,
            ["weight_decay"] = config.Optim.WeightDecay,
            ["batch_size"] = config.Trainer.BatchSize,
            ["class_weights"] = config.Objective.ClassWeights,
            ["cache_fingerprint"] = run.Plan.Data["content_sha256"]!.GetValue<string>()[..12],
            ["dataset_commit"] = run.Plan.Data["dataset_commit"]?.DeepClone(),
            ["feature_ms"] = EventNetwork.FeatureMilliseconds(EventNetwork.Options(config.Features)),
        };
        if (isCrnn) (columns["rnn_hidden"], columns["rnn_layers"]) = (config.Model.RnnHidden, config.Model.RnnLayers);
        if (hasAttention)
        {
            (columns["cbam_reduction"], columns["cbam_sa_kernel"]) = (config.Model.CbamReduction, config.Model.CbamSaKernel);
            columns["att_mode"] = config.Model.AttMode.ToString().ToLowerInvariant();
        }
        var extra = new JsonObject { ["teacher_model"] = teacher?.Card.Model.Name ?? "" };
        if (teacher is not null)
        {
            var parameters = teacher.Network.ParameterCount;
            (columns["alpha"], columns["tau"]) = (config.Distill.Alpha, config.Distill.Temperature);
            (columns["teacher_model"], columns["teacher_params"]) = (teacher.Card.Model.Name, parameters);
            columns["compression_ratio"] = (double)parameters / objective.Network.ParameterCount;
            extra["teacher_checkpoint"] = config.Distill.Teacher;
            extra["teacher_params"] = parameters;
            extra["compression_ratio"] = (double)parameters / objective.Network.ParameterCount;
        }
        return new ClassificationFacts
        {
            Model = config.Model.Name,
            Optim = config.Optim,
            Cost = NetworkCost.Of(objective.Network, EventNetwork.Bands, frames),
            Macs = EventNetwork.Macs(config.Model, set.Classes.Count, frames),
            Data = new DataDescription
            {
                Name = set.Name,
                Licence = set.Licence,
                ItemName = "clips",
                GroupName = "recordings",
                SplitRule = (set.SplitColumn is { } column ? $"The table's own parts (column {column}) teach, pick the epoch or are reported" : "Whole folds teach, pick the epoch or are reported")
                    + "; a recording never stands on two sides.",
                Parts = [SpectrogramCaches.Part(set, "training", split.Train), SpectrogramCaches.Part(set, "validation", split.Validation), SpectrogramCaches.Part(set, "held out", split.Test)],
            },
            GroupName = "recording",
            Excluded = [.. set.Exclusions.Select(exclusion => new ExcludedItem(exclusion.Id, exclusion.Reason))],
            Warnings = split.Dropped.Length > 0 ? [$"{split.Dropped.Length} clips left training because their recording also stands in a held-out or validation part"] : [],
            Columns = columns,
            Extra = extra,
        };
    }
}

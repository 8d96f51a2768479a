using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;
using Kymo.Torch.Optimizers;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>The run folder of this recipe: opened or gone on with, filled fold by fold, finished with the evidence of all folds.</summary>
sealed class UrbanSoundsRun : IDisposable
{
    static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    // Where results go and how fast they come does not change them.
    static readonly string[] s_circumstances = ["run", "data.root", "data.cache", "data.workers", "trainer.device", "trainer.threads", "trainer.eval_batch_size", "trainer.keep_epochs", "trainer.checkpoint_steps", "trainer.checkpoint_minutes"];

    readonly UrbanSoundsConfig _config;
    readonly RecipeContext _context;
    readonly RunFolder _folder;
    readonly RunContract _contract;
    readonly RecordingSet _set;
    readonly JsonObject _fingerprint;
    readonly Device _device;
    readonly DateTimeOffset _started;
    readonly string _hash;

    UrbanSoundsRun(
        UrbanSoundsConfig config, RecipeContext context, RunFolder folder, RunContract contract, RecordingSet set, JsonObject fingerprint, Device device)
    {
        (_config, _context, _folder, _contract, _set, _fingerprint, _device) = (config, context, folder, contract, set, fingerprint, device);
        _hash = ConfigHash(Resolved(config));
        _started = context.Clock.GetUtcNow();
    }

    string RunId => RunSummary.MakeRunId(_folder.Name, _config.Seed, _hash);

    /// <summary>Begins a run, or goes on with the one that the context names.</summary>
    /// <exception cref="ConfigException">A taken name, no such run, or a run of another configuration or other data.</exception>
    public static UrbanSoundsRun Open(
        UrbanSoundsConfig config, RecipeContext context, RecordingSet set, IReadOnlyList<Split> splits, string fingerprint, Device device)
    {
        var contract = RunContract.Classification("urban_sound_classification", set.Classes) with { Folds = [.. splits.Select(split => split.Fold)] };
        var data = new JsonObject
        {
            ["dataset"] = set.Name,
            ["licence"] = set.Licence,
            ["recordings"] = set.Recordings.Count,
            ["excluded"] = set.Exclusions.Count,
            ["content_sha256"] = fingerprint,
        };
        var name = config.Run.Name != "" ? config.Run.Name
            : string.Create(CultureInfo.InvariantCulture, $"urban-sounds_{set.Name.ToLowerInvariant()}_seed{config.Seed}");
        var folder = context.Resume is { } resume
            ? RunFolder.Resume(config.Run.Root, resume == "auto" ? name : resume, context.Clock)
            : RunFolder.Create(config.Run.Root, name, context.Clock);
        try
        {
            var run = new UrbanSoundsRun(config, context, folder, contract, set, data, device);
            if (context.Resume is null) run.Begin();
            else run.GoOn();
            context.Tell(new RecipeEvent.Opened(folder.Root, folder.Name));
            return run;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The checkpoints of a fold.</summary>
    public FoldCheckpoints Checkpoints(int fold) => new(Path.GetDirectoryName(_folder.Unit(fold).PathOf("checkpoints/state.pth"))!, _config);

    /// <summary>Drops what a killed process wrote after its last checkpoint.</summary>
    public void BeginFold(int fold, int epochs) => _folder.Unit(fold).Epochs(_contract, RunId).KeepThrough(epochs);

    /// <summary>Keeps an epoch.</summary>
    public void EndEpoch(int fold, EpochRow row, FoldTrainer trainer)
    {
        var unit = _folder.Unit(fold);
        unit.Epochs(_contract, RunId).Append(row);
        if (_config.Trainer.KeepEpochs) SafetensorsFile.Write(unit.PathOf(RunFiles.EpochWeights(row.Epoch)), Listed(trainer.Model.SaveState()));
        WriteTrainingState(fold, trainer, finished: false);
        RunSteps.Append(_folder.Root, row.Ended, _folder.Name, "epoch_done", row.Seconds, $"fold={fold} epoch={row.Epoch}");
    }

    /// <summary>Keeps the last weights of a fold with what is needed to train on.</summary>
    public void KeepLast(int fold, FoldTrainer trainer)
    {
        var unit = _folder.Unit(fold);
        var snapshot = trainer.Capture();
        TorchFile.WriteStateDict(unit.PathOf(RunFiles.LastModel), Listed(snapshot.Weights));
        TorchFile.Write(unit.PathOf(RunFiles.LastOptimizer), AdamPickle(trainer, snapshot.Optimizer));
        TorchFile.Write(unit.PathOf(RunFiles.RandomState), new PickleDictionary
        {
            { "dropout", Convert.ToHexStringLower(snapshot.Dropout) },
            { "shuffle", Convert.ToHexStringLower(snapshot.Shuffle) },
            { "augment", Convert.ToHexStringLower(snapshot.Augment) },
        });
    }

    /// <summary>Keeps a finished fold: its reported weights with their card, its early stop.</summary>
    public void EndFold(FoldOutcome outcome, FoldTrainer trainer)
    {
        var fold = outcome.Split.Fold;
        var unit = _folder.Unit(fold);
        var weights = trainer.Model.SaveState();
        TorchFile.WriteStateDict(unit.PathOf(RunFiles.BestModel), Listed(weights));
        UrbanModelFile.Write(unit.PathOf(RunFiles.BestModelSafetensors), Card(outcome.Split, trainer), weights);
        unit.WriteEarlyStop(EarlyStop(outcome));
        unit.PublishBestModel();
        WriteTrainingState(fold, trainer, finished: true);
    }

    /// <summary>Writes the evidence of all folds and seals the run.</summary>
    public RecipeResult Finish(SpectrogramExamples examples, IReadOnlyList<FoldOutcome> outcomes)
    {
        var evidence = new UrbanEvidence(_config, _set, _contract, outcomes, _fingerprint);
        var summary = evidence.Summarise(_folder.Name, _hash, _started, _context.Clock.GetUtcNow(), _device, Resolved(_config), examples.Frames);
        var promoted = _folder.Unit(evidence.Promoted.Split.Fold);
        promoted.PromoteToRun();
        EvidenceTables.CombineEpochs(_folder, _contract, RunId);
        EvidenceTables.WriteTest(_folder, _contract, RunId, summary.Ended, summary.Test);
        EvidenceTables.WriteClasses(_folder, _contract, summary.Ended, evidence.Validation, evidence.Test);
        EvidenceTables.WriteConfusion(_folder, _contract, evidence.Test);
        EvidenceTables.WriteFolds(_folder, _contract, summary.Folds);
        PredictionTable.Write(_folder, _contract, evidence.Predictions());
        MetricsFile.Write(_folder, summary);
        EvidenceTables.WriteExcluded(_folder, summary.Excluded);
        UrbanReport.WriteEvents(_folder, _started, outcomes);
        UrbanReport.Write(_folder, _set, summary, outcomes, evidence, text => _context.Tell(new RecipeEvent.Warning(text)));
        foreach (var outcome in outcomes) Checkpoints(outcome.Split.Fold).Delete();
        _folder.Seal();
        Leaderboard.Append(_folder, summary);
        RunSteps.Append(_folder.Root, summary.Ended, _folder.Name, "run_done", summary.Seconds);
        return new RecipeResult(_folder.Path, evidence.Lines(summary), CanonicalJson.ReadObject(_folder.PathOf(RunFiles.Metrics)));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    void Begin()
    {
        _folder.WriteJson(RunFiles.Contract, _contract.ToJson());
        _folder.WriteJson(RunFiles.ResolvedConfig, Resolved(_config));
        _folder.WriteJson(RunFiles.DataFingerprint, (JsonObject)_fingerprint.DeepClone());
        var git = GitState.Of(AppContext.BaseDirectory);
        _folder.WriteJson(RunFiles.Git, git.ToJson());
        _folder.WriteJson(RunFiles.Environment, RunEnvironment.Describe(Engines(), TorchThreads.Get(), git, Variables()));
        HydraFolder.Write(_folder, _context.Job, _context.Hydra, _context.Overrides);
        RunSteps.Append(_folder.Root, _started, _folder.Name, "run_start", null, $"config_hash={_hash}");
    }

    // A run goes on only with the configuration and the data it was begun with.
    void GoOn()
    {
        if (_folder.Has(RunFiles.Hashes)) throw new ConfigException($"run '{_folder.Name}' is finished; choose another run.name to train again");
        if (!_folder.Has(RunFiles.ResolvedConfig)) Begin();
        if (_context.ResumeAnyway) return;
        var stored = CanonicalJson.ReadObject(_folder.PathOf(RunFiles.ResolvedConfig));
        var differences = Differences(Science(stored), Science(Resolved(_config))).ToArray();
        if (differences.Length > 0)
            throw new ConfigException($"run '{_folder.Name}' was begun with another configuration: {string.Join("; ", differences)}. "
                + "Type the settings it was begun with, or --resume-anyway");
        var data = CanonicalJson.ReadObject(_folder.PathOf(RunFiles.DataFingerprint));
        if (!JsonNode.DeepEquals(data["content_sha256"], _fingerprint["content_sha256"]))
            throw new ConfigException($"run '{_folder.Name}' was begun with other data ({data["content_sha256"]}, now {_fingerprint["content_sha256"]}); "
                + "put the recordings back, or type --resume-anyway");
    }

    void WriteTrainingState(int fold, FoldTrainer trainer, bool finished)
    {
        var state = _folder.Has(RunFiles.TrainingState)
            ? CanonicalJson.ReadObject(_folder.PathOf(RunFiles.TrainingState))
            : new JsonObject { ["version"] = 1, ["config_hash"] = _hash, ["folds"] = new JsonObject() };
        state["folds"]![fold.ToString(CultureInfo.InvariantCulture)] = new JsonObject
        {
            ["status"] = finished ? "done" : "training",
            ["epochs_done"] = trainer.State.History.Count,
            ["best_epoch"] = trainer.State.BestEpoch,
            ["best_acc"] = trainer.State.BestAccuracy,
            ["best_loss"] = trainer.State.History.Min(row => row.Validation["loss"]),
            ["lr"] = trainer.State.History[^1].LearningRate,
            ["early_stopped"] = trainer.State.Stopped,
        };
        _folder.WriteJson(RunFiles.TrainingState, state);
    }

    UrbanModelCard Card(Split split, FoldTrainer trainer) => new(
        UrbanSoundsRecipe.Name,
        new UrbanCnnConfig(_set.Classes.Count, _config.Features.NMels, _config.Model.EncoderDropout, _config.Model.HeadDropout),
        _set.Classes, _config.Features, trainer.Standardizer, split.Fold,
        [.. split.Train.Concat(split.Validation.Except(split.Test)).Select(index => _set.Recordings[index].Group).Distinct().Order(StringComparer.Ordinal)],
        $"{_set.Name} ({_set.Licence}), content {_fingerprint["content_sha256"]}");

    EarlyStopState EarlyStop(FoldOutcome outcome) => new(
        _config.Trainer.EarlyStopPatience, 0, outcome.Stopped, outcome.History.Count, outcome.BestEpoch,
        outcome.History[outcome.BestEpoch - 1].Validation["f1_macro"], "val_loss");

    PickleDictionary AdamPickle(FoldTrainer trainer, IReadOnlyDictionary<string, StoredTensor> state)
    {
        var names = trainer.Model.NamedParameters().Select(parameter => parameter.Name).ToArray();
        var parameters = new Dictionary<int, AdamParameter>();
        for (var i = 0; i < names.Length; i++)
        {
            if (!state.TryGetValue(names[i] + ".step", out var step)) continue;
            parameters[i] = new AdamParameter(
                (long)BitConverter.ToSingle(step.Data.Span), state[names[i] + ".exp_avg"], state[names[i] + ".exp_avg_sq"]);
        }
        var options = new AdamOptions();
        var group = new AdamGroup
        {
            Parameters = [.. Enumerable.Range(0, names.Length)],
            LearningRate = trainer.State.History[^1].LearningRate,
            Beta1 = options.Beta1,
            Beta2 = options.Beta2,
            Epsilon = options.Epsilon,
            WeightDecay = _config.Optim.WeightDecay,
        };
        return new AdamState(parameters, [group]).ToPickle();
    }

    static JsonObject Resolved(UrbanSoundsConfig config) => JsonSerializer.SerializeToNode(config, s_json)!.AsObject();

    static string ConfigHash(JsonObject resolved) => CanonicalJson.Hash(Science(resolved));

    static JsonObject Science(JsonObject resolved)
    {
        var science = (JsonObject)resolved.DeepClone();
        foreach (var key in s_circumstances)
        {
            var parts = key.Split('.');
            if (parts.Length == 1) science.Remove(parts[0]);
            else (science[parts[0]] as JsonObject)?.Remove(parts[1]);
        }
        return science;
    }

    static IEnumerable<string> Differences(JsonNode? before, JsonNode? now, string key = "")
    {
        if (before is JsonObject old && now is JsonObject next)
        {
            return old.Select(entry => entry.Key).Union(next.Select(entry => entry.Key))
                .SelectMany(name => Differences(old[name], next[name], key == "" ? name : key + "." + name));
        }
        return JsonNode.DeepEquals(before, now) ? [] : [$"{key} was {before?.ToJsonString() ?? "absent"}, is {now?.ToJsonString() ?? "absent"}"];
    }

    static List<(string Name, StoredTensor Tensor)> Listed(IEnumerable<KeyValuePair<string, StoredTensor>> weights) =>
        [.. weights.Select(entry => (entry.Key, entry.Value))];

    static JsonObject Engines() => new()
    {
        ["libtorch_version"] = TorchInfo.Version,
        ["libtorch_cpu_capability"] = TorchInfo.CpuCapability,
        ["cuda_available"] = TorchInfo.HasCuda,
        ["mps_available"] = TorchInfo.HasMps,
    };

    static IEnumerable<KeyValuePair<string, string>> Variables() =>
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, entry.Value as string ?? ""));
}

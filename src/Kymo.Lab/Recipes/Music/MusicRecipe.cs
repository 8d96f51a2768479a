using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data.Music;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.Music;

/// <summary>
/// The five music recipes: emotion from sound or notes, melodies, chords, dynamics and grooves. All read pieces, cut them in three parts
/// by song or by the published parts, train a small network and show it beside rivals without one.
/// </summary>
public static class MusicRecipe
{
    /// <summary>Trains and evaluates <c>music-emotion</c>.</summary>
    public static RunResult Emotion(MapNode job, RunContext context) => Run("music-emotion", MusicKind.Emotion, job, context);

    /// <summary>Trains and evaluates <c>music-melody</c>.</summary>
    public static RunResult Melody(MapNode job, RunContext context) => Run("music-melody", MusicKind.Melody, job, context);

    /// <summary>Trains and evaluates <c>music-harmony</c>.</summary>
    public static RunResult Harmony(MapNode job, RunContext context) => Run("music-harmony", MusicKind.Harmony, job, context);

    /// <summary>Trains and evaluates <c>music-dynamics</c>.</summary>
    public static RunResult Dynamics(MapNode job, RunContext context) => Run("music-dynamics", MusicKind.Dynamics, job, context);

    /// <summary>Trains and evaluates <c>music-groove</c>.</summary>
    public static RunResult Groove(MapNode job, RunContext context) => Run("music-groove", MusicKind.Groove, job, context);

    /// <summary>Reads every piece once, so that faults show before a training: of all five recipes.</summary>
    /// <returns>The folder of the data; nothing is written.</returns>
    public static string Prepare(MusicKind kind, MapNode job, RunContext context)
    {
        var config = ConfigBinder.Bind<MusicConfig>(job);
        return Build(kind, config, context).Set.Root;
    }

    static RunResult Run(string name, MusicKind kind, MapNode job, RunContext context)
    {
        var config = ConfigBinder.Bind<MusicConfig>(job);

        // --- Engine
        var device = Devices.Prepare(config.Trainer);

        // --- Pieces, features, parts
        var task = Build(kind, config, context);
        context.Tell(new RunEvent.Stage(string.Create(CultureInfo.InvariantCulture,
            $"{task.Set.Name}: {task.Train.Length} items to learn from, {task.Select.Length} to pick the epoch, {task.Report.Length} reported; {device}, {TorchThreads.Get()} threads")));
        foreach (var note in task.Set.Notes) context.Tell(new RunEvent.Stage(note));
        foreach (var warning in task.Warnings) context.Tell(new RunEvent.Warning(warning));
        if (task.Exclusions.Count > 0)
            context.Tell(new RunEvent.Warning($"{task.Exclusions.Count} left out, for instance {task.Exclusions[0].Id}: {task.Exclusions[0].Reason}"));
        if (config.Trainer.Epochs == 0) return Ready(config, task, device, context);

        // --- Train, or take up where it stopped
        using var run = TrainingRun.Open(Plan(name, config, task, device), context);
        var (fit, objective) = MusicObjective.Begin(config, task, device, context.Clock);
        using (fit)
        {
            run.Train(fit);
            run.EndUnit(fit, null, MusicCard.Of(name, config, task).Metadata());

            // --- Report
            return run.Finish(new MusicEvidence(run, config, task, fit, objective).Report(), folder => WriteSpecification(folder, config, task));
        }
    }

    /// <summary>Pieces, features and parts.</summary>
    internal static MusicTask Build(MusicKind kind, MusicConfig config, RunContext context)
    {
        if (config.Data.Name == "synthetic") return SyntheticTask.Of(config, kind);
        var folders = kind == MusicKind.Emotion && config.Features.Input == "midi" ? MusicKind.Melody : kind;
        var set = MusicFolders.Read(config.Data.Name, folders, config.Data.Root, new LabelOptions(config.Data.LabelScale, config.Data.Unlabelled == "skip"));
        void Progress(int done) => context.Tell(new RunEvent.Progress("pieces", done, set.Items.Count));
        return kind switch
        {
            MusicKind.Emotion => MusicEmotionTask.Of(config, set, Progress, context.Cancel),
            MusicKind.Melody => MelodyTask.Of(config, set, Progress, context.Cancel),
            MusicKind.Harmony => HarmonyTask.Of(config, set, context.Cancel),
            MusicKind.Dynamics => DynamicsTask.Of(config, set, Progress, context.Cancel),
            _ => GrooveTask.Of(config, set, Progress, context.Cancel),
        };
    }

    static RunResult Ready(MusicConfig config, MusicTask task, Device device, RunContext context)
    {
        var (fit, objective) = MusicObjective.Begin(config, task, device, context.Clock);
        using (fit) return new RunResult("", [$"ready: {objective.Network.ParameterCount:N0} parameters, nothing was trained (trainer.epochs=0)"], []);
    }

    static RunPlan Plan(string name, MusicConfig config, MusicTask task, Device device) => new()
    {
        Recipe = name,
        Run = config.Run,
        DefaultName = string.Create(CultureInfo.InvariantCulture, $"{name}_{task.Set.Name}_{config.Data.Target}_{config.Model.Name}_seed{config.Seed}").Replace("__", "_", StringComparison.Ordinal),
        Config = config,
        Circumstances = ["data.root"],
        Contract = (task.HasClasses
            ? RunContract.Classification(task.Name, task.Classes)
            : RunContract.Regression(task.Name, task.Targets, [.. task.Scores.Select(score => score.Name)])) with
        { BlankColumns = ["sr", "n_mels"] },
        Data = new JsonObject
        {
            ["dataset"] = task.Set.Name,
            ["data_source"] = task.DataSource,
            ["licence"] = task.Set.Licence,
            ["label_source"] = task.Set.LabelSource,
            ["items"] = task.Examples.Count,
            ["excluded"] = task.Exclusions.Count,
            ["content_sha256"] = Fingerprint(task),
        },
        Trainer = config.Trainer,
        Seed = config.Seed,
        Device = device,
    };

    /// <summary>Hash of everything that is learned from and reported, in order.</summary>
    internal static string Fingerprint(MusicTask task)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var example in task.Examples)
        {
            hash.AppendData(AtomicFile.Utf8.GetBytes(example.Id));
            hash.AppendData(example.Source.IsEmpty ? System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(example.Input) : example.Source.Span);
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(example.Numbers));
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(example.Labels));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static void WriteSpecification(RunFolder folder, MusicConfig config, MusicTask task)
    {
        static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
        static JsonArray Floats(float[] values) => new([.. values.Select(value => (JsonNode)value)]);
        folder.WriteJson("feature_spec.json", new JsonObject
        {
            ["feature_version"] = MusicCard.Version,
            ["kind"] = task.Name,
            ["inputs"] = Texts(task.InputNames),
            ["outputs"] = Texts(task.OutputNames),
            ["steps"] = task.Steps,
            ["input"] = config.Features.Input,
            ["norm"] = config.Features.Norm,
            ["weight"] = config.Features.Weight,
            ["track"] = config.Features.Track,
            ["transpose"] = config.Features.Transpose,
            ["segment_s"] = config.Data.SegmentS,
            ["compat"] = Texts(config.Compat.On()),
            ["mean"] = task.Scaling is { } scaling ? Floats(scaling.Mean) : null,
            ["deviation"] = task.Scaling is { } known ? Floats(known.Deviation) : null,
        });
    }
}

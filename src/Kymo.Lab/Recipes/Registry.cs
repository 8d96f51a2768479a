using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data.Music;
using Kymo.Lab.Prediction;
using Kymo.Lab.Recipes.Activity;
using Kymo.Lab.Recipes.Music;
using Kymo.Lab.Recipes.SleepEvents;
using Kymo.Lab.Recipes.SleepStages;
using Kymo.Lab.Recipes.UrbanSounds;
using Kymo.Lab.Runs;
using Kymo.Signals;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes;

/// <summary>The recipes.</summary>
public static class Registry
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Recipe> Recipes { get; } =
    [
        new("urban-sounds", "names short sounds; cross-validated, small network on log-mel", Conf("UrbanSounds"), UrbanSoundsRecipe.Run, UrbanSoundsRecipe.Prepare)
        {
            Trial = ["data=synthetic", "features=logmel_1s5", "trainer.epochs=2", "trainer.threads=1", "optim.lr=0.003"],
            Evaluate = UrbanSoundsEvaluator.Evaluate,
            OpenPredictor = (run, fold) => UrbanSoundsPredictor.Open(run, fold).AsPredictor(),
            OpenExport = export => UrbanSoundsPredictor.OpenExport(export).AsPredictor(),
            Heeds = ["--fold", "--hop", "--smooth", "--top", "--csv"],
            Export = UrbanSoundsExport.Write,
            Int8 = UrbanSoundsEvaluator.Int8,
        },
        new("sleep-events", "names sounds heard in the ear; very small networks, attention, distillation", Conf("SleepEvents"), SleepEventsRecipe.Run, SleepEventsRecipe.Prepare)
        {
            Trial = ["data=synthetic", "features.duration=1", "model=extremetinycnn", "split.count=3", "trainer.batch_size=8", "trainer.epochs=2", "trainer.threads=1", "optim.lr=0.003", "trainer.micro_batch=off"],
            Evaluate = EventEvaluator.Evaluate,
            OpenPredictor = (run, _) => EventPredictor.Open(run).AsPredictor(),
            OpenExport = export => EventPredictor.OpenExport(export).AsPredictor(),
            Heeds = ["--hop", "--smooth", "--top", "--csv"],
            Export = EventExport.Write,
            Int8 = (run, _, overrides, context) => EventEvaluator.Int8(run, overrides, context),
        },
        new("activity", "names activities from a worn sensor, with help of joint tracks that simulate it", Conf("Activity"), ActivityRecipe.Run, ActivityRecipe.Prepare)
        {
            Trial = ["data=synthetic", "scenario.alpha=1", "trainer.epochs=2", "trainer.threads=1", "model.regressor.joint_hidden_channels=[8,8,8,8]",
                "model.regressor.temporal_hidden_channels=8", "model.regressor.fc_hidden=16"],
            Evaluate = ActivityEvaluator.Evaluate,
            OpenPredictor = (run, _) => ActivityPredictor.OpenAny(run),
            OpenExport = ActivityPredictor.OpenExport,
            Heeds = ["--hop", "--smooth", "--top", "--csv"],
            Export = ActivityExport.Write,
            Int8 = (run, _, overrides, _) => ActivityEvaluator.Int8(run, overrides),
        },
        Music("emotion", "valence and arousal of a clip or piece", MusicKind.Emotion, MusicRecipe.Emotion),
        Music("melody", "the next note of a melody", MusicKind.Melody, MusicRecipe.Melody),
        Music("harmony", "the next chord of a song", MusicKind.Harmony, MusicRecipe.Harmony),
        Music("dynamics", "how loud each note is played", MusicKind.Dynamics, MusicRecipe.Dynamics),
        Music("groove", "style, loudness and micro-timing of drum parts", MusicKind.Groove, MusicRecipe.Groove),
        new("sleep-stages", "sleep stages from a watch's heart rate and motion; by person, windows or whole nights", Conf("SleepStages"), SleepStagesRecipe.Run, SleepStagesRecipe.Prepare)
        {
            Trial = ["data=synthetic", "models=[GRU,LSTM]", "split.folds=2", "data.stride=30", "data.synthetic_seconds=1200", "trainer.epochs=2", "trainer.threads=1"],
            Evaluate = SleepEvaluator.Evaluate,
            OpenPredictor = SleepPredictor.OpenAny,
            OpenExport = SleepPredictor.OpenExport,
            Heeds = ["--fold", "--smooth", "--top", "--csv"],
            Export = SleepExport.Write,
            Int8 = SleepEvaluator.Int8,
        },
    ];

    /// <summary>The recipe that made a run, or the weights file of a run.</summary>
    /// <exception cref="DataException">It does not say which recipe it is of.</exception>
    public static Recipe Of(string runOrWeights)
    {
        var name = File.Exists(runOrWeights) ? CardOf(runOrWeights) : HydraFolder.JobName(runOrWeights);
        return Recipes.FirstOrDefault(recipe => recipe.Name == name)
            ?? throw new DataException(runOrWeights, $"is of {(name is null ? "no recipe" : $"the recipe '{name}'")}; expected a run of {string.Join(", ", Recipes.Select(recipe => recipe.Name))}");
    }

    /// <summary>Opens a run, a weights file of a run (fold 0 for all networks) or an ONNX export for answers.</summary>
    /// <exception cref="DataException">It does not say which recipe it is of, or is damaged.</exception>
    /// <exception cref="ConfigException">The recipe's networks do not answer for files.</exception>
    public static Predictor Open(string path, int fold)
    {
        if (!path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            var recipe = Of(path);
            CheckFold(path, fold, recipe);
            return (recipe.OpenPredictor ?? throw new ConfigException($"networks of {recipe.Name} answer for files only when exported; type kymo export {path} --out network.onnx"))(path, fold) with
            {
                Recipe = recipe.Name,
                ModelHash = HashOf(ModelFiles(path, fold)),
            };
        }
        var export = ExportedNetwork.Open(path);
        try
        {
            var recipe = Recipes.FirstOrDefault(recipe => recipe.Name == export.Recipe)
                ?? throw new DataException(path, $"names {(export.Recipe == "" ? "no recipe" : $"the recipe '{export.Recipe}'")} in its metadata; expected an export of kymo export RUN");
            CheckFold(path, fold, recipe);
            return (recipe.OpenExport ?? throw new ConfigException($"exports of {recipe.Name} do not answer for files"))(export) with { Recipe = recipe.Name, ModelHash = export.Hash, FeatureHash = export.FeatureHash };
        }
        catch
        {
            export.Dispose();
            throw;
        }
    }

    /// <summary>Refuses an option of a prediction that a recipe's networks would not heed.</summary>
    /// <param name="recipe">The recipe's name.</param>
    /// <param name="option">For instance <c>--smooth</c>.</param>
    /// <exception cref="ConfigException">Its networks do not heed it; the message names the recipes whose networks do.</exception>
    public static void CheckHeeded(string recipe, string option)
    {
        if (Find(recipe).Heeds.Contains(option)) return;
        var others = string.Join(", ", Recipes.Where(one => one.Heeds.Contains(option)).Select(one => one.Name));
        throw new ConfigException($"{option}: networks of {recipe} do not heed it, those of {others} do; leave it out" + (option == "--csv" ? " (--json writes every number of the answer)" : ""));
    }

    /// <summary>A recipe by name.</summary>
    /// <exception cref="ConfigException">There is none of that name.</exception>
    public static Recipe Find(string name) => Recipes.FirstOrDefault(recipe => recipe.Name == name)
        ?? throw new ConfigException($"no recipe '{name}'; there are {string.Join(", ", Recipes.Select(recipe => recipe.Name))}");

    static void CheckFold(string path, int fold, Recipe recipe)
    {
        if (fold == 0) return;
        if (fold < 0) throw new ConfigException($"--fold {fold}: expected the number of a fold, from 1");
        CheckHeeded(recipe.Name, "--fold");
        if (File.Exists(path)) throw new ConfigException($"--fold {fold}: {path} holds one network; name the run's folder, or leave --fold out");
    }

    // The networks of a run that answer: one for each fold, or the one there is.
    static string[] ModelFiles(string path, int fold)
    {
        if (File.Exists(path)) return [path];
        var folder = Path.Combine(path, "checkpoints");
        var folds = Directory.Exists(folder) ? Directory.GetFiles(folder, fold == 0 ? "model_fold_*_best.safetensors" : $"model_fold_{fold}_best.safetensors").Order(StringComparer.Ordinal).ToArray() : [];
        return folds.Length > 0 ? folds : [Path.Combine(path, RunFiles.BestModelSafetensors)];
    }

    static string HashOf(string[] files)
    {
        string[] hashes = [.. files.Select(file =>
        {
            using var stream = File.OpenRead(file);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        })];
        return hashes.Length == 1 ? hashes[0] : Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(string.Concat(hashes))));
    }

    // The recipe that the header of a weights file names.
    static string? CardOf(string path) => SafetensorsFile.Read(path).Metadata.TryGetValue("kymo", out var card)
        ? JsonNode.Parse(card)?["recipe"]?.GetValue<string>()
        : null;

    static Recipe Music(string name, string summary, MusicKind kind, Func<MapNode, RunContext, RunResult> run) =>
        new("music-" + name, summary, Path.Combine(Conf("Music"), name), run, (job, context) => MusicRecipe.Prepare(kind, job, context))
        {
            Trial = ["data=synthetic", "data.synthetic_items=200", "model=original", "trainer.epochs=2", "trainer.batch_size=64", "trainer.threads=1"],
            Evaluate = (folder, overrides, context) => MusicEvaluator.Evaluate(kind, folder, overrides, context),
            OpenPredictor = (path, _) => MusicPredictor.Open(path),
            OpenExport = MusicPredictor.OpenExport,
            Heeds = kind == MusicKind.Groove ? ["--top", "--csv"] : [],
            Export = MusicExport.Write,
            ExportFormats = ["onnx", "rtneural", "safetensors", "pth"],
        };

    static string Conf(string folder) => Path.Combine(AppContext.BaseDirectory, "Recipes", folder, "conf");
}

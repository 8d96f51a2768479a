using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data.Motion;
using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>
/// From movement to a worn sensor's signal, and from the signal to the activity: a regressor, a feature extractor and a classifier trained
/// together by a scenario, judged on the real signals of people that no part of the training has seen.
/// </summary>
public static class ActivityRecipe
{
    /// <summary>The recipe's name.</summary>
    public const string Name = "activity";

    /// <summary>Settings that change no result.</summary>
    internal static readonly string[] Circumstances = ["env", "data.data_dir", "data.secondary_dir", "device"];

    /// <summary>Aligns raw MM-Fit and writes the prepared files; other data need no preparation.</summary>
    /// <param name="job">The composed configuration.</param>
    /// <param name="context">What else the recipe is given.</param>
    /// <returns>The folder of the prepared files.</returns>
    /// <exception cref="ConfigException">Data that have no raw form.</exception>
    public static string Prepare(MapNode job, RunContext context)
    {
        var config = Bind(job, context);
        if (config.Data.Name is not ("mmfit" or "synthetic")) throw new ConfigException($"data={config.Data.Name} needs no preparation: train directly");
        var (root, lists) = (ActivityData.Folder(config), ActivityData.Lists(config.Data));
        var options = ActivityData.Options(config, lists);
        foreach (var missing in MmFitLayout.Missing(root).Take(20)) context.Tell(new RunEvent.Warning($"{missing} is missing"));
        var key = CanonicalJson.Hash(ResolvedSettings.Of(config with { Run = new RunOptions() }, []).All)[..12];
        var folder = Path.GetFullPath(Path.Combine(config.Run.Root, "prepared", $"mmfit_{key}"));
        foreach (var left in MmFitPrepared.Write(root, folder, options, new PreparedNames(config.Data.PoseFile, config.Data.AccFile)))
            context.Tell(new RunEvent.Warning($"{left.Id} is left out: {left.Reason}"));
        context.Tell(new RunEvent.Stage($"train on it with data.data_dir={folder} data.source=preprocessed"));
        return folder;
    }

    /// <summary>
    /// Trains and evaluates one scenario; with <c>ablation=[...]</c> several and a table that compares them, with <c>leave_one_out=true</c> one for each person.
    /// </summary>
    /// <param name="job">The composed configuration.</param>
    /// <param name="context">What else the recipe is given.</param>
    /// <exception cref="ConfigException">Settings that do not fit together or to the data.</exception>
    public static RunResult Run(MapNode job, RunContext context)
    {
        var config = Bind(job, context);
        if (config.Ablation.Count > 0) return ScenarioAblation.Run(config, context);
        if (config.LeaveOneOut) return PersonByPerson.Run(config, context);
        UnreadSettings.Refuse([config], context.Overrides);
        return Single(config, job, context);
    }

    /// <summary>One training with one evaluation.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="job">The composed configuration that they come from.</param>
    /// <param name="context">What else the recipe is given.</param>
    internal static RunResult Single(ActivityConfig config, MapNode job, RunContext context)
    {
        // --- Engine
        var device = Devices.Prepare(config.Trainer);

        // --- Windows, split by people
        var data = ActivityData.Read(config);
        foreach (var exclusion in data.Exclusions.Take(10)) context.Tell(new RunEvent.Warning($"{exclusion.Id} is left out: {exclusion.Reason}"));
        foreach (var warning in data.Warnings) context.Tell(new RunEvent.Warning(warning));
        foreach (var absent in AbsentClasses(data)) context.Tell(new RunEvent.Warning($"class {absent} does not occur in training"));
        context.Tell(new RunEvent.Stage(string.Create(CultureInfo.InvariantCulture,
            $"{data.Set.Name}: {data.Split.Train.Count}/{data.Split.Validation.Count}/{data.Split.Test.Count} recordings, {data.Train.Length}/{data.Validation.Length}/{data.Test.Length} windows of {data.Length} rows; {config.Scenario.ExperimentName}; {device}, {TorchThreads.Get()} threads")));
        var (fit, objective) = ActivityObjective.Begin(config, data, device, context.Clock);
        using (fit)
        {
            if (config.Trainer.Epochs == 0)
                return new RunResult("", [$"ready: {objective.Network.ParameterCount:N0} parameters, nothing was trained (trainer.epochs=0)"], []);

            // --- Train, or take up where it stopped
            using var run = TrainingRun.Open(Plan(config, data, device), context);
            run.Train(fit);

            // --- Judge and report
            var judged = ActivityReport.Judge(config, data, fit, objective);
            run.EndUnit(fit, null, ActivityCard.Metadata(config, data));
            return run.Finish(judged.Evidence(run), folder =>
            {
                folder.WriteJson(ActivityResults.FileName, ActivityResults.Of(run.Settings, fit, judged.TestScores, config.Compat.On()));
                folder.WriteText(RunFiles.ResolvedYaml, YamlWriter.Write(job));
                foreach (var warning in new ActivityFigures(config, judged.PersonScores, fit.State.History).Write(folder)) context.Tell(new RunEvent.Warning(warning));
                if (config.Compat.StateNames) ActivityWeights.WriteOriginal(folder, objective.Network);
            });
        }
    }

    /// <summary>The configuration record; the window's length under its names becomes one.</summary>
    internal static ActivityConfig Bind(MapNode job, RunContext context)
    {
        var overrides = context.Overrides;
        if ((job["compat"] as MapNode)?["config"] is ScalarNode { Value: "activity" })
        {
            (overrides, var dead) = OriginalMerger.Read(overrides);
            foreach (var text in dead) context.Tell(new RunEvent.Warning(text));
            var merged = ActivityComposition.Of(overrides).Job;
            job.Clear();
            foreach (var (key, node) in merged) job[key] = node.Copy();
        }
        if (LinkedLengths.Apply(job, overrides) is { } done) context.Tell(new RunEvent.Stage(done));
        var config = ConfigBinder.Bind<ActivityConfig>(job);
        return WithCompat(config);
    }

    /// <summary>Networks and split after the original's rules that are repeated; of those, the ones that change something here.</summary>
    internal static ActivityConfig WithCompat(ActivityConfig config)
    {
        var model = config.Model;
        if (config.Compat.TEncoder == "legacy" && model.Encoder is not null)
        {
            var plain = new HarFeatureExtractorConfig();
            model = model with
            {
                Encoder = null,
                Head = null,
                FeatureExtractor = model.FeatureExtractor with { NFilters = plain.NFilters, FilterSize = plain.FilterSize, DropProb = plain.DropProb, PoolSize = plain.PoolSize },
            };
        }
        if (config.Compat.Dropout is { } share) model = model with { FeatureExtractor = model.FeatureExtractor with { DropProb = share } };
        var data = config.Compat.Split == "original" && config.Data is { Name: "mmfit", Split: "people" } ? config.Data with { Split = "original" } : config.Data;
        var isMmFit = data.Name is "mmfit" or "synthetic";
        // A rule that nothing here is affected by stamps no run.
        var (rules, none) = (config.Compat, new ActivityCompatOptions());
        rules = rules with
        {
            Preprocess = isMmFit && data.Source != "preprocessed" ? rules.Preprocess : none.Preprocess,
            Truncate = isMmFit ? rules.Truncate : none.Truncate,
            Split = data is { Name: "mmfit", Split: "original" } ? rules.Split : none.Split,
            Scenario24 = config.Scenario.SeparateFeatureExtractors ? rules.Scenario24 : none.Scenario24,
            Dropout = model.Encoder is null ? rules.Dropout : none.Dropout,
            TEncoder = config.Model.Encoder is not null ? rules.TEncoder : none.TEncoder,
        };
        return config with { Model = model, Data = data, Compat = rules };
    }

    static RunPlan Plan(ActivityConfig config, ActivityData data, Device device) => new()
    {
        Recipe = Name,
        Run = config.Run,
        DefaultName = string.Create(CultureInfo.InvariantCulture, $"activity_{config.Scenario.ExperimentName}_{data.Set.Name}_seed{config.Seed}"),
        Config = config,
        Circumstances = Circumstances,
        Contract = RunContract.Classification("activity_recognition", data.Set.Classes) with
        {
            ExtraScores = ActivityObjective.ScoresOf(config.Scenario),
            BlankColumns = ["n_mels"],
        },
        Data = new JsonObject
        {
            ["dataset"] = data.Set.Name,
            ["licence"] = data.Set.Licence,
            ["recordings"] = data.Set.Recordings.Count,
            ["people"] = data.Set.Participants.Count,
            ["split"] = data.Split.Name,
            ["excluded"] = data.Exclusions.Count,
            ["content_sha256"] = data.Set.Fingerprint,
        },
        Trainer = config.Trainer,
        Seed = config.Seed,
        Device = device,
    };

    static IEnumerable<string> AbsentClasses(ActivityData data)
    {
        var present = data.Train.Select(index => data.Windows[index].Label).ToHashSet();
        return Enumerable.Range(0, data.Set.Classes.Count).Where(label => !present.Contains(label)).Select(label => data.Set.Classes[label]);
    }
}

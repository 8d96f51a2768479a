using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary>Makes the study of a plan, or finds the one that is gone on with and says how it differs.</summary>
static class SearchSetup
{
    const string RecipeKey = "kymo_recipe", MetricKey = "kymo_metric", OverridesKey = "kymo_overrides", FolderKey = "kymo_output_root";

    /// <summary>
    /// Opens or makes the study and enqueues trials, so that the workers run exactly <paramref name="count"/> of them; trials that an
    /// interrupted start left waiting come first and count.
    /// </summary>
    /// <param name="plan">The search.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="count">Trials to run.</param>
    /// <param name="acceptsChanges">Whether a search space, metric or setting may differ from the study's.</param>
    /// <param name="schema">Which Optuna releases open tables made here.</param>
    /// <param name="terminal">Told what is gone on with.</param>
    /// <exception cref="ConfigException">The study differs and that was not accepted, or the folder belongs to another study.</exception>
    public static void Begin(SearchPlan plan, SearchFolder folder, int count, bool acceptsChanges, OptunaSchema schema, Terminal terminal)
    {
        if (File.Exists(folder[SearchFolder.PlanFile])) CheckFolder(SearchPlan.Read(folder.Path), plan, folder);
        folder.Prepare();
        if (StorageAddress.FileOf(plan.Storage) is { } file && Path.GetDirectoryName(Path.GetFullPath(file)) is { } parent) Directory.CreateDirectory(parent);
        using var storage = StudyStorage.Open(plan.Storage, TimeProvider.System, schema);
        var isOld = storage.Studies().Any(study => study.Name == plan.Study);
        var study = Study.OpenOrCreate(storage, plan.Study, [plan.StudyDirection], new RandomSampler(plan.Seed));
        if (isOld) CheckStudy(study, plan, acceptsChanges, terminal);
        study.SetUserAttribute(RecipeKey, plan.Recipe);
        study.SetUserAttribute(MetricKey, plan.Metric);
        study.SetUserAttribute(OverridesKey, plan.Overrides.ToList<object?>());
        study.SetUserAttribute(FolderKey, folder.Path);
        var trials = study.Trials();
        // Trials that wait while others work belong to those.
        var waiting = storage.SinceBeat(study.Id).Count == 0 ? trials.Count(trial => trial.State == TrialState.Waiting) : 0;
        if (trials.Count > 0)
            terminal.Note($"study {plan.Study} has {trials.Count} trials; {(waiting > 0 ? $"{Math.Min(waiting, count)} of {waiting} that still wait run first, " : "")}{Math.Max(0, count - waiting)} are added");
        study.EnqueueOpen(Math.Max(0, count - waiting));
        folder.AllowWork();
        plan.Write(folder.Path);
    }

    /// <summary>Composes the configuration of a possible trial, so that a wrong key is found before anything starts.</summary>
    /// <returns>The composed job without interpolations.</returns>
    /// <exception cref="ConfigException">It cannot be composed; the message is the composer's.</exception>
    public static MapNode Compose(Recipe recipe, IReadOnlyList<string> overrides, SearchSpace space, IReadOnlyList<string> folders, Terminal terminal)
    {
        var random = new RandomSampler(0);
        using var storage = new MemoryStorage(TimeProvider.System);
        var trial = Study.Create(storage, "check", [StudyDirection.Minimize], random).Ask(space);
        var composition = Configuration.Compose(recipe, [.. overrides, .. ParameterText.Overrides(trial.Frozen)], folders, null, multirun: false, terminal);
        return Configuration.Resolve(composition, terminal);
    }

    static void CheckFolder(SearchPlan before, SearchPlan plan, SearchFolder folder)
    {
        if (before.Study == plan.Study && before.Storage == plan.Storage && before.Recipe == plan.Recipe) return;
        throw new ConfigException($"{folder.Path} belongs to study {before.Study} of recipe {before.Recipe} in {Shown(before.Storage)}, not to study {plan.Study} of "
            + $"{plan.Recipe} in {Shown(plan.Storage)}; choose another --output-root or --study-name");
    }

    // The address without its password.
    static string Shown(string storage) => Uri.TryCreate(storage, UriKind.Absolute, out var uri) && uri.UserInfo != "" ? storage.Replace(uri.UserInfo + "@", "", StringComparison.Ordinal) : storage;

    // Overrides that only one side has; those that change no result are left out.
    static string[] Others(IEnumerable<string> overrides, IEnumerable<string> than) =>
        [.. overrides.Except(than).Where(typed => !ResolvedSettings.IsCircumstance(typed.Split('=')[0].TrimStart('+', '~')))];

    static void CheckStudy(Study study, SearchPlan plan, bool acceptsChanges, Terminal terminal)
    {
        var attributes = study.Read().UserAttributes;
        if (attributes.GetValueOrDefault(RecipeKey) is string recipe && recipe != plan.Recipe)
            throw new ConfigException($"study {plan.Study} in {study.Storage.Location} searches for {recipe}, not {plan.Recipe}; choose another --study-name");
        var differences = study.Differences(plan.SearchSpace).ToList();
        if (attributes.GetValueOrDefault(MetricKey) is string metric && metric != plan.Metric) differences.Add($"the metric was {metric} and is {plan.Metric}");
        if (attributes.GetValueOrDefault(OverridesKey) is IReadOnlyList<object?> overrides)
        {
            string[] before = [.. overrides.Select(item => item as string ?? "")];
            var (gone, fresh) = (Others(before, plan.Overrides), Others(plan.Overrides, before));
            if (gone.Length + fresh.Length > 0) differences.Add($"the trials were given '{ParameterText.Line(gone)}' and are given '{ParameterText.Line(fresh)}'");
        }
        if (differences.Count == 0) return;
        var text = $"study {plan.Study} in {study.Storage.Location} was searched otherwise:\n  {string.Join("\n  ", differences)}";
        if (!acceptsChanges) throw new ConfigException($"{text}\nits trials and new ones would not be comparable; type the settings it was begun with, another --study-name, or --accept-changes");
        CheckCompatible(study, plan);
        terminal.Warn(text);
    }

    static void CheckCompatible(Study study, SearchPlan plan)
    {
        foreach (var (name, distribution) in plan.SearchSpace)
        {
            if (study.Trials().Select(trial => trial.Find(name)).FirstOrDefault(parameter => parameter is not null) is { } known && !known.Distribution.IsCompatible(distribution))
                throw new ConfigException($"study {plan.Study} knows {name} as {known.Distribution} and cannot take it as {distribution}: kind, scale and choices stay the same within a study; type another --study-name");
        }
    }
}

using Kymo.Config;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>
/// Trainings that belong to one command. Each is begun, gone on with, or taken as it stands: the same command typed again after an interruption
/// trains what is missing.
/// </summary>
static class ActivitySeries
{
    static readonly string[] s_own = ["ablation", "leave_one_out", "run.name", "run.label", "run.dir"];

    /// <summary>Name of a series: the run's name, or one of recipe, kind, dataset and seed.</summary>
    public static string NameOf(ActivityConfig config, string kind) => config.Run.Name != "" ? config.Run.Name
        : FormattableString.Invariant($"activity_{kind}_{config.Data.DatasetName}_seed{config.Seed}") + (config.Run.Label != "" ? "-" + config.Run.Label : "");

    /// <summary>Refuses what would not be read, before anything is trained.</summary>
    /// <param name="config">The series' configuration.</param>
    /// <param name="runs">The settings of <see cref="Train"/>, for each call of it.</param>
    /// <param name="context">What else the recipe is given.</param>
    /// <exception cref="ConfigException">A typed setting that none of the runs reads, or a series that trains nothing.</exception>
    public static void Check(ActivityConfig config, IReadOnlyList<IReadOnlyList<string>> runs, RunContext context)
    {
        var kind = config.Ablation.Count > 0 ? "ablation" : "leave_one_out";
        if (config.Trainer.Epochs == 0) throw new ConfigException($"trainer.epochs=0 trains nothing, and {kind} compares what was trained; type trainer.epochs=N");
        foreach (var text in context.Overrides)
        {
            var reason = KeyOf(text) switch
            {
                "run.dir" => "each run of a series has a folder of its own; type run.name=NAME",
                "scenario" when config.Ablation.Count > 0 => "ablation names the scenarios; type ablation=[...]",
                "data.fold" when config.LeaveOneOut => "leave_one_out=true goes through all people",
                "data.split" when config.LeaveOneOut && config.Data.Split != "loso" => "leave_one_out=true holds out each person in turn",
                _ => null,
            };
            if (reason is not null) throw new ConfigException($"'{text}': nothing reads it, because {reason}");
        }
        // The series' name is made of data.dataset_name.
        string[] typed = [.. context.Overrides.Where(text => !s_own.Contains(KeyOf(text)) && KeyOf(text) != "data.dataset_name")];
        string[] person = config.LeaveOneOut ? ["data.split=loso", "data.fold=0"] : [];
        UnreadSettings.Refuse([.. runs.Select(settings => Composed("check", [.. settings, .. person], context).Config)], typed);
    }

    /// <summary>Trains with the typed settings and some of the series' own; with <c>leave_one_out=true</c> once for each person.</summary>
    /// <param name="config">The series' configuration.</param>
    /// <param name="name">Name of the run, or its beginning.</param>
    /// <param name="settings">Settings that replace typed ones, as <c>key=value</c>.</param>
    /// <param name="context">What else the recipe is given.</param>
    /// <exception cref="ConfigException">A run of the same name was made with other settings.</exception>
    public static SeriesAnswers Train(ActivityConfig config, string name, IReadOnlyList<string> settings, RunContext context)
    {
        if (!config.LeaveOneOut) return SeriesAnswers.Of([One(name, settings, context)]);
        var people = ActivityData.People(config.Data);
        var runs = new List<RunResult>();
        foreach (var (person, _) in people)
        {
            context.Tell(new RunEvent.Stage($"--- person {person} held out ({runs.Count + 1} of {people.Count})"));
            runs.Add(One($"{name}_{person}", [.. settings, "data.split=loso", FormattableString.Invariant($"data.fold={runs.Count}")], context));
        }
        return SeriesAnswers.Of(runs);
    }

    static RunResult One(string name, IReadOnlyList<string> settings, RunContext context)
    {
        context.Cancel.ThrowIfCancellationRequested();
        var (config, job, inner) = Composed(name, settings, context);
        var folder = Path.GetFullPath(Path.Combine(config.Run.Root, "runs", name));
        if (File.Exists(Path.Combine(folder, RunFiles.Hashes))) return Finished(folder, name, config, inner);
        return ActivityRecipe.Single(config, job, Directory.Exists(folder) ? inner with { Resume = name } : inner);
    }

    // The same overrides with a few others: whatever was typed wins over the scenario's own settings, as in a single run.
    static (ActivityConfig Config, MapNode Job, RunContext Context) Composed(string name, IReadOnlyList<string> settings, RunContext context)
    {
        string[] replaced = [.. s_own, .. settings.Select(KeyOf)];
        string[] overrides = [.. context.Overrides.Where(text => !replaced.Contains(KeyOf(text))), .. settings, $"run.name={name}"];
        var (composition, job) = ActivityComposition.Of(overrides);
        var inner = context with { Job = composition.Config, Hydra = composition.Hydra, Overrides = overrides, Resume = null };
        return (ActivityRecipe.Bind(job, inner with { Tell = _ => { } }), job, inner);
    }

    // A finished run counts where settings and data are those of now.
    static RunResult Finished(string folder, string name, ActivityConfig config, RunContext context)
    {
        var differences = ResolvedSettings.Of(config, ActivityRecipe.Circumstances).Differences(CanonicalJson.ReadObject(Path.Combine(folder, RunFiles.ResolvedConfig)));
        if (differences.Count > 0) throw new ConfigException($"run '{name}' was made with other settings: {string.Join("; ", differences)}. Choose another run.name");
        var fingerprint = (string?)CanonicalJson.ReadObject(Path.Combine(folder, RunFiles.DataFingerprint))["content_sha256"];
        if (fingerprint != ActivityData.Read(config).Set.Fingerprint) throw new ConfigException($"run '{name}' was made with other data; choose another run.name");
        context.Tell(new RunEvent.Stage($"{name} is there already"));
        return new RunResult(folder, [], CanonicalJson.ReadObject(Path.Combine(folder, RunFiles.Metrics)));
    }

    static string KeyOf(string text) => text.TrimStart('+').Split('=')[0];
}

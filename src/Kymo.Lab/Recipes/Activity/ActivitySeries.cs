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

    // The same overrides with a few others: whatever was typed wins over the scenario's own settings, as in a single run.
    static RunResult One(string name, IReadOnlyList<string> settings, RunContext context)
    {
        context.Cancel.ThrowIfCancellationRequested();
        string[] replaced = [.. s_own, .. settings.Select(KeyOf)];
        string[] overrides = [.. context.Overrides.Where(text => !replaced.Contains(KeyOf(text))), .. settings, $"run.name={name}"];
        var (composition, job) = ActivityComposition.Of(overrides);
        var inner = context with { Job = composition.Config, Hydra = composition.Hydra, Overrides = overrides, Resume = null };
        var config = ActivityRecipe.Bind(job, inner with { Tell = _ => { } });
        var folder = Path.GetFullPath(Path.Combine(config.Run.Root, "runs", name));
        if (File.Exists(Path.Combine(folder, RunFiles.Hashes))) return Finished(folder, name, config, inner);
        return ActivityRecipe.Single(config, job, Directory.Exists(folder) ? inner with { Resume = name } : inner);
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

using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Lab.Recipes.SleepEvents;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.App.Campaigns;

/// <summary>What is there of a planned run.</summary>
enum RunFate
{
    /// <summary>Nothing.</summary>
    Absent,

    /// <summary>It was begun with these settings and can be gone on with.</summary>
    Begun,

    /// <summary>It is finished, whole, of these settings, and stands in the leaderboard.</summary>
    Valid,

    /// <summary>Something else lies in its place.</summary>
    Invalid,
}

/// <summary>Whether the folder of a planned run holds that run.</summary>
/// <param name="Fate">What is there.</param>
/// <param name="Why">What is wrong, where something is.</param>
readonly record struct RunCheck(RunFate Fate, string Why)
{
    /// <summary>Looks at a run's folder.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">The campaign's folder.</param>
    /// <param name="terminal">Gives environment variables.</param>
    /// <param name="content">What the data are now, by content; null where that is not asked.</param>
    /// <exception cref="ConfigException">The planned settings themselves are wrong.</exception>
    public static RunCheck Of(PlannedRun run, CampaignFolder folder, Terminal terminal, string? content = null)
    {
        var path = folder.RunOf(run.Name);
        if (!Directory.Exists(path)) return new RunCheck(RunFate.Absent, "");
        try
        {
            var resolved = Path.Combine(path, RunFiles.ResolvedConfig);
            if (!File.Exists(resolved))
                return File.Exists(Path.Combine(path, RunFiles.Hashes)) ? new RunCheck(RunFate.Invalid, "no " + RunFiles.ResolvedConfig) : new RunCheck(RunFate.Begun, "");
            var differences = Settings(run, terminal).Differences(CanonicalJson.ReadObject(resolved));
            if (differences.Count > 0)
                return new RunCheck(RunFate.Invalid, "made with other settings: " + string.Join("; ", differences.Take(3)));
            if (content is not null && ContentOf(path) is { } made && made != content)
                return new RunCheck(RunFate.Invalid, $"made from other data: their content was {Short(made)}, is {Short(content)}");
            if (!File.Exists(Path.Combine(path, RunFiles.Hashes))) return new RunCheck(RunFate.Begun, "");
            if (RunVerifier.Verify(path).FirstOrDefault(finding => finding.Severity == Severity.Error) is { } broken)
                return new RunCheck(RunFate.Invalid, $"{broken.File}: {broken.Message}");
            var id = CanonicalJson.ReadObject(Path.Combine(path, RunFiles.Metrics))["run_id"]?.GetValue<string>();
            return folder.Board().TryGetValue(run.Name, out var row) && row["run_id"] == id ? new RunCheck(RunFate.Valid, "") : new RunCheck(RunFate.Invalid, $"no row in {Leaderboard.FileName}");
        }
        catch (DataException error)
        {
            return new RunCheck(RunFate.Invalid, error.Message);
        }
    }

    /// <summary>What the data of a run were, by content; null where the run does not say it.</summary>
    /// <param name="path">The run's folder.</param>
    /// <exception cref="DataException">A damaged file.</exception>
    public static string? ContentOf(string path)
    {
        var file = Path.Combine(path, RunFiles.DataFingerprint);
        return File.Exists(file) ? CanonicalJson.ReadObject(file)["content_sha256"]?.ToString() : null;
    }

    /// <summary>As much of a content's digest as a person compares.</summary>
    public static string Short(string content) => content[..Math.Min(12, content.Length)];

    /// <summary>What the data that a planned run names are now, by content.</summary>
    /// <exception cref="ConfigException">Settings that do not fit to the data.</exception>
    /// <exception cref="DataException">The data are not there, or damaged.</exception>
    public static string ContentNow(PlannedRun run, Terminal terminal, CancellationToken cancel) =>
        SleepEventsRecipe.Fingerprint(Job(run, terminal), Configuration.Context(null, run.Overrides, null, false, terminal, cancel));

    /// <summary>Checks the settings of a planned run, before anything of it is there; its teacher need not be there either.</summary>
    /// <exception cref="ConfigException">Wrong settings, or those of another network or seed than planned.</exception>
    public static void Bind(PlannedRun run, Terminal terminal)
    {
        SleepEventsConfig config;
        try
        {
            config = ConfigBinder.Bind<SleepEventsConfig>(Job(run, terminal));
        }
        catch (ConfigException error)
        {
            throw new ConfigException($"{run.Name}: {error.Message}", error);
        }
        if (config.Model.Name != run.Model || config.Seed != run.Seed)
            throw new ConfigException($"{run.Name}: the manifest's overrides make it {config.Model.Name} with seed {config.Seed}; networks and seeds are for the campaign to decide");
    }

    static ResolvedSettings Settings(PlannedRun run, Terminal terminal) => SleepEventsRecipe.Settings(Job(run, terminal));

    static MapNode Job(PlannedRun run, Terminal terminal) =>
        Configuration.Resolve(Configuration.Compose(Registry.Find(SleepEventsRecipe.Name), run.Overrides, [], null, multirun: false, terminal), terminal);
}

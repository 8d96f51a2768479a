using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Lab.Runs;

namespace Kymo.App;

/// <summary>
/// A sweep: one run for each combination, in Hydra's order. Its folder (<c>hydra.sweep.dir</c>) keeps a ledger: the same sweep started
/// again in the same folder keeps every number, runs what failed and leaves what is done. <c>sweep.on_failure=continue</c> goes on after
/// a job that fails; the default, <c>stop</c>, ends the sweep with its error.
/// </summary>
sealed class Multirun
{
    const string OnFailure = "sweep.on_failure";

    readonly Recipe _recipe;
    readonly Terminal _terminal;
    readonly string _folder;
    readonly SweepLedger _ledger;
    readonly bool _goesOn;
    readonly IReadOnlyList<PlannedJob> _jobs;

    Multirun(Recipe recipe, IReadOnlyList<string> typed, IReadOnlyList<string> folders, string? configName, Terminal terminal)
    {
        (_recipe, _terminal) = (recipe, terminal);
        var overrides = Override.ParseAll(typed);
        _goesOn = GoesOn(overrides.LastOrDefault(item => item.KeyOrGroup == OnFailure));
        overrides = [.. overrides.Where(item => item.KeyOrGroup != OnFailure)];
        var request = Configuration.Request(recipe, overrides, folders, configName, multirun: true, terminal);
        var composer = new ConfigComposer();
        var whole = composer.Compose(request);
        foreach (var warning in whole.Warnings) terminal.Warn(warning);
        var swept = SweeperParameters(whole).Concat(overrides.Where(item => !item.IsHydra));
        var jobs = BasicSweeper.Plan(swept, null, group => composer.Options(request, group)).SelectMany(batch => batch).ToArray();
        // Every job is composed before the first one starts.
        var composed = jobs.Select(job => composer.ComposeJob(request, job)).ToArray();
        _folder = SweepFolder(whole);
        Directory.CreateDirectory(_folder);
        WriteWhole(Path.Combine(_folder, "multirun.yaml"), YamlWriter.Write(whole.All));
        _ledger = SweepLedger.Open(Path.Combine(_folder, "jobs.jsonl"));
        _jobs = [.. jobs.Zip(composed, (job, composition) => new PlannedJob(job, composition, _ledger.Register(job, composition.Identity).Number))];
        _ledger.Save();
        foreach (var job in _jobs) SetNumber(job.Composition, job.Number);
    }

    /// <summary>Runs the sweep.</summary>
    public static int Run(
        Recipe recipe, IReadOnlyList<string> typed, IReadOnlyList<string> folders, string? configName, Terminal terminal, CancellationToken cancel) =>
        new Multirun(recipe, typed, folders, configName, terminal).Run(cancel);

    int Run(CancellationToken cancel)
    {
        _terminal.Note($"[{Now()}][HYDRA] Launching {_jobs.Count} jobs locally");
        var results = new JsonArray();
        var failed = new List<int>();
        foreach (var job in _jobs)
        {
            _terminal.Note($"[{Now()}][HYDRA] \t#{job.Number} : {job.Job}");
            try
            {
                results.Add(_ledger.Entries[job.Number].State == JobState.Done ? DoneBefore(job) : RunJob(job, cancel));
            }
            catch (Exception error) when (_goesOn && error is not OperationCanceledException)
            {
                failed.Add(job.Number);
                _terminal.Warn($"job {job.Number} failed: {error.Message}");
                results.Add(new JsonObject { ["number"] = job.Number, ["overrides"] = job.Job.ToString(), ["error"] = error.Message });
            }
        }
        if (failed.Count > 0) _terminal.Note($"{failed.Count} of {_jobs.Count} jobs failed ({string.Join(", ", failed)}); the same command in the same folder runs them again");
        var seeds = SeedSummary.Of(results.OfType<JsonObject>().Where(result => result["metrics"]?["test"] is JsonObject)
            .Select(result => ((string)result["overrides"]!, (JsonObject)result["metrics"]!)));
        foreach (var line in seeds.Select(summary => summary.Line)) _terminal.Say(line);
        _terminal.Say(_folder);
        _terminal.Answer(new JsonObject { ["sweep_dir"] = _folder, ["jobs"] = results, ["seeds"] = new JsonArray([.. seeds.Select(summary => summary.ToJson())]) });
        return failed.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    // The settings of a job, its run named by number and configuration, and the folder of that run.
    (MapNode Settings, string Folder) Settings(PlannedJob job)
    {
        var settings = Configuration.Resolve(job.Composition, _terminal);
        var run = (MapNode)settings["run"]!;
        var name = run["name"] is ScalarNode { Value: string { Length: > 0 } given } ? given : _recipe.Name;
        run["name"] = new ScalarNode($"{name}_job{job.Number}_{job.Composition.Identity[..6]}");
        return (settings, Path.Combine(((ScalarNode)run["root"]!).ToString(), "runs", ((ScalarNode)run["name"]!).ToString()));
    }

    JsonObject DoneBefore(PlannedJob job)
    {
        var folder = Settings(job).Folder;
        var result = FinishedRun.Read(folder);
        _terminal.Note("  done before; not run again" + (result is null ? $", and in no summary: {folder} holds no finished run" : ""));
        return Result(job, result ?? new RunResult(Path.GetFullPath(folder), [], []));
    }

    static JsonObject Result(PlannedJob job, RunResult result) =>
        new() { ["number"] = job.Number, ["overrides"] = job.Job.ToString(), ["run_dir"] = result.Folder, ["metrics"] = result.Metrics.DeepClone() };

    JsonObject RunJob(PlannedJob job, CancellationToken cancel)
    {
        var (settings, folder) = Settings(job);
        _ledger.Mark(job.Number, JobState.Running);
        try
        {
            var typed = job.Job.Overrides.Select(part => part.Text).ToArray();
            var resume = Directory.Exists(folder) ? Path.GetFileName(folder) : null;
            var result = _recipe.Run(settings, Configuration.Context(job.Composition, typed, resume, false, _terminal, cancel));
            _ledger.Mark(job.Number, JobState.Done);
            foreach (var line in result.Summary) _terminal.Say(line);
            return Result(job, result);
        }
        catch (FinishedRunException)
        {
            // It was killed between the seal of its run and its mark in the ledger.
            _ledger.Mark(job.Number, JobState.Done);
            return DoneBefore(job);
        }
        catch (Exception error)
        {
            _ledger.Mark(job.Number, error is OperationCanceledException ? JobState.Stale : JobState.Failed);
            throw;
        }
        finally
        {
            _terminal.OpenRun = null;  // The sweep goes on when its own command is typed again.
        }
    }

    static bool GoesOn(Override? typed) => typed?.Value switch
    {
        null or TextValue { Text: "stop" } => false,
        TextValue { Text: "continue" } => true,
        _ => throw new ConfigException($"{typed.Text}: expected stop or continue; type {OnFailure}=stop or {OnFailure}=continue"),
    };

    // hydra.sweeper.params holds sweeps as key and text, as they would be typed.
    static IEnumerable<Override> SweeperParameters(Composition whole) =>
        whole.Hydra["sweeper"] is MapNode sweeper && sweeper["params"] is MapNode parameters
            ? parameters.Select(entry => Override.Parse($"{entry.Key}={entry.Value}"))
            : [];

    /// <summary>The sweep's folder. One that is named by the time of the start is never shared with another start.</summary>
    string SweepFolder(Composition composition)
    {
        var resolver = ConfigResolver.Of(composition.All, _terminal.Environment, TimeProvider.System, composition.Hydra);
        var folder = resolver.Select("hydra.sweep.dir") is ScalarNode { Value: string given } ? given : "multirun";
        var isNamedByTime = composition.Hydra["sweep"] is MapNode sweep && sweep["dir"] is { IsInterpolation: true } text && text.ToString()!.Contains("${now:");
        if (!isNamedByTime || !Directory.Exists(folder)) return folder;
        var number = 1;
        while (Directory.Exists($"{folder}_{number}")) number++;
        return $"{folder}_{number}";
    }

    static void SetNumber(Composition composition, int number)
    {
        var job = (MapNode)composition.Hydra["job"]!;
        job["num"] = new ScalarNode(number);
        job["id"] = new ScalarNode(number.ToString(CultureInfo.InvariantCulture));
    }

    static void WriteWhole(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    static string Now() => DateTime.Now.ToString("yyyy-MM-dd HH:mm:ss,fff", CultureInfo.InvariantCulture);

    sealed record PlannedJob(SweepJob Job, Composition Composition, int Number);
}

using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Recipes;

namespace Kymo.App;

/// <summary>
/// A sweep: one run for each combination, in Hydra's order. Its folder (<c>hydra.sweep.dir</c>) keeps a ledger, so that the same sweep
/// started again keeps every number, runs what failed and leaves what is done.
/// </summary>
static class Multirun
{
    /// <summary>Runs the sweep.</summary>
    public static int Run(
        Recipe recipe, IReadOnlyList<string> typed, IReadOnlyList<string> folders, string? configName, Terminal terminal, CancellationToken cancel)
    {
        var overrides = Override.ParseAll(typed);
        var request = Configuration.Request(recipe, overrides, folders, configName, multirun: true, terminal);
        var whole = new ConfigComposer().Compose(request);
        var folder = SweepFolder(whole, terminal);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "multirun.yaml"), YamlWriter.Write(whole.Hydra));
        var ledger = SweepLedger.Open(Path.Combine(folder, "jobs.jsonl"));
        var jobs = BasicSweeper.Plan(overrides, null, group => new ConfigComposer().Options(request, group)).SelectMany(batch => batch).ToArray();
        // Every job is composed before the first one starts.
        var composed = jobs.Select(job => Configuration.Compose(recipe, [.. job.Overrides.Select(part => part.Text)], folders, configName, multirun: false, terminal)).ToArray();

        terminal.Note($"[{Now()}][HYDRA] Launching {jobs.Length} jobs locally");
        var results = new JsonArray();
        for (var i = 0; i < jobs.Length; i++)
        {
            var entry = ledger.Register(jobs[i], composed[i].Identity);
            ledger.Save();
            terminal.Note($"[{Now()}][HYDRA] \t#{entry.Number} : {jobs[i]}");
            if (entry.State == JobState.Done)
            {
                terminal.Note("  done before; not run again");
                continue;
            }
            results.Add(RunJob(recipe, jobs[i], composed[i], entry, ledger, terminal, cancel));
        }
        terminal.Say(folder);
        terminal.Answer(new JsonObject { ["sweep_dir"] = folder, ["jobs"] = results });
        return ExitCode.Done;
    }

    static JsonObject RunJob(
        Recipe recipe, SweepJob job, Composition composition, LedgerEntry entry, SweepLedger ledger, Terminal terminal, CancellationToken cancel)
    {
        var settings = Configuration.Resolve(composition, terminal);
        var run = (MapNode)settings["run"]!;
        var name = run["name"] is ScalarNode { Value: string { Length: > 0 } given } ? given : recipe.Name;
        run["name"] = new ScalarNode($"{name}_job{entry.Number}_{composition.Identity[..6]}");
        var folder = Path.Combine(((ScalarNode)run["root"]!).ToString(), "runs", ((ScalarNode)run["name"]!).ToString());
        ledger.Mark(entry.Number, JobState.Running);
        ledger.Save();
        try
        {
            var typed = job.Overrides.Select(part => part.Text).ToArray();
            var resume = Directory.Exists(folder) ? Path.GetFileName(folder) : null;
            var result = recipe.Run(settings, Configuration.Context(composition, typed, resume, false, terminal, cancel));
            ledger.Mark(entry.Number, JobState.Done);
            foreach (var line in result.Summary) terminal.Say(line);
            return new JsonObject { ["number"] = entry.Number, ["overrides"] = job.ToString(), ["run_dir"] = result.Folder, ["metrics"] = result.Metrics.DeepClone() };
        }
        catch
        {
            ledger.Mark(entry.Number, JobState.Failed);
            throw;
        }
        finally
        {
            ledger.Save();
            terminal.OpenRun = null;  // The sweep goes on when its own command is typed again.
        }
    }

    static string SweepFolder(Composition composition, Terminal terminal)
    {
        var resolver = ConfigResolver.Of(composition.All, terminal.Environment, TimeProvider.System, composition.Hydra);
        return resolver.Select("hydra.sweep.dir") is ScalarNode { Value: string folder } ? folder : "multirun";
    }

    static string Now() => DateTime.Now.ToString("yyyy-MM-dd HH:mm:ss,fff", CultureInfo.InvariantCulture);
}

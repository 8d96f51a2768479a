using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.App.Campaigns;
using Kymo.App.Searches;
using Kymo.Config;
using Kymo.Lab.Runs;

namespace Kymo.App.Verbs;

/// <summary><c>kymo campaign MANIFEST</c>: the trainings of a manifest with phases, gate and distillation; <c>status</c>, <c>check</c>, <c>report</c>.</summary>
static class CampaignVerb
{
    const string Description = "Runs a manifest of sleep-events trainings: networks without a teacher, a gate that the teacher must pass, then students with it.\n"
        + "Every student has a control (alpha 0). What is chosen is chosen by validation clips.\n\nExamples:\n"
        + "  kymo campaign bench/campaigns/esc10.json --dry-run\n  kymo campaign bench/campaigns/esc10.json --jobs 2\n"
        + "  kymo campaign bench/campaigns/esc10.json --jobs 8 --launcher slurm --slurm cpus=4 --slurm time=60\n"
        + "  kymo campaign bench/campaigns/esc10.json --resume\n  kymo campaign status MANIFEST\n  kymo campaign check MANIFEST\n  kymo campaign report MANIFEST";

    public static Command Create(Terminal terminal)
    {
        var manifest = new Argument<string?>("manifest") { Description = "the manifest: JSON or YAML", Arity = ArgumentArity.ZeroOrOne };
        var dry = new Option<bool>("--dry-run") { Description = "print the whole plan with an estimate; touch nothing" };
        var resume = new Option<bool>("--resume") { Description = "keep what is finished and valid, go on with what is begun, move aside what is neither" };
        var fresh = new Option<bool>("--fresh-start") { Description = "first list and delete what this manifest owns: its runs, logs, rows and tables; caches stay" };
        var jobs = new Option<int>("--jobs", "-j") { Description = "trainings at once (1)", DefaultValueFactory = _ => 1 };
        var launcher = new Option<string>("--launcher") { Description = "local: processes of this machine; slurm: a job for each training", DefaultValueFactory = _ => "local" };
        launcher.AcceptOnlyFromAmong("local", "slurm");
        var needs = new Option<string[]>("--slurm") { Description = "what each job asks for: partition=, account=, cpus=, gpus=, memory=, time=" };
        var command = new Command("campaign", Description) { manifest, dry, resume, fresh, jobs, launcher, needs };
        command.Subcommands.Add(Status(terminal));
        command.Subcommands.Add(Check(terminal));
        command.Subcommands.Add(Report(terminal));
        command.Handle(terminal, (parsed, cancel) =>
        {
            var path = parsed.GetValue(manifest) ?? throw new ConfigException("which manifest? type kymo campaign MANIFEST, or kymo campaign --help");
            var (plan, folder) = Open(path);
            var count = parsed.GetValue(jobs) is >= 1 and <= 256 and var number ? number : throw new ConfigException($"--jobs {parsed.GetValue(jobs)}: expected 1 to 256");
            var slurm = parsed.GetValue(launcher) == "slurm" ? Slurm.Settings([.. (parsed.GetValue(needs) ?? []).Select(text => "launcher.slurm." + text)], null).Settings : null;
            if (slurm is not null) Slurm.Step(slurm, "campaign");
            foreach (var run in plan.Phase1.Concat(plan.Tuning.SelectMany(group => group)).Concat(plan.Phase2Supposed).DistinctBy(run => run.Setting))
                RunCheck.Bind(run, terminal);
            if (parsed.GetValue(dry)) return DryRun(plan, folder, parsed.GetValue(fresh), count, terminal);
            using var held = folder.Hold(path, TimeProvider.System);
            if (parsed.GetValue(fresh)) FreshStart(plan, folder, terminal);
            else if (!parsed.GetValue(resume)) RefuseOldRuns(plan, folder);
            terminal.GoOn = $"kymo campaign {path} --resume" + (count > 1 ? $" --jobs {count}" : "")
                + (slurm is null ? "" : " --launcher slurm" + string.Concat((parsed.GetValue(needs) ?? []).Select(text => " --slurm " + text)));
            var runner = new CampaignRunner(plan, folder, count, terminal, slurm);
            var passed = runner.Run(cancel);
            terminal.GoOn = null;
            return End(plan, folder, runner, passed, terminal);
        });
        return command;
    }

    static Command Status(Terminal terminal)
    {
        var manifest = Manifest();
        var command = new Command("status", "Says how far a campaign is: every run it implies, with its scores.\n\nExample:\n  kymo campaign status MANIFEST") { manifest };
        command.Handle(terminal, (parsed, _) =>
        {
            var (plan, folder) = Open(parsed.GetValue(manifest)!);
            var rows = Known(plan, folder, terminal).Select(run => Row(run, folder)).ToArray();
            terminal.Table(["run", "stage", "state", ">validation F1", ">held-out F1", ">accuracy", ">minutes"], rows);
            var (done, all) = (rows.Count(row => row[2] is "finished" or "collapsed"), plan.Phase1.Count + plan.Phase2Count);
            terminal.Say($"\n{done} of {all} runs are finished" + (new CampaignRunner(plan, folder, 1, terminal).GateSoFar() is { } gate ? "; " + gate : ""));
            terminal.Answer(new JsonObject
            {
                ["finished"] = done,
                ["planned"] = all,
                ["runs"] = new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
                {
                    ["name"] = row[0], ["stage"] = row[1], ["state"] = row[2], ["val_f1"] = row[3], ["test_f1"] = row[4], ["test_acc"] = row[5],
                })]),
            });
            return ExitCode.Done;
        });
        return command;
    }

    static Command Check(Terminal terminal)
    {
        var manifest = Manifest();
        var command = new Command("check", "Verifies that every run of a manifest exists, keeps the contract, has its settings, and stands in the leaderboard as it is;\n"
            + "and that numbers between markers in the manifest's readme are those of the leaderboard. Ends with 1 when something is wrong.\n\n"
            + "Marker: <!-- kymo RUN COLUMN -->0.812<!-- /kymo --> (a % after the number means hundredths)\n\nExample:\n  kymo campaign check MANIFEST") { manifest };
        command.Handle(terminal, (parsed, _) =>
        {
            var (plan, folder) = Open(parsed.GetValue(manifest)!);
            var findings = CampaignCheck.Of(plan, folder, terminal);
            foreach (var finding in findings) terminal.Say(finding);
            terminal.Say(findings.Count == 0 ? "the campaign is whole and its numbers agree" : $"{findings.Count} faults");
            terminal.Answer(new JsonObject { ["sound"] = findings.Count == 0, ["findings"] = new JsonArray([.. findings.Select(text => (JsonNode)text)]) });
            return findings.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    static Command Report(Terminal terminal)
    {
        var manifest = Manifest();
        var command = new Command("report", "Writes the page of a campaign from its finished runs.\n\nExample:\n  kymo campaign report MANIFEST") { manifest };
        command.Handle(terminal, (parsed, _) =>
        {
            var (plan, folder) = Open(parsed.GetValue(manifest)!);
            var page = CampaignReport.Write(plan, folder, [.. Known(plan, folder, terminal).Where(run => TrialCommand.IsFinished(folder.RunOf(run.Name)))],
                new CampaignRunner(plan, folder, 1, terminal).GateSoFar(), terminal.Warn);
            terminal.Say(page);
            terminal.Answer(new JsonObject { ["report"] = page });
            return ExitCode.Done;
        });
        return command;
    }

    static Argument<string> Manifest() => new("manifest") { Description = "the manifest: JSON or YAML" };

    static (CampaignPlan Plan, CampaignFolder Folder) Open(string path)
    {
        var manifest = CampaignManifest.Read(path);
        return (new CampaignPlan(manifest), new CampaignFolder(manifest.Root));
    }

    // The runs that can be named now: the second phase is decided by the first.
    static IReadOnlyList<PlannedRun> Known(CampaignPlan plan, CampaignFolder folder, Terminal terminal)
    {
        var runner = new CampaignRunner(plan, folder, 1, terminal);
        var tuned = plan.Tuning.SelectMany(group => group).Where(run => Directory.Exists(folder.RunOf(run.Name)));
        return [.. plan.Phase1, .. tuned, .. runner.GateSoFar() is { } gate ? runner.Phase2(runner.Read(plan.Phase1), gate) : []];
    }

    static int DryRun(CampaignPlan plan, CampaignFolder folder, bool fresh, int jobs, Terminal terminal)
    {
        if (fresh) List(folder.Owned(plan), "--fresh-start would delete", terminal);
        void Show(string title, IEnumerable<PlannedRun> runs)
        {
            terminal.Say(title);
            foreach (var run in runs) terminal.Say("  " + ParameterText.Line(["kymo", "train", "sleep-events", .. run.Overrides]));
        }
        Show($"phase 1: {plan.Phase1.Count} trainings", plan.Phase1);
        if (plan.Phase2Count > 0)
        {
            var gate = plan.Manifest.TeacherGate;
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"gate: {gate.TeacherModel} must surpass the best student by {gate.MinF1Gap} validation macro F1"));
            Show($"only where it does not, setting after setting: up to {plan.Tuning.Sum(group => group.Count)} trainings", plan.Tuning.SelectMany(group => group));
            var runner = new CampaignRunner(plan, folder, 1, terminal);
            if (runner.GateSoFar() is { } decided)
            {
                terminal.Say(decided.ToString());
                Show($"phase 2: {plan.Phase2Count} trainings", runner.Phase2(runner.Read(plan.Phase1), decided));
            }
            else
            {
                Show($"phase 2: {plan.Phase2Count} trainings; the teacher's run and, for students with attention, reduction and kernel are chosen by phase 1 (shown: the first ones)",
                    plan.Phase2Supposed);
            }
        }
        terminal.Say(CampaignEstimate.Of(plan, folder, jobs));
        terminal.Answer(new JsonObject
        {
            ["phase1"] = new JsonArray([.. plan.Phase1.Select(run => (JsonNode)run.Name)]),
            ["phase2"] = plan.Phase2Count,
            ["tuning"] = plan.Tuning.Sum(group => group.Count),
        });
        return ExitCode.Done;
    }

    static void FreshStart(CampaignPlan plan, CampaignFolder folder, Terminal terminal)
    {
        var owned = folder.Owned(plan);
        foreach (var name in owned.Select(Path.GetFileName))
            if (Directory.Exists(folder.RunOf(name!)) && RunIndex.Find(folder.Root, name!).State == RunState.Running)
                throw new ConfigException($"{name} is being written by another process; end it before --fresh-start");
        List(owned, "deleting", terminal);
        var rows = folder.Delete(plan);
        terminal.Note($"{owned.Count} files and folders and {rows} rows of the shared tables are gone");
    }

    static void List(IReadOnlyList<string> paths, string what, Terminal terminal)
    {
        if (paths.Count == 0) terminal.Note($"{what}: nothing, there is nothing of this manifest");
        foreach (var path in paths) terminal.Note($"{what} {path}");
    }

    static void RefuseOldRuns(CampaignPlan plan, CampaignFolder folder)
    {
        var there = folder.Owned(plan).Where(path => Path.GetFileName(Path.GetDirectoryName(path)) == "runs").Select(Path.GetFileName).ToArray();
        if (there.Length > 0)
            throw new ConfigException($"{there.Length} runs of this manifest exist already in {folder.Root} ({string.Join(", ", there.Take(3))}...); "
                + "type --resume to keep what is valid, or --fresh-start to delete them");
    }

    static int End(CampaignPlan plan, CampaignFolder folder, CampaignRunner runner, bool passed, Terminal terminal)
    {
        var runs = Known(plan, folder, terminal).Where(run => TrialCommand.IsFinished(folder.RunOf(run.Name))).ToArray();
        var page = CampaignReport.Write(plan, folder, runs, runner.GateSoFar(), terminal.Warn);
        terminal.Table(["setting", ">seeds", ">validation F1", ">held-out F1", ">deviation", ">parameters"], CampaignReport.Settings(runner.Read(runs)).Select(setting => setting.Cells()));
        if (!passed)
            terminal.Say("no distillation: the teacher does not surpass the best student by teacher_gate.min_f1_gap; train a better one, or lower it");
        terminal.Say(page);
        terminal.Answer(new JsonObject { ["passed"] = passed, ["runs"] = runs.Length, ["leaderboard"] = Path.Combine(folder.Root, Leaderboard.FileName), ["report"] = page });
        return passed ? ExitCode.Done : ExitCode.Failed;
    }

    static string[] Row(PlannedRun run, CampaignFolder folder)
    {
        var path = folder.RunOf(run.Name);
        if (!Directory.Exists(path)) return [run.Name, run.Stage, "planned", "", "", "", ""];
        var indexed = RunIndex.Find(folder.Root, run.Name);
        if (indexed.State != RunState.Finished)
            return [run.Name, run.Stage, indexed.State switch { RunState.Running => "running", RunState.Interrupted => "unfinished", _ => "broken" }, "", "", "", ""];
        var scores = new RunScores(run, indexed.Metrics);
        return [run.Name, run.Stage, scores.Collapsed ? "collapsed" : "finished", RunScores.Text(scores.Validation), RunScores.Text(scores.Test), RunScores.Text(scores.Accuracy),
            RunScores.Text(scores.Number("duration_s") / 60, 1)];
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Kymo.Tuning;

namespace Kymo.App.Tests.Verbs;

/// <summary>Recordings and a search space in a folder.</summary>
public sealed class SearchGround : IDisposable
{
    internal static readonly string[] Training =
        ["data=table", "data.root=sounds", "features=logmel_1s5", "augment=none", "trainer.epochs=2", "cv.held_out=[1]"];

    readonly TempFolder _folder = new();

    public SearchGround()
    {
        Sounds.Write(_folder["sounds"]);
        File.WriteAllText(_folder["space.yaml"], """
            hpo: {metric: val_acc, mode: max}
            hydra:
              sweeper:
                params:
                  optim.lr: tag(log, interval(1e-3, 1e-2))
                  trainer.batch_size: choice(8, 16)
            """);
    }

    public string Folder => _folder.Path;

    public string this[string name] => _folder[name];

    /// <summary>A search of the recordings.</summary>
    public static string[] Line(string study, string space = "space.yaml") =>
        ["tune", "urban-sounds", "--study-name", study, "--space-config", space, .. Training];

    public void Dispose() => _folder.Dispose();
}

/// <summary>A search by two workers, made once for the tests of a class: study <c>demo</c>.</summary>
public sealed class SearchedStudy : IDisposable
{
    readonly SearchGround _ground = new();

    public SearchedStudy() =>
        Said = KymoProgram.Succeed(_ground.Folder, [.. SearchGround.Line("demo"), "--n-trials", "2", "--optuna-schema", "3.1", "--workers", "2", "--repeat-best", "2", "--json"]);

    internal Ending Said { get; }

    public string Folder => _ground.Folder;

    public string this[string name] => _ground[name];

    public void Dispose() => _ground.Dispose();
}

/// <summary>Searches as users start them: other processes, real trainings.</summary>
public sealed class TuneVerbTests(SearchedStudy searched) : IClassFixture<SearchedStudy>
{
    const string Demo = "experiments/hpo/demo";

    [Fact]
    public void Search_leaves_a_study_tables_a_page_and_a_run_folder_for_each_trial()
    {
        var answer = searched.Said.Json;
        Assert.Equal((2, 2, 0), ((int)answer["n_trials"]!, (int)answer["complete"]!, (int)answer["failed"]!));
        var best = JsonNode.Parse(File.ReadAllText(searched[Demo + "/best.json"]))!;
        using var storage = StudyStorage.Open(searched[Demo + "/demo.db"], TimeProvider.System);
        var study = Study.Open(storage, "demo", new RandomSampler(0));
        var stored = study.BestTrial()!;
        Assert.Equal((stored.Number, stored.Value, "val_acc", "maximize"),
            ((int)best["best_trial_number"]!, (double)best["best_value"]!, (string)best["metric"]!, (string)best["direction"]!));
        Assert.Equal((double)stored.Find("optim.lr")!.Value!, (double)best["best_params"]!["optim.lr"]!);
        Assert.StartsWith("number,value,state,params\n0,", File.ReadAllText(searched[Demo + "/trials.csv"]));
        foreach (var trial in study.Trials())
        {
            // The score is the metric of the epoch whose weights are kept, and every epoch was reported.
            var run = searched[$"{Demo}/trials/trial_00{trial.Number}"];
            Assert.Equal(run, trial.UserAttributes["run_dir"]);
            var rows = File.ReadAllLines(Path.Combine(run, "folds/fold_1/epoch_metrics.csv"));
            var columns = rows[0].Split(',');
            string Cell(string row, string column) => row.Split(',')[Array.IndexOf(columns, column)];
            Assert.Equal(double.Parse(Cell(rows.Last(row => Cell(row, "is_best") == "1"), "val_acc")), trial.Value);
            Assert.Equal([1L, 2L], trial.IntermediateValues.Keys);
            Assert.Contains($"trainer.batch_size={trial.Find("trainer.batch_size")!.Value}", File.ReadAllText(Path.Combine(run, ".hydra/overrides.yaml")));
        }
        Assert.Equal(0, KymoProgram.Run(searched.Folder, "runs", "verify", Demo + "/trials/trial_000").Code);
        var repeats = JsonNode.Parse(File.ReadAllText(searched[Demo + "/repeats.json"]))!;
        Assert.Equal((2, 2), ((int)repeats["val_acc"]!["n"]!, (int)repeats["held_out"]!["acc"]!["n"]!));
        Assert.Equal(stored.Value, (double)repeats["runs"]![0]!["val_acc"]!);
        var page = File.ReadAllText(searched[Demo + "/report.html"]);
        Assert.Contains("Trained again from several seeds", page);
        Assert.Contains("Value of every trial, and the best so far", page);
        foreach (var figure in new[] { "optimization_history", "slice", "timeline", "intermediate_values" }) Assert.True(File.Exists(searched[$"{Demo}/figures/{figure}.png"]), figure);
    }

    [Fact]
    public void Best_line_is_ready_for_train_and_Optuna_finds_the_same_best()
    {
        var line = KymoProgram.Succeed(searched.Folder, "study", "best", "demo").Output.TrimEnd();
        Assert.Equal(File.ReadAllText(searched[Demo + "/best.txt"]).TrimEnd(), line);
        Assert.Matches(@"^optim\.lr=0\.00\d+ trainer\.batch_size=(8|16)$", line);
        Assert.Equal(0, KymoProgram.Run(searched.Folder, ["train", "urban-sounds", .. line.Split(' '), "--cfg", "job"]).Code);
        var theirs = JsonNode.Parse(Oracle.Ask("optuna_best.py", ["optuna"], searched[Demo + "/demo.db"], "demo"))!;
        var ours = KymoProgram.Succeed(searched.Folder, "study", "show", "demo", "--json").Json;
        Assert.Equal(theirs["states"]!.AsArray().Select(state => (string)state!), ours["trials"]!.AsArray().Select(trial => (string)trial!["state"]!));
        // Of equals Optuna names any.
        Assert.Equal((double)theirs["best_value"]!, (double)KymoProgram.Succeed(searched.Folder, "study", "best", "demo", "--json").Json["values"]![0]!);
    }

    [Fact]
    public void Study_is_listed_exported_upgraded_and_copied()
    {
        var database = searched["copy.db"];
        File.Copy(searched[Demo + "/demo.db"], database);
        Assert.Contains("demo   maximize", KymoProgram.Succeed(searched.Folder, "study", "list", "--storage", database).Output);
        Assert.Contains("is now in the tables of Optuna 3.2", KymoProgram.Succeed(searched.Folder, "study", "upgrade", "--storage", database).Output);
        Assert.Contains("was in the tables of Optuna 3.2 already", KymoProgram.Succeed(searched.Folder, "study", "upgrade", "--storage", database).Output);
        KymoProgram.Succeed(searched.Folder, "study", "export", "demo", "--storage", database, "--format", "journal", "--out", "copy.log");
        Assert.Equal(File.ReadAllText(searched[Demo + "/trials.csv"]), KymoProgram.Succeed(searched.Folder, "study", "export", "demo", "--storage", "copy.log").Output);
        Assert.Equal(2, KymoProgram.Run(searched.Folder, "study", "delete", "demo", "--storage", database).Code);
        KymoProgram.Succeed(searched.Folder, "study", "delete", "demo", "--storage", database, "--yes");
        var gone = KymoProgram.Run(searched.Folder, "study", "show", "demo", "--storage", database);
        Assert.Equal((2, true), (gone.Code, gone.Error.Contains("has no study named demo", StringComparison.Ordinal)));
    }

    [Fact]
    public void Resumed_search_adds_trials_and_a_changed_one_is_told_and_needs_a_flag()
    {
        string[] line = [.. SearchGround.Line("grown"), "--n-trials", "1"];
        Assert.Equal(1, (int)KymoProgram.Succeed(searched.Folder, [.. line, "--json"]).Json["n_trials"]!);
        File.WriteAllText(searched["wider.yaml"], File.ReadAllText(searched["space.yaml"]).Replace("1e-2", "1e-1"));
        string[] wider = [.. SearchGround.Line("grown", "wider.yaml"), "--n-trials", "1"];
        var refused = KymoProgram.Run(searched.Folder, wider);
        Assert.Equal(2, refused.Code);
        Assert.Contains("optim.lr was {", refused.Error);
        Assert.Contains("or --accept-changes", refused.Error);
        var other = KymoProgram.Run(searched.Folder, [.. line, "trainer.accumulate_grad_batches=2"]);
        Assert.Equal((2, true), (other.Code, other.Error.Contains("are given 'trainer.accumulate_grad_batches=2'", StringComparison.Ordinal)));
        var accepted = KymoProgram.Succeed(searched.Folder, [.. wider, "--accept-changes", "--json"]);
        Assert.Contains("warning: study grown", accepted.Error);
        Assert.Equal((2, 2), ((int)accepted.Json["n_trials"]!, (int)accepted.Json["complete"]!));
        File.WriteAllText(searched["others.yaml"], File.ReadAllText(searched["space.yaml"]).Replace("choice(8, 16)", "choice(8, 12)"));
        var incompatible = KymoProgram.Run(searched.Folder, [.. SearchGround.Line("grown", "others.yaml"), "--accept-changes"]);
        Assert.Equal((2, true), (incompatible.Code, incompatible.Error.Contains("choices stay the same within a study", StringComparison.Ordinal)));
        // Two studies of one name: another storage in the same folder, another direction in the same storage.
        var elsewhere = KymoProgram.Run(searched.Folder, [.. line, "--storage", "elsewhere.db"]);
        Assert.Equal((2, true), (elsewhere.Code, elsewhere.Error.Contains("belongs to study grown", StringComparison.Ordinal)));
        var reversed = KymoProgram.Run(searched.Folder, [.. line, "--direction", "minimize"]);
        Assert.Equal((2, true), (reversed.Code, reversed.Error.Contains("has the direction maximize", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("must not look at test data", "--metric", "test_acc")]
    [InlineData("Key 'lrr' is not in struct", "optim.lrr=1")]
    [InlineData("run.name is given by the search", "run.name=x")]
    [InlineData("--workers 0: expected 1", "--workers", "0")]
    [InlineData("expected local or slurm", "--launcher", "cloud")]
    [InlineData("no search space nowhere.yaml", "--space-config", "nowhere.yaml")]
    [InlineData("--storage memory keeps nothing", "--storage", "memory")]
    [InlineData("127.0.0.1:1/db does not answer", "--storage", "postgresql://me:secret@127.0.0.1:1/db")]
    [InlineData("unknown key 'gpu'", "launcher.slurm.gpu=1")]
    [InlineData("nothing is left to search", "optim.lr=0.1", "trainer.batch_size=8")]
    [InlineData("the range [1.0, 0.1] is reversed", "optim.weight_decay=interval(1,0.1)")]
    public void Mistake_ends_with_2_before_anything_runs(string expected, params string[] arguments)
    {
        string[] line = [.. SearchGround.Line("never").Where((_, i) => !arguments.Contains("--space-config") || i is not (4 or 5)), .. arguments];
        var ending = KymoProgram.Run(searched.Folder, line);
        Assert.Equal(2, ending.Code);
        Assert.Contains(expected, ending.Error);
        Assert.DoesNotContain("secret", ending.Error);
        Assert.False(Directory.Exists(searched["experiments/hpo/never/runs/trial_000"]));
    }

    [Fact]
    public void Dry_run_prints_the_command_lines_and_stores_nothing()
    {
        var said = KymoProgram.Succeed(searched.Folder, [.. SearchGround.Line("dry"), "--n-trials", "2", "--dry-run"]).Output.TrimEnd().Split('\n');
        Assert.Equal(2, said.Length);
        Assert.All(said, line => Assert.StartsWith("kymo train urban-sounds data=table data.root=sounds", line));
        Assert.EndsWith("run.name=trial_001", said[1]);
        Assert.False(Directory.Exists(searched["experiments/hpo/dry"]));
    }

    [Fact]
    public void Metric_that_the_runs_do_not_log_ends_the_search_and_lists_those_they_do()
    {
        var ending = KymoProgram.Run(searched.Folder, [.. SearchGround.Line("unlogged"), "--metric", "val_kappa_squared", "--n-trials", "4"]);
        Assert.Equal(2, ending.Code);
        Assert.Contains("there are train_loss, train_acc", ending.Error);
        Assert.Single(Directory.GetDirectories(searched["experiments/hpo/unlogged/runs"], "trial_*"));
    }

    [Fact]
    public void Trial_that_diverges_is_a_failure_with_its_reason_and_repeated_as_asked()
    {
        var ending = KymoProgram.Run(searched.Folder,
            ["tune", "urban-sounds", "--study-name", "diverged", "--n-trials", "1", "--metric", "val_acc", "--retries", "1", "--in-process", .. SearchGround.Training, "trainer.epochs=30", "optim.lr=choice(10)", "optim.weight_decay=choice(10)"]);
        Assert.Equal(1, ending.Code);
        Assert.Contains("no trial is complete", ending.Error);
        var shown = KymoProgram.Succeed(searched.Folder, "study", "show", "diverged", "--json").Json["trials"]!.AsArray();
        Assert.Equal(["FAIL", "FAIL"], shown.Select(trial => (string)trial!["state"]!));
        Assert.All(shown, trial => Assert.Null(trial!["values"]));
        Assert.All(shown, trial => Assert.Matches("exit code 1: fold 1, epoch .*the loss is ", (string)trial!["user_attrs"]!["kymo_fail_reason"]!));
        Assert.DoesNotContain("best", Directory.GetFiles(searched["experiments/hpo/diverged"]).Select(Path.GetFileNameWithoutExtension));
    }

    [Fact]
    public void Data_that_no_trial_can_use_ends_the_search_with_3()
    {
        var ending = KymoProgram.Run(searched.Folder, [.. SearchGround.Line("nodata"), "--n-trials", "9", "data.root=nowhere"]);
        Assert.Equal(3, ending.Code);
        Assert.Contains("3 trials in a row could not use their data", ending.Error);
        var status = KymoProgram.Succeed(searched.Folder, "tune", "status", "nodata", "--json").Json;
        Assert.Equal((3, 6), ((int)status["states"]!["FAIL"]!, (int)status["states"]!["WAITING"]!));
    }

    [Fact]
    public async Task Interrupted_trial_goes_on_from_its_checkpoint()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs the signals of Unix");
        string[] line = [.. SearchGround.Line("cut"), "--n-trials", "1", "trainer.epochs=60"];
        using (var process = KymoProgram.Start(searched.Folder, [], line))
        {
            var error = process.StandardError.ReadToEndAsync();
            Wait.Until(() => File.Exists(searched["experiments/hpo/cut/trials/trial_000/folds/fold_1/epoch_metrics.csv"]), "the first epoch");
            Assert.Equal(0, Signal(process.Id, 15));
            Wait.ForEnd(process, "the search");
            Assert.Equal(130, process.ExitCode);
            Assert.Contains("kymo tune resume experiments/hpo/cut", await error);
        }
        Assert.Equal(1, (int)KymoProgram.Succeed(searched.Folder, "tune", "status", "cut", "--json").Json["states"]!["WAITING"]!);
        var resumed = KymoProgram.Succeed(searched.Folder, "tune", "resume", "cut", "--json").Json;
        Assert.Equal((1, 1), ((int)resumed["n_trials"]!, (int)resumed["complete"]!));
        Assert.Contains("going on after epoch", File.ReadAllText(searched["experiments/hpo/cut/logs/trial_000.log"]));
        KymoProgram.Succeed(searched.Folder, "runs", "verify", "experiments/hpo/cut/trials/trial_000");
    }

    [Fact]
    public void Trial_of_a_killed_worker_is_a_failure_and_repeated_and_its_training_stops_by_itself()
    {
        string[] line = [.. SearchGround.Line("killed"), "--n-trials", "1", "trainer.epochs=4000", "--heartbeat", "1"];
        using (var process = KymoProgram.Start(searched.Folder, [], line))
        {
            Wait.Until(() => File.Exists(searched["experiments/hpo/killed/trials/trial_000/folds/fold_1/epoch_metrics.csv"]), "the first epoch");
            process.Kill();
            process.WaitForExit();
        }
        var log = searched["experiments/hpo/killed/logs/trial_000.log"];
        using var storage = StudyStorage.Open(searched["experiments/hpo/killed/killed.db"], TimeProvider.System);
        var study = Study.Open(storage, "killed", new RandomSampler(0));
        using (var process = KymoProgram.Start(searched.Folder, [], "tune", "resume", "killed"))
        {
            Wait.Until(() => study.Trials().Count == 2 && study.Trials()[1].State == TrialState.Running, "the repeated trial");
            Assert.Equal(TrialState.Fail, study.Trials()[0].State);
            Assert.Equal(true, study.Trials()[0].UserAttributes["kymo_stale"]);
            Assert.Equal(study.Trials()[0].Find("optim.lr")!.Number, study.Trials()[1].Find("optim.lr")!.Number);
            KymoProgram.Succeed(searched.Folder, "tune", "cancel", "killed");
            Wait.ForEnd(process, "the search");
            Assert.Equal(130, process.ExitCode);
        }
        Assert.Equal([TrialState.Fail, TrialState.Waiting], study.Trials().Select(trial => trial.State));
        // The orphan stopped between two epochs, long before the 4000th.
        Assert.False(File.Exists(searched["experiments/hpo/killed/trials/trial_000/metrics.json"]));
        using var free = File.Open(log, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Assert.True(free.Length > 0);
        Assert.True((bool)KymoProgram.Succeed(searched.Folder, "tune", "status", "killed", "--json").Json["stopped"]!);
    }

    [Fact]
    public void Disk_that_fills_up_stops_the_search_and_loses_nothing()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) Assert.Skip("needs root on Linux to mount a small file system");
        var small = Directory.CreateDirectory(searched["small"]).FullName;
        if (Shell("mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", small) != 0) Assert.Skip("needs the right to mount a small file system");
        try
        {
            string[] line = [.. SearchGround.Line("small"), "--output-root", small, "data.cache=cache", "--n-trials", "2"];
            var full = KymoProgram.Run(searched.Folder, line);
            Assert.NotEqual(0, full.Code);
            Assert.Contains("No space left", full.Error, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(0, Shell("mount", "-o", "remount,size=200m", small));
            var resumed = KymoProgram.Succeed(searched.Folder, [.. line, "--json"]).Json;
            Assert.True((int)resumed["complete"]! >= 2);
            Assert.Equal((int)resumed["n_trials"]!, (int)resumed["complete"]! + (int)resumed["failed"]!);
        }
        finally
        {
            Shell("umount", "--lazy", small);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    static extern int Signal(int process, int signal);

    static int Shell(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Tuning;
using Kymo.Tuning.Tests;

namespace Kymo.App.Tests.Verbs;

/// <summary>Searches on a real SLURM of one node.</summary>
public sealed class SlurmTests(SlurmCluster cluster, SearchGround searched, PostgresServer server)
    : IClassFixture<SlurmCluster>, IClassFixture<SearchGround>, IClassFixture<PostgresServer>
{
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    [Fact]
    public void Workers_of_a_job_array_share_a_study_after_the_submitting_shell_is_gone()
    {
        var variables = cluster.Variables;
        var address = server.NewDatabase();
        string[] line = [.. SearchGround.Line("array"), "--n-trials", "3", "--workers", "2", "--launcher", "slurm", "launcher.slurm.cpus=1", "launcher.slurm.time=60", "--storage", address];
        var submitted = KymoProgram.Run(searched.Folder, variables, [.. line, "--json"]);
        Assert.True(submitted.Code == 0, submitted.Error);
        Assert.Matches(@"^\d+$", (string)submitted.Json["job"]!);
        var script = File.ReadAllText(searched["experiments/hpo/array/slurm/workers.sh"]);
        foreach (var option in new[] { "--array=0-1%2", "--signal=B:USR1@120", "--requeue", "--open-mode=append", "--cpus-per-task=1", "--time=60" }) Assert.Contains("#SBATCH " + option + "\n", script);
        var status = WaitFor(variables, "array", answer => (int?)answer["states"]!["COMPLETE"] == 3);
        Assert.NotNull(status["best_value"]);
        using var storage = StudyStorage.Open(address, TimeProvider.System);
        Assert.All(Study.Open(storage, "array", new RandomSampler(0)).Trials(), trial => Assert.Equal(TrialState.Complete, trial.State));
        // Threads follow the processors that the job was given.
        Assert.Contains("trainer.threads=1", File.ReadAllText(searched["experiments/hpo/array/trials/trial_000/.hydra/overrides.yaml"]));
        Assert.NotEmpty(Directory.GetFiles(searched["experiments/hpo/array/slurm/logs"], "worker_*_0.out"));
        Until(() => File.Exists(searched["experiments/hpo/array/report.html"]), () => "no report");
    }

    // The second original's own search, on a generated tree, from a PostgreSQL server; KYMO_TRIALS says how many trials (1).
    [Fact]
    public void Activity_is_searched_on_the_cluster()
    {
        var trials = Environment.GetEnvironmentVariable("KYMO_TRIALS") ?? "1";
        KymoProgram.Succeed(searched.Folder, "train", "activity", "data=synthetic", "data.train_subjects=[w01]", "data.val_subjects=[w15]", "data.test_subjects=[w16]", "trainer.epochs=0");
        var tree = Assert.Single(Directory.GetDirectories(searched["results/synthetic"], "mmfit_*"));
        var variables = cluster.Variables;
        var address = server.NewDatabase();
        var submitted = KymoProgram.Run(searched.Folder, variables,
            "tune", "activity", "--n-trials", trials, "--metric", "val_f1", "--direction", "maximize", "--study-name", "activity", "--space-config", "conf/hpo/scenario2_mmfit.yaml",
            "data=mmfit_debug", "trainer.epochs=2", "data.data_dir=" + tree, "--launcher", "slurm", "--storage", address, "--json");
        Assert.True(submitted.Code == 0, submitted.Error);
        var count = int.Parse(trials, CultureInfo.InvariantCulture);
        var status = WaitFor(variables, "activity", answer => (int?)answer["states"]!["COMPLETE"] == count, s_patience * count);
        Assert.InRange((double)status["best_value"]!, 0, 1);
    }

    [Fact]
    public void Campaign_trains_each_run_as_a_job()
    {
        File.WriteAllText(searched["cluster.json"], """
            {
              "manifest_version": "2026-02-08.v2", "seed": 7, "output_csv": "cluster/leaderboard.csv", "common_train": {"epochs": 1, "batch_size": 8},
              "overrides": ["data=synthetic", "features.duration=0.5", "split.count=3", "trainer.logger=null", "trainer.micro_batch=off"],
              "baseline": {"models": ["extremetinycnn", "tinycnn"]}
            }
            """);
        string[] line = ["campaign", "cluster.json", "--jobs", "2", "--launcher", "slurm", "--slurm", "cpus=1", "--slurm", "time=60"];
        var ending = KymoProgram.Run(searched.Folder, cluster.Variables, line);
        Assert.True(ending.Code == 0, ending.Error);
        foreach (var run in new[] { "p1_extremetinycnn_seed7", "p1_tinycnn_seed7" })
            Assert.Matches(@"""SLURM_JOB_ID"": ?""\d+""", File.ReadAllText(searched[$"cluster/runs/{run}/env.json"]));
        KymoProgram.Succeed(searched.Folder, "runs", "verify", "--root", "cluster", "p1_extremetinycnn_seed7", "p1_tinycnn_seed7");
        Assert.Equal(2, KymoProgram.Run(searched.Folder, cluster.Variables, [.. line, "--slurm", "throttle=3"]).Code);
    }

    [Fact]
    public void Job_that_is_cancelled_and_one_whose_time_is_up_go_on_from_their_checkpoints()
    {
        var variables = cluster.Variables;
        string[] line = [.. SearchGround.Line("timed"), "--n-trials", "1", "--launcher", "slurm", "launcher.slurm.cpus=1", "trainer.epochs=60"];
        Assert.Equal(0, KymoProgram.Run(searched.Folder, variables, line).Code);
        var table = searched["experiments/hpo/timed/trials/trial_000/folds/fold_1/epoch_metrics.csv"];
        string? job = null;
        Until(() => File.Exists(table), Logs);
        // What SLURM sends when the time is nearly up: the worker stops and queues its job again.
        job = (string)JsonNode.Parse(File.ReadAllText(searched["experiments/hpo/timed/tune.json"]))!["jobs"]![0]!;
        cluster.Run("scancel", "--batch", "--signal=USR1", job + "_0");
        Until(() => cluster.Run("scontrol", "show", "job", job).Contains("Restarts=1", StringComparison.Ordinal), Logs);
        var stopped = KymoProgram.Run(searched.Folder, variables, "tune", "cancel", "timed");
        Assert.True(stopped.Code == 0, stopped.Error);
        Until(() => cluster.Run("squeue", "-h", "-j", job, "-o", "%T").Trim() is "" or "COMPLETED" || cluster.Run("squeue", "-h", "-j", job).Contains("Invalid", StringComparison.Ordinal), Logs);
        Assert.Equal(1, (int)Status(variables, "timed")["states"]!["WAITING"]!);

        var resumed = KymoProgram.Run(searched.Folder, variables, "tune", "resume", "timed", "--json");
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.NotEqual(job, (string)resumed.Json["job"]!);
        var status = WaitFor(variables, "timed", answer => (int?)answer["states"]!["COMPLETE"] == 1);
        Assert.Equal(["COMPLETE"], status["states"]!.AsObject().Select(state => state.Key));
        Assert.Contains("going on after epoch", File.ReadAllText(searched["experiments/hpo/timed/logs/trial_000.log"]));

        string Logs() => string.Join('\n', Directory.GetFiles(searched["experiments/hpo/timed/slurm/logs"]).SelectMany(File.ReadLines).TakeLast(20))
            + "\n" + cluster.Run("scontrol", "show", "job", job ?? "");
    }

    [Fact]
    public void Scripts_take_their_settings_from_the_environment()
    {
        var variables = cluster.Variables;
        var program = Path.Combine(AppContext.BaseDirectory, "kymo");
        Directory.CreateDirectory(searched["conf/hpo"]);
        File.Copy(searched["space.yaml"], searched["conf/hpo/tones.yaml"], overwrite: true);
        var exports = new Dictionary<string, string>
        {
            ["KYMO"] = program,
            ["RECIPE"] = "urban-sounds",
            ["HPO"] = "tones",
            ["ENV_NAME"] = "-",
            ["STUDY_NAME"] = "named",
            ["N_TRIALS"] = "1",
            ["DATA_NAME"] = "table",
            ["EPOCHS"] = "1",
            ["SEED"] = "3",
            ["RUN_LABEL"] = "apex",
            ["OVERRIDES"] = "data.root=sounds features=logmel_1s5 augment=none 'cv.held_out=[1]'",
            ["STORAGE"] = searched["named.db"],
            ["PROJECT_ROOT"] = searched.Folder,
        };
        Submit("hpo.sh", exports);
        Until(() => File.Exists(searched["experiments/hpo/named/report.html"]), () => Text("experiments/hpo/named/logs"));
        var best = JsonNode.Parse(File.ReadAllText(searched["experiments/hpo/named/best.json"]))!;
        Assert.Equal(("named", 1, searched["named.db"]), ((string)best["study_name"]!, (int)best["n_trials"]!, (string)best["storage"]!));
        Assert.Contains("seed=3", File.ReadAllText(searched["experiments/hpo/named/trials/trial_000/.hydra/overrides.yaml"]));
        Assert.NotEmpty(Directory.GetFiles(searched["experiments/hpo/named/logs"], "hpo-*_apex.out"));

        exports["BEST_OVERRIDES"] = File.ReadAllText(searched["experiments/hpo/named/best.txt"]).Trim() + " data.root=sounds features=logmel_1s5 augment=none 'cv.held_out=[1]'";
        (exports["SCENARIO_NAME"], exports["ENV_NAME"], exports["RUN_DIR"]) = ("-", "-", searched["best_run"]);
        Submit("best.sh", exports);
        Until(() => Directory.Exists(searched["best_run/runs"]) && Directory.GetDirectories(searched["best_run/runs"], "best-*-apex").Any(run => File.Exists(Path.Combine(run, "files.sha256"))), () => Text("best_run/logs"));

        string Text(string logs) => Directory.Exists(searched[logs]) ? string.Join('\n', Directory.GetFiles(searched[logs]).SelectMany(File.ReadLines).TakeLast(20)) : "no logs";
        void Submit(string script, Dictionary<string, string> environment)
        {
            var start = new ProcessStartInfo("sbatch", ["--output=" + searched["slurm-%j.out"], Repository.PathOf("slurm", script)]) { WorkingDirectory = searched.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (name, value) in variables) start.Environment[name] = value;
            foreach (var (name, value) in environment) start.Environment[name] = value;
            using var process = Process.Start(start)!;
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, process.StandardError.ReadToEnd());
        }
    }

    JsonNode Status((string, string)[] variables, string study) => KymoProgram.Run(searched.Folder, variables, "tune", "status", study, "--json").Json;

    JsonNode WaitFor((string, string)[] variables, string study, Func<JsonNode, bool> condition, TimeSpan? patience = null)
    {
        JsonNode? last = null;
        Until(() => condition(last = Status(variables, study)), () => last + "\n" + string.Join('\n', Directory.GetFiles(searched[$"experiments/hpo/{study}/slurm/logs"]).SelectMany(File.ReadLines).TakeLast(20)), patience);
        return last!;
    }

    static void Until(Func<bool> condition, Func<string> state, TimeSpan? patience = null)
    {
        for (var clock = Stopwatch.StartNew(); !condition(); Thread.Sleep(300))
            if (clock.Elapsed > (patience ?? s_patience)) Assert.Fail($"waited {patience ?? s_patience} in vain:\n{state()}");
    }
}

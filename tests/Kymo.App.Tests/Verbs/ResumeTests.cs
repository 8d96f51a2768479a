using System.Diagnostics;
using System.Runtime.InteropServices;
using Kymo.Lab.Runs.Trackers;

namespace Kymo.App.Tests.Verbs;

/// <summary>What <c>--resume</c> takes, what a second Ctrl-C does, and what is left of a run that was killed.</summary>
public sealed class ResumeTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    const int Interrupt = 2;

    static readonly string[] s_long = [.. TrainedRun.Training, "trainer.epochs=5000", "cv.held_out=[1]"];

    [Fact]
    public void Finished_run_typed_again_with_resume_auto_ends_well_with_its_scores()
    {
        string[] again = [.. TrainedRun.Training, "run.name=base", "--resume", "auto"];
        var ending = KymoProgram.Succeed(trained.Folder, again);
        Assert.Contains("base was finished before; on held-out items: acc ", ending.Output);
        Assert.EndsWith(trained.Run + "\n", ending.Output);
        Assert.Equal(ending.Output, KymoProgram.Succeed(trained.Folder, [.. again, "--nproc", "2"]).Output);
        Assert.Equal("base", (string?)KymoProgram.Succeed(trained.Folder, [.. again, "--json"]).Json["metrics"]!["run_name"]);

        var other = KymoProgram.Run(trained.Folder, [.. again, "optim.lr=0.5"]);
        Assert.Equal(2, other.Code);
        Assert.Contains("run 'base' is finished, with another configuration: optim.lr was 0.003, is 0.5", other.Error);
        var named = KymoProgram.Run(trained.Folder, "train", "urban-sounds", "--resume", "base");
        Assert.Equal(2, named.Code);
        Assert.Contains("run 'base' is finished, and nothing is left to do", named.Error);
    }

    [Theory]
    [InlineData("nosuch")]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("/")]
    [InlineData("sounds")]
    public void Run_that_does_not_exist_is_refused_with_the_names_of_those_that_do(string resume)
    {
        var ending = KymoProgram.Run(trained.Folder, "train", "urban-sounds", "--resume", resume);
        Assert.Equal(2, ending.Code);
        Assert.Contains($"--resume {(resume == "" ? "''" : resume)}: there is no run of that name under {Path.Combine("results", "runs")}", ending.Error);
        Assert.Matches("There are .*base", ending.Error);
    }

    [Fact]
    public void Run_of_another_recipe_and_one_without_settings_are_refused_with_what_to_type()
    {
        var other = KymoProgram.Run(trained.Folder, "train", "sleep-stages", "--resume", "base");
        Assert.Equal(2, other.Code);
        Assert.Contains("base is a run of urban-sounds; type kymo train urban-sounds --resume base", other.Error);
        Directory.CreateDirectory(trained.PathOf("bare", "runs", "begun"));
        var bare = KymoProgram.Run(trained.Folder, "train", "urban-sounds", "--resume", "bare/runs/begun");
        Assert.Equal(2, bare.Code);
        Assert.Contains("type the settings it was begun with, too: kymo train urban-sounds KEY=VALUE ... --resume bare/runs/begun", bare.Error);
    }

    [Fact]
    public void Link_to_a_run_is_gone_on_with_and_mended()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("links need rights on Windows");
        using (var process = Until("fold 1 epoch 1:", [.. s_long, "run.name=linked", "+run.dir=out/mine"]))
        {
            process.Kill();
            process.WaitForExit();
        }
        Assert.DoesNotContain("no run 'mine'", KymoProgram.Succeed(trained.Folder, "doctor", "--repair", "out/mine").Error);
        var resumed = KymoProgram.Run(trained.Folder, "train", "urban-sounds", "--resume", "out/mine", "trainer.epochs=1", "--resume-anyway");
        Assert.Contains("fold 1: going on after epoch", resumed.Error);
        Assert.Equal(0, resumed.Code);
        Assert.EndsWith(trained.PathOf("results", "runs", "linked") + "\n", resumed.Output);
    }

    [Fact]
    public void Second_interrupt_leaves_at_once_with_130()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs the signals of Unix");
        // The first one may come just before a safe point, where the training ends by itself.
        for (var attempt = 1; attempt <= 10; attempt++)
        {
            using var process = Until("fold 1 epoch 1:", [.. s_long, $"run.name=twice{attempt}", "trainer.threads=2", "trainer.batch_size=16"]);
            if (IsIgnored(process.Id)) Assert.Skip("SIGINT is ignored here, as in background jobs of a shell, and programs inherit that");
            Assert.Equal(0, Signal(process.Id, Interrupt));
            while (process.StandardError.ReadLine() is { } line && !line.StartsWith("stopping", StringComparison.Ordinal)) { }
            _ = Signal(process.Id, Interrupt);
            var said = process.StandardError.ReadToEnd();
            Wait.ForEnd(process, "the interrupted training");
            Assert.Equal(130, process.ExitCode);
            if (said.Contains($"left at once; to go on from the last checkpoint, type the command again with --resume twice{attempt}", StringComparison.Ordinal)) return;
        }
        Assert.Fail("10 trainings were at a safe point before the second signal came");
    }

    [Fact]
    public void Trackers_files_of_a_run_killed_in_its_first_epoch_are_mended_and_of_an_interrupted_one_say_so()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs the signals of Unix");
        string[] training = [.. s_long, "trainer.logger=all", "trainer.log_every_n_steps=1"];
        var log = trained.PathOf("results", "runs", "early", "events.jsonl");
        using (var process = KymoProgram.Start(trained.Folder, [], [.. training, "run.name=early"]))
        {
            Wait.Until(() => File.Exists(log) && new FileInfo(log).Length > 0, "the first step");
            process.Kill();
            process.WaitForExit();
        }
        var killed = Wandb("early");
        if (new FileInfo(killed).Length == 0)
        {
            var mended = KymoProgram.Succeed(trained.Folder, "doctor", "--repair", "early").Output;
            Assert.Contains(".wandb: empty: written anew from events.jsonl", mended);
            Assert.Contains(".kymo.0.0: empty: written anew from events.jsonl", mended);
        }
        Assert.NotEmpty(WandbFile.Read(killed).History);
        Assert.Equal(1, WandbFile.Read(killed).ExitCode);

        using (var process = Until("fold 1 epoch 2:", [.. training, "run.name=asked"]))
        {
            if (IsIgnored(process.Id)) Assert.Skip("SIGINT is ignored here, as in background jobs of a shell, and programs inherit that");
            Assert.Equal(0, Signal(process.Id, Interrupt));
            process.StandardError.ReadToEnd();
            Wait.ForEnd(process, "the interrupted training");
        }
        var asked = WandbFile.Read(Wandb("asked"));
        Assert.Equal(130, asked.ExitCode);
        Assert.Equal(Enumerable.Range(0, asked.History.Count), asked.History.Select(row => (int)row["_step"]!));
        Assert.Equal([1, 2], asked.History.Where(row => row.ContainsKey("epoch")).Select(row => (int)row["epoch"]!).Take(2));
    }

    string Wandb(string run) => Assert.Single(Directory.GetFiles(trained.PathOf("results", "runs", run, "wandb"), "*.wandb", SearchOption.AllDirectories));

    // A training that has said a line.
    Process Until(string beginning, string[] arguments)
    {
        var process = KymoProgram.Start(trained.Folder, [], arguments);
        while (process.StandardError.ReadLine() is { } line && !line.StartsWith(beginning, StringComparison.Ordinal)) { }
        return process;
    }

    static bool IsIgnored(int process) => File.Exists($"/proc/{process}/status")
        && File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } ignored
        && (Convert.ToUInt64(ignored[7..].Trim(), 16) >> (Interrupt - 1) & 1) == 1;

    [DllImport("libc", EntryPoint = "kill")]
    static extern int Signal(int process, int signal);
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Kymo.Lab.Runs;

namespace Kymo.App.Tests.Verbs;

/// <summary>A training that is killed or interrupted goes on and ends in the same numbers. KYMO_KILLS sets how many times it is killed.</summary>
public sealed class InterruptionTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    // Files that are made of times and names alone, or are pictures of others.
    static readonly string[] s_timed = ["events.jsonl", "events.out.tfevents", "env.json", "git.json", "files.sha256", "report.html", "figures", "wandb", ".hydra"];

    [Fact]
    public void Killed_at_random_moments_and_resumed_it_ends_in_the_same_bytes()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("KYMO_KILLS") ?? "20", CultureInfo.InvariantCulture);
        var random = new Random(7);
        for (var kill = 0; kill < kills; kill++)
        {
            var name = $"cut{kill}";
            string[] resume = [];
            var lines = 2 + random.Next(14);
            var ended = false;
            // Killed twice, at another line each time, then left alone.
            for (var time = 0; time < 2 && !ended; time++)
            {
                ended = KillAfter(lines + time, random.Next(60), [.. TrainedRun.Training, $"run.name={name}", $"trainer.checkpoint.every_n_steps={kill % 3}", .. resume]);
                // What is killed after its last file was written has come to its end, too.
                ended |= File.Exists(trained.PathOf("results", "runs", name, "files.sha256"));
                if (Directory.Exists(trained.PathOf("results", "runs", name))) resume = ["--resume", name];
            }
            if (!ended) KymoProgram.Succeed(trained.Folder, [.. TrainedRun.Training, $"run.name={name}", .. resume]);
            else Assert.Contains("is finished", KymoProgram.Run(trained.Folder, [.. TrainedRun.Training, $"run.name={name}", "--resume", name]).Error);
            SameEnd(trained.PathOf("results", "runs", name));
        }
    }

    [Theory]
    [InlineData("INT", 2)]
    [InlineData("TERM", 15)]
    public void Asked_to_stop_it_ends_with_130_keeps_every_step_and_says_how_to_go_on(string signal, int number)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs the signals of Unix");
        if (IsIgnored(number)) Assert.Skip($"SIG{signal} is ignored here, as in background jobs of a shell, and programs inherit that");
        var (name, said) = Stop("stopped" + signal, number);
        Assert.Contains("--resume " + name, said);
        // The run knows the settings that it was begun with.
        var resumed = KymoProgram.Succeed(trained.Folder, "train", "urban-sounds", "--resume", "last");
        Assert.Contains(": going on after epoch", resumed.Error);
        SameEnd(trained.PathOf("results", "runs", name));
    }

    // Interrupts a training after its first epoch. One that was at its end before the signal came was quicker than this test; then another is.
    (string Name, string Said) Stop(string name, int signal)
    {
        for (var attempt = 1; attempt <= 20; attempt++)
        {
            using var process = KymoProgram.Start(trained.Folder, [], [.. TrainedRun.Training, $"run.name={name}{attempt}"]);
            while (process.StandardError.ReadLine() is { } line && !line.StartsWith("fold 1 epoch 1:", StringComparison.Ordinal)) { }
            Assert.Equal(0, Signal(process.Id, signal));
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (File.Exists(trained.PathOf("results", "runs", name + attempt, "files.sha256"))) continue;
            Assert.Equal(130, process.ExitCode);
            return (name + attempt, said);
        }
        Assert.Fail("20 trainings ended before the signal came");
        return default;
    }

    [Fact]
    public void Truncated_checkpoint_is_passed_over_for_the_one_before()
    {
        var (name, newest) = ("", "");
        // A training that was at its end before it was killed has no checkpoints any more; then another is killed.
        for (var attempt = 1; attempt <= 20 && !File.Exists(newest); attempt++)
        {
            name = $"truncated{attempt}";
            KillAtLine("fold 2 epoch 3:", [.. TrainedRun.Training, $"run.name={name}", "trainer.checkpoint.every_n_steps=1"], trained.Folder);
            newest = trained.PathOf("results", "runs", name, "folds", "fold_2", "checkpoints", "state.pth");
        }
        using (var file = File.OpenWrite(newest)) file.SetLength(file.Length / 2);
        var resumed = KymoProgram.Succeed(trained.Folder, "train", "urban-sounds", "--resume", name);
        Assert.Contains("going back to the checkpoint before it", resumed.Error);
        SameEnd(trained.PathOf("results", "runs", name));
    }

    [Fact]
    public void Killed_process_ends_the_others_by_name_and_another_number_goes_on()
    {
        string[] training = [.. TrainedRun.Training, "trainer.epochs=500", "trainer.checkpoint.every_n_steps=1", "cv.held_out=[1]"];
        using var team = KymoProgram.Start(trained.Folder, [], [.. training, "run.name=team", "--nproc", "2"]);
        while (team.StandardError.ReadLine() is { } line && !line.StartsWith("fold 1 epoch 2:", StringComparison.Ordinal)) { }
        var second = ChildrenOf(team.Id).Last();
        Assert.Equal(0, Signal(second, 9));
        var said = team.StandardError.ReadToEnd();
        Wait.ForEnd(team, "the other process");
        Assert.Equal(1, team.ExitCode);
        Assert.Contains($"process 1 of 2 (pid {second}) was killed by signal 9", said);
        var resumed = KymoProgram.Run(trained.Folder, [.. training[..^3], "trainer.epochs=500", "trainer.max_steps=1", "cv.held_out=[1]", "--resume", "team", "--resume-anyway"]);
        Assert.Contains("fold 1: going on after epoch", resumed.Error);
        Assert.Equal(0, resumed.Code);
    }

    static IEnumerable<int> ChildrenOf(int process) => File.ReadAllText($"/proc/{process}/task/{process}/children")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture));

    [Fact]
    public void Disk_that_fills_up_during_a_checkpoint_loses_nothing()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) Assert.Skip("needs root on Linux to mount a small file system");
        var small = Directory.CreateDirectory(trained.PathOf("small")).FullName;
        if (Shell("mount", "-t", "tmpfs", "-o", "size=15m", "tmpfs", small) != 0) Assert.Skip("needs the right to mount a small file system");
        try
        {
            string[] training = [.. TrainedRun.Training, $"run.root={small}", "data.cache=results/cache", "run.name=base"];
            var full = KymoProgram.Run(trained.Folder, training);
            Assert.Equal(1, full.Code);
            Assert.Contains("No space left", full.Error);
            Assert.Equal(0, Shell("mount", "-o", "remount,size=100m", small));
            KymoProgram.Succeed(trained.Folder, [.. training, "--resume", "base"]);
            SameEnd(Path.Combine(small, "runs", "base"));
        }
        finally
        {
            Shell("umount", "--lazy", small);
        }
    }

    [Fact]
    public void Row_that_cannot_be_added_leaves_a_run_that_can_be_gone_on_with()
    {
        var root = Directory.CreateDirectory(trained.PathOf("foreign")).FullName;
        var board = Path.Combine(root, "leaderboard.csv");
        File.WriteAllText(board, "another\r\ntable\r\n");
        string[] training = [.. TrainedRun.Training, $"run.root={root}", "data.cache=results/cache", "run.name=base"];
        var refused = KymoProgram.Run(trained.Folder, training);
        Assert.Equal(3, refused.Code);
        Assert.Contains("column 'another' is not known", refused.Error);
        Assert.Equal("another\r\ntable\r\n", File.ReadAllText(board));
        File.Delete(board);
        var resumed = KymoProgram.Succeed(trained.Folder, [.. training, "--resume", "base"]);
        Assert.Contains("going on after epoch", resumed.Error);
        SameEnd(Path.Combine(root, "runs", "base"));
    }

    static void KillAtLine(string beginning, string[] arguments, string folder)
    {
        using var process = KymoProgram.Start(folder, [], arguments);
        while (process.StandardError.ReadLine() is { } line && !line.StartsWith(beginning, StringComparison.Ordinal)) { }
        process.Kill();
        process.WaitForExit();
    }

    static bool IsIgnored(int signal) => File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } ignored
        && (Convert.ToUInt64(ignored[7..].Trim(), 16) >> (signal - 1) & 1) == 1;

    [DllImport("libc", EntryPoint = "kill")]
    static extern int Signal(int process, int signal);

    static int Shell(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    // Whether the program came to its end before.
    bool KillAfter(int lines, int milliseconds, string[] arguments)
    {
        using var process = KymoProgram.Start(trained.Folder, [], arguments);
        for (var i = 0; i < lines; i++)
            if (process.StandardError.ReadLine() is null) break;
        Thread.Sleep(milliseconds);
        process.Kill();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    void SameEnd(string run)
    {
        var files = Directory.GetFiles(trained.Run, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(trained.Run, file))
            .Where(file => !s_timed.Any(timed => file.Split('/').Any(part => part.StartsWith(timed, StringComparison.Ordinal)))).ToArray();
        Assert.Contains("predictions.csv", files);
        Assert.Contains(Path.Combine("folds", "fold_3", "checkpoints", "best_model.safetensors"), files);
        foreach (var file in files)
        {
            var (expected, found) = (Path.Combine(trained.Run, file), Path.Combine(run, file));
            if (Path.GetExtension(file) is ".csv" or ".json") Assert.Equal(TimelessText.Of(expected), TimelessText.Of(found));
            else Assert.True(File.ReadAllBytes(expected).AsSpan().SequenceEqual(File.ReadAllBytes(found)), $"{run}: {file} differs");
        }
        Assert.Equal(files.Order(), Directory.GetFiles(run, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(run, file))
            .Where(file => !s_timed.Any(timed => file.Split('/').Any(part => part.StartsWith(timed, StringComparison.Ordinal)))).Order());
        KymoProgram.Succeed(trained.Folder, "runs", "verify", run);
        var board = CsvTable.Read(Path.Combine(run, "..", "..", "leaderboard.csv"));
        Assert.Single(board.Rows, row => row[board.Column("run_name")] == Path.GetFileName(run));
    }
}

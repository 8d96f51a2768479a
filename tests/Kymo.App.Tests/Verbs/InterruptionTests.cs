using System.Diagnostics;
using System.Globalization;

namespace Kymo.App.Tests.Verbs;

/// <summary>A training that is killed or interrupted goes on and ends in the same numbers. KYMO_KILLS sets how many times it is killed.</summary>
public sealed class InterruptionTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    // Files that name times, durations or the resumption itself.
    static readonly string[] s_timed =
    [
        "events.jsonl", "events.out.tfevents", "epoch_metrics.csv", "test_metrics.csv", "metrics.json", "env.json", "git.json", "contract.json",
        "files.sha256", "report.html", "figures", "training_state.json", "run_name", "resolved_config.json", "wandb", ".hydra", "fold_metrics.csv",
        "class_metrics.csv", "index", "data_fingerprint.json",
    ];

    [Fact]
    public void Killed_at_random_moments_and_resumed_it_ends_in_the_same_bytes()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("KYMO_KILLS") ?? "5", CultureInfo.InvariantCulture);
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
                ended = KillAfter(lines + time, random.Next(60), [.. TrainedRun.Training, $"run.name={name}", .. resume]);
                if (Directory.Exists(trained.PathOf("results", "runs", name))) resume = ["--resume", name];
            }
            if (!ended) KymoProgram.Succeed(trained.Folder, [.. TrainedRun.Training, $"run.name={name}", .. resume]);
            SameEnd(name);
        }
    }

    [Fact]
    public void Ctrl_C_ends_with_130_keeps_what_was_done_and_says_how_to_go_on()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs the signals of Unix");
        using var process = KymoProgram.Start(trained.Folder, [], [.. TrainedRun.Training, "run.name=stopped"]);
        while (process.StandardError.ReadLine() is { } line && !line.StartsWith("fold 2 epoch 1/", StringComparison.Ordinal)) { }
        using (Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)])) { }
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("--resume stopped", said);
        // The run knows the settings that it was begun with.
        KymoProgram.Succeed(trained.Folder, "train", "urban-sounds", "--resume", "last");
        SameEnd("stopped");
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

    void SameEnd(string name)
    {
        var run = trained.PathOf("results", "runs", name);
        var files = Directory.GetFiles(trained.Run, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(trained.Run, file))
            .Where(file => !s_timed.Any(timed => file.Split('/').Any(part => part.StartsWith(timed, StringComparison.Ordinal)))).ToArray();
        Assert.Contains("predictions.csv", files);
        Assert.Contains(Path.Combine("folds", "fold_3", "checkpoints", "best_model.safetensors"), files);
        foreach (var file in files)
            Assert.True(File.ReadAllBytes(Path.Combine(trained.Run, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(run, file))), $"{name}: {file} differs");
        KymoProgram.Succeed(trained.Folder, "runs", "verify", name);
    }
}

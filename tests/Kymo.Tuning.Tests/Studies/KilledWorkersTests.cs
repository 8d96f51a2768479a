using System.Diagnostics;

namespace Kymo.Tuning.Tests;

/// <summary>Workers in processes of their own, some of them killed: no trial is lost and none completes twice.</summary>
public sealed class KilledWorkersTests
{
    const string Address = "KYMO_TEST_STUDY";
    const int Trials = 30, Workers = 3, Kills = 6;

    static readonly WorkerOptions s_options = new()
    {
        Beat = TimeSpan.FromMilliseconds(300),
        Grace = TimeSpan.FromSeconds(3),
        Retries = 20,
        Pause = TimeSpan.FromMilliseconds(100),
    };

    [Theory]
    [InlineData("study.db")]
    [InlineData("study.log")]
    public void Every_trial_completes_once(string file)
    {
        using var folder = new TempFolder();
        using var storage = Open(folder[file]);
        var study = Study.Create(storage, "killed", [StudyDirection.Minimize], new FirstSampler());
        for (var i = 0; i < Trials; i++) study.Enqueue(new Dictionary<string, object?> { ["x"] = i });
        var random = new Random(1);
        var workers = Enumerable.Range(0, Workers).Select(_ => Start(folder[file])).ToList();
        try
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                Thread.Sleep(random.Next(300, 1200));
                var worker = random.Next(workers.Count);
                workers[worker].Kill(entireProcessTree: true);
                workers[worker].WaitForExit();
                workers[worker].Dispose();
                workers[worker] = Start(folder[file]);
            }
            foreach (var worker in workers) Assert.True(worker.WaitForExit(TimeSpan.FromSeconds(90)), "a worker did not end");
        }
        finally
        {
            foreach (var worker in workers)
            {
                if (!worker.HasExited) worker.Kill(entireProcessTree: true);
                worker.Dispose();
            }
        }
        var trials = study.Trials();
        Assert.All(trials, trial => Assert.True(trial.State is TrialState.Complete or TrialState.Fail));
        Assert.All(
            trials.Where(trial => trial.State == TrialState.Fail),
            trial => Assert.Equal(true, trial.UserAttributes[AttributeNames.Stale]));
        var values = trials.Where(trial => trial.State == TrialState.Complete).Select(trial => trial.Value!.Value);
        Assert.Equal(Enumerable.Range(0, Trials).Select(i => (double)i), values.Order());
    }

    // What a worker does; run in a process of its own by the test above.
    [Fact]
    public void Worker()
    {
        if (Environment.GetEnvironmentVariable(Address) is not { } address) return;
        using var storage = Open(address);
        new StudyWorker(Study.Open(storage, "killed", new FirstSampler()), s_options, TimeProvider.System).Run((trial, _) =>
        {
            Thread.Sleep(150);
            return [trial.SuggestInt("x", 0, 1000)];
        });
    }

    static IStudyStorage Open(string address) => Path.GetExtension(address) == ".log"
        ? new JournalStorage(address, TimeProvider.System, lockLife: TimeSpan.FromSeconds(1))
        : StudyStorage.Open(address, TimeProvider.System);

    static Process Start(string address) =>
        Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["-method", "*KilledWorkersTests.Worker"])
        {
            Environment = { [Address] = address },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}

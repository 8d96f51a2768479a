using System.Diagnostics;

namespace Kymo.Tuning.Tests;

/// <summary>
/// Workers in processes of their own, killed while they run a fifth of the trials: every trial ends, none is lost and none completes twice.
/// </summary>
public sealed class KilledWorkersTests
{
    const string Address = "KYMO_TEST_STUDY", ProcessKey = "process";
    const int Workers = 3;

    static readonly WorkerOptions s_options = new()
    {
        Beat = TimeSpan.FromMilliseconds(300),
        Grace = TimeSpan.FromSeconds(3),
        Retries = 20,
        Pause = TimeSpan.FromMilliseconds(100),
    };

    [Theory]
    [InlineData("study.db", 100, 20)]
    [InlineData("study.log", 30, 6)]
    public void Every_trial_completes_once(string file, int count, int kills)
    {
        using var folder = new TempFolder();
        using var storage = Open(folder[file]);
        var study = Study.Create(storage, "killed", [StudyDirection.Minimize], new FirstSampler());
        for (var i = 0; i < count; i++) study.Enqueue(new Dictionary<string, object?> { ["x"] = i });
        File.WriteAllText(Killing(folder[file]), "");
        var random = new Random(1);
        var workers = Enumerable.Range(0, Workers).Select(_ => Start(folder[file])).ToList();
        var killed = new HashSet<int>();
        try
        {
            for (var clock = Stopwatch.StartNew(); killed.Count < kills;)
            {
                Assert.True(clock.Elapsed < TimeSpan.FromMinutes(10), $"{killed.Count} of {kills} workers could be killed in ten minutes");
                Thread.Sleep(random.Next(50));
                var running = study.Trials().Where(trial => trial.State == TrialState.Running && trial.UserAttributes.ContainsKey(ProcessKey)).ToArray();
                if (running.Length == 0) continue;
                var victim = running[random.Next(running.Length)];
                var worker = workers.FindIndex(process => process.Id == (long)victim.UserAttributes[ProcessKey]!);
                if (worker < 0) continue;
                workers[worker].Kill(entireProcessTree: true);
                workers[worker].WaitForExit();
                workers[worker].Dispose();
                workers[worker] = Start(folder[file]);
                // A worker that was quicker than its killer told the result first.
                if (study.Trials()[victim.Number].State == TrialState.Running) killed.Add(victim.Number);
            }
            File.Delete(Killing(folder[file]));
            foreach (var worker in workers) Wait.ForEnd(worker, "a worker");
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
        Assert.All(killed, number => Assert.Equal(TrialState.Fail, trials[number].State));
        var values = trials.Where(trial => trial.State == TrialState.Complete).Select(trial => trial.Value!.Value);
        Assert.Equal(Enumerable.Range(0, count).Select(i => (double)i), values.Order());
    }

    // What a worker does; run in a process of its own by the test above.
    [Fact]
    public void Worker()
    {
        if (Environment.GetEnvironmentVariable(Address) is not { } address) return;
        using var storage = Open(address);
        new StudyWorker(Study.Open(storage, "killed", new FirstSampler()), s_options, TimeProvider.System).Run((trial, _) =>
        {
            trial.SetUserAttribute(ProcessKey, (long)Environment.ProcessId);
            Thread.Sleep(60);
            // However slow the killer is, it finds every second trial still running.
            while (trial.Number % 2 == 0 && File.Exists(Killing(address))) Thread.Sleep(20);
            return [trial.SuggestInt("x", 0, 1000)];
        });
    }

    // There while trials are still to be killed.
    static string Killing(string address) => address + ".killing";

    static IStudyStorage Open(string address) => Path.GetExtension(address) == ".log"
        ? new JournalStorage(address, TimeProvider.System, lockLife: TimeSpan.FromSeconds(10))
        : StudyStorage.Open(address, TimeProvider.System);

    static Process Start(string address) =>
        Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["-method", "*KilledWorkersTests.Worker"])
        {
            Environment = { [Address] = address },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Kymo.App.Searches;
using Kymo.Lab.Recipes.SleepEvents;
using Kymo.Lab.Runs;

namespace Kymo.App.Campaigns;

/// <summary>A run of a campaign that did not end well; the campaign stops there and can be resumed.</summary>
/// <param name="message">Which run, its last words, where its log is.</param>
sealed class CampaignFailedException(string message) : Exception(message);

/// <summary>Carries a plan out: phase 1, the gate with its tuning, phase 2. Everything it needs to know stands in the run folders.</summary>
/// <param name="plan">What is to be run.</param>
/// <param name="folder">Where.</param>
/// <param name="jobs">Trainings at once.</param>
/// <param name="terminal">Is told.</param>
/// <param name="slurm">What each training asks of SLURM; null for processes of this machine.</param>
sealed class CampaignRunner(CampaignPlan plan, CampaignFolder folder, int jobs, Terminal terminal, SlurmSettings? slurm = null)
{
    static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(300);

    // A training whose campaign was killed stops after its current step.
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    readonly CampaignLog _log = new(folder, terminal);

    // What the data are now, by seed; empty where there are no runs yet that could be of others.
    IReadOnlyDictionary<long, string> _contents = new Dictionary<long, string>();

    /// <summary>Runs everything that is not there yet.</summary>
    /// <returns>Whether the teacher was good enough (true where nothing is distilled).</returns>
    /// <exception cref="CampaignFailedException">A run failed.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop; resume goes on.</exception>
    public bool Run(CancellationToken cancel)
    {
        if (plan.Phase1.Any(run => Directory.Exists(folder.RunOf(run.Name))))
            _contents = plan.Phase1.DistinctBy(run => run.Seed).ToDictionary(run => run.Seed, run => RunCheck.ContentNow(run, terminal, cancel));
        terminal.Note($"phase 1: {plan.Phase1.Count} trainings, {jobs} at once");
        Train(plan.Phase1, cancel);
        if (plan.Manifest.Kd.Students.Count == 0) return true;
        var phase1 = Read(plan.Phase1);
        var gate = Gate(phase1, (sofar, group) =>
        {
            terminal.Note(sofar.ToString());
            Train(group, cancel);
            return true;
        });
        terminal.Note(gate.ToString());
        if (!gate.Passed && plan.Manifest.RuntimePolicy.KdAfterTeacherGapGateOnly) return false;
        var phase2 = Phase2(phase1, gate);
        terminal.Note($"phase 2: {phase2.Count} trainings with the teacher {gate.Teacher}");
        Train(phase2, cancel);
        return true;
    }

    /// <summary>The second phase as the first one decides it.</summary>
    public IReadOnlyList<PlannedRun> Phase2(IReadOnlyList<RunScores> phase1, GateResult gate) =>
        plan.Phase2(seed => $"{gate.Teacher}_seed{seed}", model => CampaignChoice.Attention(model, phase1));

    /// <summary>The gate as far as finished runs tell; null before the first phase is done.</summary>
    public GateResult? GateSoFar()
    {
        if (plan.Manifest.Kd.Students.Count == 0 || !plan.Phase1.All(IsFinished)) return null;
        return Gate(Read(plan.Phase1), (_, group) => group.All(IsFinished));
    }

    /// <summary>The gate: further teachers are tried until the gap is wide enough, each setting with all seeds.</summary>
    /// <param name="phase1">The finished first phase.</param>
    /// <param name="isReady">Is told how the gate stands without a setting's runs, and answers whether they are there now.</param>
    public GateResult Gate(IReadOnlyList<RunScores> phase1, Func<GateResult, IReadOnlyList<PlannedRun>, bool> isReady)
    {
        List<RunScores> teachers = [.. phase1.Where(run => run.Run.Model == plan.Manifest.TeacherGate.TeacherModel)];
        var gate = CampaignChoice.Gate(plan.Manifest, teachers, phase1);
        foreach (var group in plan.Tuning)
        {
            if (gate.Passed || !isReady(gate, group)) break;
            teachers.AddRange(Read(group));
            gate = CampaignChoice.Gate(plan.Manifest, teachers, phase1);
        }
        return gate;
    }

    /// <summary>Reads finished runs.</summary>
    public IReadOnlyList<RunScores> Read(IEnumerable<PlannedRun> runs) => [.. runs.Select(run => RunScores.Read(run, folder))];

    bool IsFinished(PlannedRun run) => TrialCommand.IsFinished(folder.RunOf(run.Name));

    void Train(IReadOnlyList<PlannedRun> runs, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var waiting = new Queue<PlannedRun>(runs);
        var done = 0;
        Exception? failure = null;
        void Work()
        {
            while (!stop.IsCancellationRequested)
            {
                PlannedRun? next;
                lock (waiting)
                    if (!waiting.TryDequeue(out next)) return;
                try
                {
                    One(next, stop.Token);
                    terminal.Progress("runs", Interlocked.Increment(ref done), runs.Count);
                }
                catch (Exception error)
                {
                    lock (waiting) failure ??= error is OperationCanceledException ? null : error;
                    stop.Cancel();
                }
            }
        }
        Task[] workers = [.. Enumerable.Range(0, jobs).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WaitAll(workers, CancellationToken.None);
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        cancel.ThrowIfCancellationRequested();
    }

    void One(PlannedRun run, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        WaitForWriter(run, cancel);
        var check = RunCheck.Of(run, folder, terminal, _contents.GetValueOrDefault(run.Seed));
        if (check.Fate == RunFate.Valid)
        {
            _log.Add(run, "skipped_valid", TimeSpan.Zero);
            return;
        }
        var note = check.Fate == RunFate.Begun ? "gone on with" : "";
        if (check.Fate == RunFate.Invalid)
        {
            note = $"{check.Why}; moved to {Path.GetRelativePath(folder.Root, folder.SetAside(run.Name))}";
            terminal.Warn($"{run.Name}: {note}");
        }
        var threads = slurm is null ? Math.Max(1, Environment.ProcessorCount / jobs) : slurm.Cpus ?? 1;
        IReadOnlyList<string> overrides = run.Overrides.Any(text => text.StartsWith("trainer.threads=", StringComparison.Ordinal))
            ? run.Overrides : [.. run.Overrides, string.Create(CultureInfo.InvariantCulture, $"trainer.threads={threads}")];
        using var job = TrialJob.InProcessOfItsOwn(["train", SleepEventsRecipe.Name, .. overrides, "--resume", "auto"], Directory.GetCurrentDirectory(), folder.LogOf(run.Name),
            slurm is null ? null : Slurm.Step(slurm, run.Name));
        while (!job.Ending.Wait(s_look))
        {
            if (!cancel.IsCancellationRequested) continue;
            job.Stop();
            job.Ending.Wait(s_patience, CancellationToken.None);
            break;
        }
        var ending = job.Ending.IsCompleted ? job.Ending.Result : new TrialEnding(ExitCode.Interrupted, "it did not stop when asked and was killed");
        var duration = Stopwatch.GetElapsedTime(began);
        if (ending.Code != ExitCode.Done)
        {
            if (cancel.IsCancellationRequested) throw new OperationCanceledException(cancel);
            _log.Add(run, "failed", duration, ending.Code, ending.Reason);
            throw new CampaignFailedException($"{run.Name} failed: {ending.Reason}. Its log is {folder.LogOf(run.Name)}; mend the cause and go on with --resume");
        }
        check = RunCheck.Of(run, folder, terminal);
        if (check.Fate != RunFate.Valid)
        {
            _log.Add(run, "invalid_artifacts", duration, 3, check.Why);
            throw new CampaignFailedException($"{run.Name} ended, but {check.Why}; its log is {folder.LogOf(run.Name)}");
        }
        _log.Add(run, "ok", duration, 0, note);
    }

    // A training that outlived its killed campaign holds its run until its next safe point.
    void WaitForWriter(PlannedRun run, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        while (Directory.Exists(folder.RunOf(run.Name)) && RunIndex.Find(folder.Root, run.Name).State == RunState.Running)
        {
            if (Stopwatch.GetElapsedTime(began) > s_patience)
                throw new CampaignFailedException($"{run.Name} is being written by another process; end it, then --resume");
            cancel.WaitHandle.WaitOne(s_look);
            cancel.ThrowIfCancellationRequested();
        }
    }
}

using Kymo.Lab.Recipes;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary>A training that did not end well.</summary>
/// <param name="code">Its exit code.</param>
/// <param name="reason">Its last words.</param>
sealed class TrialFailedException(int code, string reason) : Exception(reason)
{
    /// <summary>Its exit code.</summary>
    public int Code { get; } = code;
}

/// <summary>Trains one trial after the other, feeds their epochs to the study and stops those that the pruner gives up.</summary>
sealed class TrialRunner(SearchPlan plan, SearchFolder folder, Terminal terminal)
{
    static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(300);

    // A training stops after its current step and its checkpoint; SLURM gives two minutes.
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(100);

    /// <summary>Trains a trial and answers with its score.</summary>
    /// <exception cref="TrialFailedException">The training failed.</exception>
    /// <exception cref="TrialPrunedException">The pruner gave it up.</exception>
    /// <exception cref="OperationCanceledException">The worker is to stop; the training can be resumed.</exception>
    public double Run(Trial trial, CancellationToken cancel)
    {
        var name = SearchFolder.TrialName(trial.Number);
        trial.SetUserAttribute(AttributeNames.RunFolder, folder.RunOf(name));
        var overrides = TrialCommand.Overrides(plan, folder, trial.Frozen.Parameters, name, plan.Seed, isTrial: true);
        var scores = new TrialScores(folder.RunOf(name), plan.Metric, plan.StudyDirection);
        if (!TrialCommand.IsFinished(folder.RunOf(name))) Train(name, overrides, scores, trial, cancel);
        Report(trial, scores);
        return scores.Score();
    }

    /// <summary>Trains a run that is no trial: a repetition of the best one.</summary>
    /// <exception cref="TrialFailedException">The training failed.</exception>
    /// <exception cref="OperationCanceledException">The worker is to stop; the training can be resumed.</exception>
    public double Run(string name, IReadOnlyList<string> overrides, CancellationToken cancel)
    {
        var scores = new TrialScores(folder.RunOf(name), plan.Metric, plan.StudyDirection);
        if (!TrialCommand.IsFinished(folder.RunOf(name))) Train(name, overrides, scores, null, cancel);
        return scores.Score();
    }

    void Train(string name, IReadOnlyList<string> overrides, TrialScores scores, Trial? trial, CancellationToken cancel)
    {
        using var job = Start(name, overrides);
        var (isPruned, asked) = (false, DateTime.MaxValue);
        void Ask()
        {
            if (asked != DateTime.MaxValue) return;
            asked = DateTime.UtcNow;
            job.Stop();
        }
        while (!job.Ending.Wait(s_look))
        {
            if (cancel.IsCancellationRequested) Ask();
            else if (trial is not null && !isPruned && Report(trial, scores) && trial.ShouldPrune())
            {
                isPruned = true;
                Ask();
            }
            if (asked != DateTime.MaxValue && DateTime.UtcNow - asked > s_patience) break;
        }
        var ending = job.Ending.IsCompleted ? job.Ending.Result : new TrialEnding(ExitCode.Interrupted, "it did not stop when asked and was killed");
        if (isPruned) throw new TrialPrunedException();
        if (ending.Code == ExitCode.Done) return;
        cancel.ThrowIfCancellationRequested();
        throw new TrialFailedException(ending.Code, ending.Reason);
    }

    TrialJob Start(string name, IReadOnlyList<string> overrides)
    {
        var resume = Directory.Exists(folder.RunOf(name));
        if (!plan.InProcess)
            return TrialJob.InProcessOfItsOwn(TrialCommand.Line(plan, overrides, resume), plan.WorkingDirectory, folder.LogOf(name));
        var recipe = Registry.Find(plan.Recipe);
        return TrialJob.InThisProcess(cancel =>
        {
            var composition = Configuration.Compose(recipe, overrides, plan.ConfigFolders, null, multirun: false, terminal);
            var context = Configuration.Context(composition, overrides, resume ? "auto" : null, false, terminal, cancel) with { Tell = _ => { } };
            return recipe.Run(Configuration.Resolve(composition, terminal), context);
        });
    }

    // Whether there was anything new to report.
    static bool Report(Trial trial, TrialScores scores)
    {
        var fresh = scores.New();
        foreach (var (step, value) in fresh) trial.Report(value, step);
        return fresh.Count > 0;
    }
}

namespace Kymo.Tuning;

/// <summary>Thrown by an objective that stops because <see cref="Trial.ShouldPrune"/> said so.</summary>
public sealed class TrialPrunedException : Exception
{
    /// <summary>Makes the signal.</summary>
    public TrialPrunedException() : base("the trial was pruned")
    {
    }
}

/// <summary>How a worker works.</summary>
public sealed record WorkerOptions
{
    /// <summary>Time between heartbeats; default 60 s.</summary>
    public TimeSpan Beat { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long another worker may be silent before its trial is taken up; default 120 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How often a trial is repeated whose worker was lost; default 3.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>How often a trial is repeated that ended with an exception; default 0.</summary>
    public int FailureRetries { get; init; }

    /// <summary>How long to wait before looking again when others still run trials; default 1 s.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>
/// Runs the waiting trials of a study (see <see cref="Study.EnqueueOpen"/>) until none waits and no other worker has one that
/// it might
/// lose. Any number of workers, in any process, may share a study.
/// </summary>
/// <param name="study">The study; its sampler is this worker's own.</param>
/// <param name="options">How it works.</param>
/// <param name="time">The clock.</param>
public sealed class StudyWorker(Study study, WorkerOptions options, TimeProvider time)
{
    /// <summary>
    /// Runs trials. An exception of the objective ends its trial as a failure with the reason, <see
    /// cref="TrialPrunedException"/> as
    /// pruned; on cancellation the trial waits again with its values and attributes, so its next worker can go on from a
    /// checkpoint.
    /// </summary>
    /// <param name="objective">Gives one value for each objective of the study.</param>
    /// <param name="space">Parameters suggested before the objective is called; none by default.</param>
    /// <param name="ended">Called with each trial that this worker ended; nothing by default.</param>
    /// <param name="cancellation">Stops the worker; given to the objective too.</param>
    /// <exception cref="OperationCanceledException">The worker was stopped.</exception>
    public void Run(
        Func<Trial, CancellationToken, double[]> objective,
        SearchSpace? space = null,
        Action<FrozenTrial>? ended = null,
        CancellationToken cancellation = default)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            study.RecoverLost(options.Grace, options.Retries);
            if (study.AskWaiting(space, beat: true) is { } trial)
            {
                if (RunTrial(trial, objective, cancellation) is { } result) ended?.Invoke(result);
                continue;
            }
            if (study.Storage.SinceBeat(study.Id).Count == 0) return;
            cancellation.WaitHandle.WaitOne(options.Pause);
        }
    }

    // Null for a trial that another worker took for lost meanwhile.
    FrozenTrial? RunTrial(Trial trial, Func<Trial, CancellationToken, double[]> objective, CancellationToken cancellation)
    {
        using var heartbeat = new Heartbeat(trial, options.Beat, time);
        try
        {
            return study.Tell(trial, objective(trial, cancellation));
        }
        catch (TrialPrunedException)
        {
            return study.TellPruned(trial);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            heartbeat.Dispose();
            study.Release(trial);
            throw;
        }
        catch (TrialException) when (study.Trials().First(other => other.Id == trial.Frozen.Id).IsFinished)
        {
            return null;
        }
        catch (Exception error) when (error is not StudyException)
        {
            return study.TellFailed(trial, $"{error.GetType().Name}: {error.Message}", options.FailureRetries);
        }
    }
}

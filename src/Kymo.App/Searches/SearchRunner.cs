using Kymo.Config;
using Kymo.Signals;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary>The workers of a search in this process: each takes waiting trials until none is left.</summary>
sealed class SearchRunner(SearchPlan plan, SearchFolder folder, Terminal terminal)
{
    // So many trainings in a row that refuse their configuration or data say that all will.
    const int RefusalsToStop = 3;

    static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    readonly Lock _gate = new();
    int _refusals;
    Exception? _fatal;

    /// <summary>Opens the plan's storage; the caller disposes it.</summary>
    public static IStudyStorage Open(SearchPlan plan) => StudyStorage.Open(plan.Storage, TimeProvider.System);

    /// <summary>Runs the waiting trials.</summary>
    /// <param name="first">Number of the first worker among all of the search.</param>
    /// <param name="workers">How many workers.</param>
    /// <param name="cancel">Stops all; their trials wait again.</param>
    /// <exception cref="OperationCanceledException">The search was stopped.</exception>
    /// <exception cref="ConfigException">Every training refuses its configuration.</exception>
    /// <exception cref="DataException">Every training refuses its data.</exception>
    public void Run(int first, int workers, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var storage = Open(plan);
        var study = Study.Open(storage, plan.Study, new RandomSampler(0));
        var progress = new SearchProgress(study, plan, terminal);
        Task[] tasks = [.. Enumerable.Range(first, workers).Select(worker => Task.Factory.StartNew(() => Work(worker, progress, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        var all = Task.WhenAll(tasks);
        while (!((IAsyncResult)all).AsyncWaitHandle.WaitOne(s_look))
        {
            if (folder.IsStopped && !stop.IsCancellationRequested)
            {
                terminal.Note("the search was told to stop (kymo tune cancel): trials stop at their next safe point");
                stop.Cancel();
            }
            progress.Draw();
        }
        progress.Draw(isLast: true);
        if (_fatal is not null) throw _fatal;
        if (tasks.FirstOrDefault(task => task.IsFaulted) is { } failed) throw failed.Exception!.InnerException!;
        stop.Token.ThrowIfCancellationRequested();
    }

    void Work(int worker, SearchProgress progress, CancellationTokenSource stop)
    {
        try
        {
            using var storage = Open(plan);
            var space = plan.SearchSpace;
            var trials = Study.Open(storage, plan.Study, new RandomSampler(0)).Trials().Count(trial => trial.State != TrialState.Waiting);
            var sampler = SearchMethods.Sampler(plan.Sampler, SamplerSeed.Of(plan.Seed, trials, worker), space, isParallel: plan.Workers > 1);
            var study = Study.Open(storage, plan.Study, sampler, SearchMethods.Pruner(plan.Pruner));
            var runner = new TrialRunner(plan, folder, terminal);
            var options = new WorkerOptions
            {
                Beat = TimeSpan.FromSeconds(plan.Heartbeat),
                Grace = TimeSpan.FromSeconds(2 * plan.Heartbeat),
                Retries = plan.LostRetries,
                FailureRetries = plan.Retries,
            };
            new StudyWorker(study, options, TimeProvider.System).Run((trial, cancel) => [Watch(() => runner.Run(trial, cancel), stop)], space, ended =>
            {
                lock (_gate) SearchResults.WriteTables(study, plan, folder);
                progress.Ended(ended);
            }, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Said by who asked for it.
        }
        catch
        {
            stop.Cancel();
            throw;
        }
    }

    // Mistakes that every trial would meet end the search instead of a hundred trials.
    double Watch(Func<double> train, CancellationTokenSource stop)
    {
        try
        {
            var score = train();
            _refusals = 0;
            return score;
        }
        catch (Exception error) when (error is ConfigException or TrialFailedException { Code: ExitCode.Usage or ExitCode.Data })
        {
            lock (_gate)
            {
                if (error is ConfigException || ++_refusals >= RefusalsToStop)
                {
                    _fatal ??= error switch
                    {
                        TrialFailedException { Code: ExitCode.Data } data => new DataException(folder.Path, $"{RefusalsToStop} trials in a row could not use their data: {data.Message}"),
                        TrialFailedException => new ConfigException($"{RefusalsToStop} trials in a row refused their configuration: {error.Message}"),
                        _ => error,
                    };
                    stop.Cancel();
                }
            }
            throw;
        }
        catch (TrialFailedException)
        {
            _refusals = 0;
            throw;
        }
    }
}

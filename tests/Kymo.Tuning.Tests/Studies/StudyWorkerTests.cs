namespace Kymo.Tuning.Tests;

public sealed class StudyWorkerTests : IDisposable
{
    static readonly SearchSpace s_space = new([new("x", new FloatDistribution(-3, 3))]);

    static readonly WorkerOptions s_options = new() { Pause = TimeSpan.FromMilliseconds(20) };

    readonly MemoryStorage _storage = new(TimeProvider.System);

    public void Dispose() => _storage.Dispose();

    Study MakeStudy(int trials)
    {
        var study = Study.Create(_storage, "s", [StudyDirection.Minimize], new RandomSampler(1));
        study.EnqueueOpen(trials);
        return study;
    }

    [Fact]
    public async Task Workers_together_run_exactly_the_trials_that_wait()
    {
        const int trials = 40;
        MakeStudy(trials);
        await Workers.Run(4, worker =>
        {
            var study = Study.Open(_storage, "s", new RandomSampler(SamplerSeed.Of(1, 0, worker)));
            new StudyWorker(study, s_options, TimeProvider.System).Run((trial, _) => [trial.SuggestFloat("x", -3, 3)], s_space);
        });
        var ended = Study.Open(_storage, "s", new RandomSampler(1)).Trials();
        Assert.Equal(trials, ended.Count);
        Assert.All(ended, trial => Assert.Equal(TrialState.Complete, trial.State));
        Assert.Equal(trials, ended.Select(trial => trial.Value).Distinct().Count());
    }

    [Fact]
    public void Exceptions_are_failures_with_their_reason_and_repeated_when_wanted()
    {
        var study = MakeStudy(1);
        var calls = 0;
        new StudyWorker(study, s_options with { FailureRetries = 2 }, TimeProvider.System).Run((trial, _) =>
        {
            calls++;
            throw new InvalidOperationException($"loss is NaN in epoch {trial.Number}");
        }, s_space);
        var trials = study.Trials();
        Assert.Equal(3, calls);
        Assert.All(trials, trial => Assert.Equal(TrialState.Fail, trial.State));
        Assert.Single(trials.Select(trial => trial.Find("x")!.Number).Distinct());
        Assert.Equal("InvalidOperationException: loss is NaN in epoch 2", trials[2].UserAttributes[AttributeNames.FailReason]);
    }

    [Fact]
    public void Pruned_and_useless_trials_end_as_such()
    {
        var study = MakeStudy(3);
        var ended = new List<FrozenTrial>();
        new StudyWorker(study, s_options, TimeProvider.System).Run((trial, _) =>
        {
            trial.Report(7, 1);
            if (trial.Number == 0) throw new TrialPrunedException();
            return [trial.Number == 1 ? double.NaN : 3];
        }, ended: ended.Add);
        Assert.Equal([TrialState.Pruned, TrialState.Fail, TrialState.Complete], ended.Select(trial => trial.State));
        Assert.Equal([7, null, 3.0], study.Trials().Select(trial => trial.Value));
    }

    [Fact]
    public void Interrupted_trial_waits_with_all_it_has()
    {
        var study = MakeStudy(2);
        using var source = new CancellationTokenSource();
        var worker = new StudyWorker(study, s_options, TimeProvider.System);
        Assert.Throws<OperationCanceledException>(() => worker.Run((trial, cancellation) =>
        {
            trial.SetUserAttribute(AttributeNames.RunFolder, "trials/trial_000");
            trial.Report(2, 1);
            source.Cancel();
            cancellation.ThrowIfCancellationRequested();
            return [1];
        }, s_space, cancellation: source.Token));
        Assert.Equal([TrialState.Waiting, TrialState.Waiting], study.Trials().Select(trial => trial.State));
        Assert.Empty(study.Storage.SinceBeat(study.Id));
        var x = study.Trials()[0].Find("x")!.Number;
        worker.Run((trial, _) =>
        {
            if (trial.Number == 0)
            {
                Assert.Equal("trials/trial_000", trial.Frozen.UserAttributes[AttributeNames.RunFolder]);
                Assert.Equal(x, trial.SuggestFloat("x", -3, 3));
                Assert.Equal(1, trial.Frozen.LastStep);
            }
            return [1];
        }, s_space);
        Assert.All(study.Trials(), trial => Assert.Equal(TrialState.Complete, trial.State));
    }
}

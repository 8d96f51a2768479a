namespace Kymo.Tuning.Tests;

/// <summary>What every storage does; a class below for each.</summary>
public abstract class StorageConformance : IDisposable
{
    static readonly StudyDirection[] s_minimize = [StudyDirection.Minimize];

    readonly List<IStudyStorage> _open = [];

    /// <summary>Opens the storage under test; again for another worker of the same studies.</summary>
    protected abstract IStudyStorage OpenStorage();

    public virtual void Dispose()
    {
        foreach (var storage in _open) storage.Dispose();
        GC.SuppressFinalize(this);
    }

    protected IStudyStorage Open()
    {
        var storage = OpenStorage();
        _open.Add(storage);
        return storage;
    }

    Study NewStudy(params StudyDirection[] directions) =>
        Study.Create(Open(), "study", directions.Length == 0 ? s_minimize : directions, new FirstSampler());

    [Fact]
    public void Studies_keep_name_directions_and_attributes()
    {
        var study = NewStudy(StudyDirection.Minimize, StudyDirection.Maximize);
        Study.Create(study.Storage, "other", s_minimize, new FirstSampler());
        study.SetUserAttribute(
            "plan", new Dictionary<string, object?> { ["seeds"] = new object?[] { 1L, 2.5, null, true, "é" } });
        study.SetUserAttribute("plan", new List<object?> { 1L });
        study.Storage.SetStudyAttribute(study.Id, AttributeOwner.System, "state", "s");
        var worker = Open();
        Assert.Equal(["study", "other"], worker.Studies().Select(s => s.Name));
        var read = worker.Studies()[0];
        Assert.Equal([StudyDirection.Minimize, StudyDirection.Maximize], read.Directions);
        Assert.Equal("[1]", Json.PythonJson.Write(read.UserAttributes["plan"]));
        Assert.Equal("s", read.SystemAttributes["state"]);
        Assert.Empty(worker.Studies()[1].UserAttributes);
    }

    [Fact]
    public void Study_of_a_used_name_is_refused()
    {
        var study = NewStudy();
        var error = Assert.Throws<StudyException>(() => Study.Create(Open(), "study", s_minimize, new FirstSampler()));
        Assert.Contains("has a study named study already", error.Message);
        Assert.Equal(study.Id, Study.OpenOrCreate(Open(), "study", s_minimize, new FirstSampler()).Id);
        var other = Assert.Throws<StudyException>(
            () => Study.OpenOrCreate(Open(), "study", [StudyDirection.Maximize], new FirstSampler()));
        Assert.Contains("has the direction minimize", other.Message);
        Assert.EndsWith("has no study named none; it has study",
            Assert.Throws<StudyException>(() => Study.Open(Open(), "none", new FirstSampler())).Message);
    }

    [Fact]
    public void Deleted_study_is_gone()
    {
        var study = NewStudy();
        var trial = study.Ask(new SearchSpace([new("x", new IntDistribution(0, 3))]));
        trial.Report(1, 0);
        trial.SetUserAttribute("a", 1L);
        study.Tell(trial, 1);
        study.Storage.DeleteStudy(study.Id);
        Assert.Empty(study.Storage.Studies());
        Assert.Throws<StudyException>(study.Trials);
        Assert.Equal(0, Study.Create(study.Storage, "study", s_minimize, new FirstSampler()).Ask().Number);
    }

    [Fact]
    public void Trial_keeps_all_that_was_written()
    {
        var study = NewStudy();
        var trial = study.Ask();
        Assert.Equal(0.5, trial.SuggestFloat("x", 0.5, 2, log: true));
        Assert.Equal(3, trial.SuggestInt("n", 3, 9, step: 2));
        Assert.Null(trial.SuggestCategorical("c", null, true, 4, 2.5, "words"));
        trial.Report(2.5, 0);
        trial.Report(double.NaN, 1);
        trial.Report(double.NegativeInfinity, 7);
        trial.SetUserAttribute("run_dir", "trials/trial_000");
        trial.SetUserAttribute("run_dir", "trials/trial_001");
        trial.SetConstraints(-1, 0.5);
        study.Tell(trial, double.PositiveInfinity);
        foreach (var read in new[] { study.Trials()[0], Open().Trials(study.Id)[0] })
        {
            Assert.Equal(TrialState.Complete, read.State);
            Assert.Equal(["x", "n", "c"], read.Parameters.Select(parameter => parameter.Name));
            Assert.Equal([0.5, 3L, null], read.Parameters.Select(parameter => parameter.Value));
            Assert.Equal(new FloatDistribution(0.5, 2, log: true), read.Parameters[0].Distribution);
            Assert.Equal([2.5, double.NaN, double.NegativeInfinity], read.IntermediateValues.Values);
            Assert.Equal([0L, 1L, 7L], read.IntermediateValues.Keys);
            Assert.Equal("trials/trial_001", read.UserAttributes["run_dir"]);
            Assert.Equal([-1, 0.5], read.Constraints!);
            Assert.Equal(double.PositiveInfinity, read.Value);
            Assert.NotNull(read.Started);
            Assert.InRange(read.Completed!.Value, read.Started.Value, DateTime.Now.AddMinutes(5));
        }
    }

    [Fact]
    public void Failed_trial_and_its_repetition_are_written_together_or_not_at_all()
    {
        var study = NewStudy();
        var trial = study.Ask(new SearchSpace([new("n", new IntDistribution(3, 9))]));
        study.TellFailed(trial, "no luck", retries: 2);
        Assert.Throws<TrialException>(() => study.Storage.Finish(trial.Frozen.Id, TrialState.Fail, null, new FrozenTrial { State = TrialState.Waiting }));
        var trials = Study.Open(Open(), "study", new FirstSampler()).Trials();
        Assert.Equal([TrialState.Fail, TrialState.Waiting], trials.Select(t => t.State));
        Assert.Equal(3, trials[1].Find("n")!.Number);
        Assert.Equal([0L], (IReadOnlyList<object?>)trials[1].SystemAttributes[AttributeNames.RetryHistory]!);
        study.TellFailed(study.AskWaiting()!, "no luck", retries: 2);
        study.TellFailed(study.AskWaiting()!, "no luck", retries: 2);
        Assert.Null(study.AskWaiting());
    }

    [Fact]
    public void Numbers_count_from_zero_in_each_study()
    {
        var study = NewStudy();
        var other = Study.Create(study.Storage, "other", s_minimize, new FirstSampler());
        Assert.Equal(0, study.Ask().Number);
        Assert.Equal(0, other.Ask().Number);
        Assert.Equal(1, study.Ask().Number);
        var worker = Study.Open(Open(), "study", new FirstSampler());
        Assert.Equal(2, worker.Ask().Number);
        Assert.Equal(3, study.Ask().Number);
        Assert.Equal(1, other.Ask().Number);
        Assert.Equal([0, 1, 2, 3], study.Trials().Select(trial => trial.Number));
    }

    [Fact]
    public void Ended_trial_does_not_change()
    {
        var study = NewStudy();
        var trial = study.Ask();
        study.Tell(trial, 1);
        var error = Assert.Throws<TrialException>(() => study.Tell(trial, 2));
        Assert.Equal("trial 0 has ended as COMPLETE and cannot be changed; ask the study for a new trial", error.Message);
        Assert.Throws<TrialException>(() => trial.Report(1, 1));
        Assert.Throws<TrialException>(() => trial.SetUserAttribute("a", 1));
        Assert.Throws<TrialException>(() => trial.SuggestInt("n", 0, 3));
        Assert.Equal(1, study.Trials()[0].Value);
    }

    [Fact]
    public void Enqueued_trial_is_taken_once_with_its_values()
    {
        var study = NewStudy();
        study.Enqueue(
            new Dictionary<string, object?> { ["x"] = 9.5, ["c"] = "b" }, new Dictionary<string, object?> { ["why"] = "guess" });
        Assert.Equal(TrialState.Waiting, study.Trials()[0].State);
        Assert.Null(study.Trials()[0].Started);
        var worker = Study.Open(Open(), "study", new FirstSampler());
        var trial = worker.Ask();
        Assert.Equal(0, trial.Number);
        Assert.NotNull(trial.Frozen.Started);
        Assert.Equal("guess", trial.Frozen.UserAttributes["why"]);
        Assert.Equal(9.5, trial.SuggestFloat("x", 0, 1));
        Assert.Equal("b", trial.SuggestCategorical("c", "a", "b"));
        Assert.Equal(2, trial.SuggestInt("n", 2, 3));
        Assert.Equal(1, study.Ask().Number);
        Assert.False(study.Storage.TryClaim(trial.Frozen.Id));
    }

    [Fact]
    public void Values_that_are_no_score_make_a_failure()
    {
        var study = NewStudy();
        Assert.Equal(TrialState.Fail, study.Tell(study.Ask(), double.NaN).State);
        Assert.Equal(TrialState.Fail, study.Tell(study.Ask(), 1, 2).State);
        Assert.Equal(TrialState.Fail, study.TellFailed(study.Ask(), "exit code 137").State);
        var trials = study.Trials();
        Assert.All(trials, trial => Assert.Null(trial.Values));
        Assert.Equal(
            ["the value NaN is no score", "2 values were told to a study of 1 objectives", "exit code 137"],
            trials.Select(trial => trial.UserAttributes[AttributeNames.FailReason]));
        Assert.Null(study.BestTrial());
    }

    [Fact]
    public void Pruned_trial_keeps_its_last_report()
    {
        var study = NewStudy();
        var trial = study.Ask();
        trial.Report(4, 3);
        trial.Report(5, 1);
        study.TellPruned(trial);
        var blank = study.Ask();
        blank.Report(double.NaN, 0);
        study.TellPruned(blank);
        Assert.Equal([4.0, null], study.Trials().Select(t => t.Value));
        Assert.All(study.Trials(), t => Assert.Equal(TrialState.Pruned, t.State));
    }

    [Fact]
    public void Parameter_of_another_kind_is_refused()
    {
        var study = NewStudy();
        study.Ask().SuggestCategorical("c", "a", "b");
        var worker = Study.Open(Open(), "study", new FirstSampler()).Ask();
        Assert.Contains("kind, scale and choices stay the same",
            Assert.Throws<TrialException>(() => worker.SuggestCategorical("c", "a")).Message);
        Assert.Throws<TrialException>(() => worker.SuggestInt("c", 0, 1));
        worker.SuggestFloat("x", 0.1, 1);
        Assert.Throws<TrialException>(() => worker.SuggestFloat("x", 0.1, 1, log: true));
        Assert.Equal(0.1, worker.SuggestFloat("x", 0.2, 0.5));
    }

    [Fact]
    public void Copied_trial_equals_its_template()
    {
        var study = NewStudy();
        var template = new FrozenTrial
        {
            State = TrialState.Complete,
            Values = [1.25],
            Started = new DateTime(2026, 3, 4, 5, 6, 7).AddTicks(1234560),
            Completed = new DateTime(2026, 3, 4, 6, 6, 7),
            Parameters = [new TrialParameter("x", new IntDistribution(0, 9), 4)],
            UserAttributes = new Dictionary<string, object?> { ["u"] = 1L },
            SystemAttributes = new Dictionary<string, object?> { ["s"] = null },
            IntermediateValues = new SortedList<long, double> { [2] = 0.5 },
        };
        study.Add(template);
        var read = Open().Trials(study.Id)[0];
        Assert.Equal((template.State, template.Value, template.Started, template.Completed),
            (read.State, read.Value, read.Started, read.Completed));
        Assert.Equal(template.Parameters, read.Parameters);
        Assert.Equal((1L, null, 0.5), (read.UserAttributes["u"], read.SystemAttributes["s"], read.IntermediateValues[2]));
    }

    [Fact]
    public void Released_trial_waits_with_all_it_has()
    {
        var study = NewStudy();
        study.EnqueueOpen(1);
        var trial = study.AskWaiting(beat: true)!;
        Assert.Null(study.AskWaiting());
        trial.SuggestInt("n", 5, 9);
        trial.Report(2, 1);
        study.Release(trial);
        var worker = Study.Open(Open(), "study", new FirstSampler());
        Assert.Equal(TrialState.Waiting, worker.Trials()[0].State);
        Assert.Empty(worker.Storage.SinceBeat(study.Id));
        var again = worker.AskWaiting()!;
        Assert.Equal((0, 5.0, 2.0), (again.Number, again.Frozen.Find("n")!.Number, again.Frozen.IntermediateValues[1]));
        Assert.Empty(worker.Storage.SinceBeat(study.Id));
        worker.Tell(again, 1);
        Assert.Throws<TrialException>(() => study.Release(trial));
    }

    [Fact]
    public void Lost_trial_is_failed_and_repeated_with_its_values()
    {
        var study = NewStudy();
        var lost = study.Ask();
        lost.SuggestInt("n", 5, 9);
        lost.SetUserAttribute(AttributeNames.RunFolder, "trials/trial_000");
        study.Ask().SuggestInt("n", 5, 9);
        using (new Heartbeat(lost, TimeSpan.FromHours(1), TimeProvider.System)) Assert.Empty(
            study.RecoverLost(TimeSpan.FromMinutes(1), 2));
        var worker = Study.Open(Open(), "study", new FirstSampler());
        var silent = TimeSpan.FromSeconds(-5);
        Assert.Equal([0], worker.RecoverLost(silent, 2).Select(trial => trial.Number));
        Assert.Empty(study.RecoverLost(silent, 2));
        var trials = study.Trials();
        Assert.Equal([TrialState.Fail, TrialState.Running, TrialState.Waiting], trials.Select(trial => trial.State));
        Assert.Equal(true, trials[0].UserAttributes[AttributeNames.Stale]);
        Assert.Throws<TrialException>(() => study.Tell(lost, 1));
        var again = study.Ask();
        Assert.Equal(2, again.Number);
        Assert.DoesNotContain(again.Frozen.Id, study.Storage.SinceBeat(study.Id).Keys);
        Assert.Equal("trials/trial_000", again.Frozen.UserAttributes[AttributeNames.RunFolder]);
        Assert.DoesNotContain(AttributeNames.Stale, again.Frozen.UserAttributes.Keys);
        Assert.Equal(5, again.SuggestInt("n", 0, 9));
        again.Study.Storage.Beat(again.Frozen.Id);
        study.RecoverLost(silent, 2);
        var last = study.Ask(beat: true);
        Assert.Equal("[0, 2]", Json.PythonJson.Write(last.Frozen.SystemAttributes[AttributeNames.RetryHistory]));
        Assert.Equal(0L, last.Frozen.SystemAttributes[AttributeNames.FailedTrial]);
        Assert.Single(study.RecoverLost(silent, 2));
        Assert.DoesNotContain(study.Trials(), trial => trial.State == TrialState.Waiting);
        var fresh = study.Ask(beat: true);
        Assert.Equal([fresh.Frozen.Id], study.Storage.SinceBeat(study.Id).Keys);
    }

    [Fact]
    public async Task Workers_share_a_study_without_loss()
    {
        const int workers = 4, each = 12;
        var study = NewStudy();
        for (var i = 0; i < 10; i++) study.Enqueue(new Dictionary<string, object?> { ["x"] = i });
        var space = new SearchSpace([new("x", new IntDistribution(0, 1000)), new("y", new FloatDistribution(0, 1))]);
        await Workers.Run(workers, worker =>
        {
            var own = Study.Open(Open(worker), "study", new FirstSampler());
            for (var i = 0; i < each; i++)
            {
                var trial = own.Ask(space);
                trial.SetUserAttribute("worker", (long)worker);
                trial.Report(1, 1);
                own.Tell(trial, trial.Frozen.Parameters[0].Number);
            }
        });
        var trials = Open().Trials(study.Id);
        Assert.Equal(Enumerable.Range(0, workers * each), trials.Select(trial => trial.Number));
        Assert.All(trials, trial => Assert.Equal((TrialState.Complete, 2, 1),
            (trial.State, trial.Parameters.Count, trial.IntermediateValues.Count)));
        Assert.Equal(Enumerable.Range(0, 10), trials.Take(10).Select(trial => (int)trial.Parameters[0].Number));
        Assert.Equal(Enumerable.Repeat(each, workers),
            trials.GroupBy(trial => trial.UserAttributes["worker"]).Select(group => group.Count()));
    }

    IStudyStorage Open(int _)
    {
        lock (_open) return Open();
    }
}

public sealed class MemoryStorageTests : StorageConformance
{
    readonly MemoryStorage _storage = new(TimeProvider.System);

    protected override IStudyStorage OpenStorage() => _storage;
}

using Kymo.Tuning.Storages;

namespace Kymo.Tuning;

/// <summary>Studies that live as long as the process.</summary>
/// <param name="time">The clock that dates trials.</param>
public sealed class MemoryStorage(TimeProvider time) : IStudyStorage
{
    readonly StudyTable _table = new();
    readonly Dictionary<long, long> _beats = [];
    readonly Lock _lock = new();

    /// <inheritdoc/>
    public string Location => "memory";

    /// <inheritdoc/>
    public long CreateStudy(string name, IReadOnlyList<StudyDirection> directions)
    {
        lock (_lock) return _table.HasStudy(name)
            ? throw StorageChecks.Exists(name, Location)
            : _table.AddStudy(name, directions);
    }

    /// <inheritdoc/>
    public void DeleteStudy(long studyId)
    {
        lock (_lock) _table.DeleteStudy(studyId);
    }

    /// <inheritdoc/>
    public IReadOnlyList<FrozenStudy> Studies()
    {
        lock (_lock) return _table.Studies;
    }

    /// <inheritdoc/>
    public void SetStudyAttribute(long studyId, AttributeOwner owner, string key, object? value)
    {
        lock (_lock) _table.SetStudyAttribute(studyId, owner, key, value);
    }

    /// <inheritdoc/>
    public FrozenTrial CreateTrial(long studyId, FrozenTrial? template = null, bool beat = false)
    {
        lock (_lock)
        {
            var trial = _table.AddTrial(studyId, template ?? new FrozenTrial { State = TrialState.Running, Started = Now });
            if (beat) _beats[trial.Id] = time.GetTimestamp();
            return trial;
        }
    }

    /// <inheritdoc/>
    public bool TryClaim(long trialId, bool beat = false)
    {
        lock (_lock)
        {
            var trial = _table.Trial(trialId);
            if (trial.State != TrialState.Waiting) return false;
            _table.Replace(trial with { State = TrialState.Running, Started = Now });
            if (beat) _beats[trialId] = time.GetTimestamp();
            return true;
        }
    }

    /// <inheritdoc/>
    public void Release(long trialId)
    {
        lock (_lock)
        {
            _beats.Remove(trialId);
            Edit(trialId, trial => trial with { State = TrialState.Waiting });
        }
    }

    /// <inheritdoc/>
    public void SetParameters(long trialId, IReadOnlyList<TrialParameter> parameters) =>
        Edit(trialId, trial => trial.With(parameters));

    /// <inheritdoc/>
    public void SetIntermediateValue(long trialId, long step, double value) => Edit(trialId, trial => trial.With(step, value));

    /// <inheritdoc/>
    public void SetTrialAttribute(long trialId, AttributeOwner owner, string key, object? value) =>
        Edit(trialId, trial => trial.With(owner, key, value));

    /// <inheritdoc/>
    public void Finish(long trialId, TrialState state, IReadOnlyList<double>? values, FrozenTrial? successor = null)
    {
        lock (_lock)
        {
            Edit(trialId, trial => trial with { State = state, Values = values, Completed = Now });
            if (successor is not null) _table.AddTrial(_table.StudyOf(trialId), successor);
        }
    }

    /// <inheritdoc/>
    public void Beat(long trialId)
    {
        lock (_lock) _beats[trialId] = time.GetTimestamp();
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<long, TimeSpan> SinceBeat(long studyId)
    {
        lock (_lock)
        {
            return _table.Trials(studyId)
                .Where(trial => trial.State == TrialState.Running && _beats.ContainsKey(trial.Id))
                .ToDictionary(trial => trial.Id, trial => time.GetElapsedTime(_beats[trial.Id]));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<FrozenTrial> Trials(long studyId)
    {
        lock (_lock) return _table.Trials(studyId);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    DateTime Now => time.GetLocalNow().DateTime;

    void Edit(long trialId, Func<FrozenTrial, FrozenTrial> change)
    {
        lock (_lock)
        {
            var trial = _table.Trial(trialId);
            StorageChecks.Updatable(trial);
            _table.Replace(change(trial));
        }
    }
}

using System.Globalization;
using Kymo.Tuning.Json;
using Kymo.Tuning.Storages;
using Kymo.Tuning.Storages.Journal;

namespace Kymo.Tuning;

/// <summary>
/// Studies in a file of lines that Optuna opens as <c>JournalStorage(JournalFileStorage(FILE))</c>. Writers take turns by
/// Optuna's
/// lock, which also works on network disks; safe between threads and processes.
/// </summary>
public sealed class JournalStorage : IStudyStorage
{
    readonly Lock _lock = new();
    readonly string _path, _worker = $"{Guid.NewGuid():D}-0";
    readonly TimeProvider _time;
    readonly JournalFile _file;
    readonly JournalReplay _replay;

    /// <summary>Opens or makes the file.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="time">The clock that dates trials.</param>
    /// <param name="lockLife">How long a lock may stand unchanged before its holder counts as dead; default 30 s.</param>
    /// <exception cref="StudyException">The file cannot be opened or is no journal; the message names the line.</exception>
    public JournalStorage(string path, TimeProvider time, TimeSpan? lockLife = null)
    {
        (_path, _time) = (path, time);
        _file = new JournalFile(path, time, lockLife ?? TimeSpan.FromSeconds(30));
        _replay = new JournalReplay(path);
        Read(table => table.TrialCount);
    }

    /// <inheritdoc/>
    public string Location => _path;

    DateTime Now => _time.GetLocalNow().DateTime;

    /// <inheritdoc/>
    public long CreateStudy(string name, IReadOnlyList<StudyDirection> directions) => Write(table =>
    {
        if (table.HasStudy(name)) throw StorageChecks.Exists(name, _path);
        Append(JournalOperation.CreateStudy, ("study_name", name),
            ("directions", directions.Select(direction => (int)direction)));
        return table.Studies[^1].Id;
    });

    /// <inheritdoc/>
    public void DeleteStudy(long studyId) => Write(table =>
    {
        if (!table.HasStudy(studyId)) throw StorageChecks.NoStudy(studyId, _path);
        Append(JournalOperation.DeleteStudy, ("study_id", studyId));
        return true;
    });

    /// <inheritdoc/>
    public IReadOnlyList<FrozenStudy> Studies() => Read(table => table.Studies);

    /// <inheritdoc/>
    public void SetStudyAttribute(long studyId, AttributeOwner owner, string key, object? value) => Write(table =>
    {
        if (!table.HasStudy(studyId)) throw StorageChecks.NoStudy(studyId, _path);
        if (owner == AttributeOwner.User)
            Append(JournalOperation.SetStudyUserAttribute, ("study_id", studyId), ("user_attr", Pair(key, value)));
        else Append(JournalOperation.SetStudySystemAttribute, ("study_id", studyId), ("system_attr", Pair(key, value)));
        return true;
    });

    /// <inheritdoc/>
    public FrozenTrial CreateTrial(long studyId, FrozenTrial? template = null, bool beat = false) => Write(table =>
    {
        if (!table.HasStudy(studyId)) throw StorageChecks.NoStudy(studyId, _path);
        var id = (long)table.TrialCount;
        var made = template is null
            ? Line(JournalOperation.CreateTrial, ("study_id", studyId), ("datetime_start", JournalEntry.Time(Now)))
            : Line(JournalOperation.CreateTrial, Fields(studyId, template));
        Append(beat ? [made, BeatLine(id)] : [made]);
        return table.Trial(id);
    });

    /// <inheritdoc/>
    public bool TryClaim(long trialId, bool beat = false) => Write(table =>
    {
        if (table.Trial(trialId).State != TrialState.Waiting) return false;
        var claimed = Line(
            JournalOperation.SetStateAndValues,
            ("trial_id", trialId), ("state", (int)TrialState.Running), ("values", null), (
                "datetime_start", JournalEntry.Time(Now)));
        Append(beat ? [BeatLine(trialId), claimed] : [claimed]);
        return true;
    });

    /// <inheritdoc/>
    public void Release(long trialId) => Update(trialId, () =>
    {
        Append(JournalOperation.SetTrialSystemAttribute, ("trial_id", trialId),
            ("system_attr", Pair(AttributeNames.Heartbeat, null)));
        Append(JournalOperation.SetStateAndValues, ("trial_id", trialId), ("state", (int)TrialState.Waiting), ("values", null));
    });

    /// <inheritdoc/>
    public void SetParameters(long trialId, IReadOnlyList<TrialParameter> parameters) => Update(trialId, () =>
        Append([.. parameters.Select(parameter => Line(
            JournalOperation.SetParameter,
            ("trial_id", trialId),
            ("param_name", parameter.Name),
            ("param_value_internal", parameter.Number),
            ("distribution", parameter.Distribution.Json)))]));

    /// <inheritdoc/>
    public void SetIntermediateValue(long trialId, long step, double value) => Update(trialId, () =>
        Append(JournalOperation.SetIntermediateValue, ("trial_id", trialId), ("step", step), ("intermediate_value", value)));

    /// <inheritdoc/>
    public void SetTrialAttribute(long trialId, AttributeOwner owner, string key, object? value) => Update(trialId, () =>
    {
        if (owner == AttributeOwner.User)
            Append(JournalOperation.SetTrialUserAttribute, ("trial_id", trialId), ("user_attr", Pair(key, value)));
        else Append(JournalOperation.SetTrialSystemAttribute, ("trial_id", trialId), ("system_attr", Pair(key, value)));
    });

    /// <inheritdoc/>
    public void Finish(long trialId, TrialState state, IReadOnlyList<double>? values, FrozenTrial? successor = null) => Write(table =>
    {
        StorageChecks.Updatable(table.Trial(trialId));
        var ended = Line(
            JournalOperation.SetStateAndValues,
            ("trial_id", trialId), ("state", (int)state), ("values", values), ("datetime_complete", JournalEntry.Time(Now)));
        Append(successor is null
            ? [ended]
            : [ended, Line(JournalOperation.CreateTrial, Fields(table.StudyOf(trialId), successor))]);
        return true;
    });

    /// <inheritdoc/>
    public void Beat(long trialId) => Update(trialId, () => Append([BeatLine(trialId)]));

    /// <inheritdoc/>
    public IReadOnlyDictionary<long, TimeSpan> SinceBeat(long studyId)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var ages = new Dictionary<long, TimeSpan>();
        foreach (var trial in Trials(studyId))
        {
            if (trial.State != TrialState.Running) continue;
            if (trial.SystemAttributes.GetValueOrDefault(AttributeNames.Heartbeat) is not string text) continue;
            if (DateTime.TryParse(text, CultureInfo.InvariantCulture, out var beat)) ages[trial.Id] = now - beat;
        }
        return ages;
    }

    /// <inheritdoc/>
    public IReadOnlyList<FrozenTrial> Trials(long studyId) => Read(table => table.Trials(studyId));

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    static Dictionary<string, object?> Pair(string key, object? value) => new() { [key] = value };

    // A whole trial, in the order Optuna writes its fields.
    static (string, object?)[] Fields(long studyId, FrozenTrial trial) =>
    [
        ("study_id", studyId),
        ("datetime_start", trial.Started is { } started ? JournalEntry.Time(started) : null),
        ("state", (int)trial.State),
        ("value", trial.Value),
        ("values", trial.Values is { Count: > 1 } values ? values : null),
        .. trial.Completed is { } completed
            ? [("datetime_complete", JournalEntry.Time(completed))]
            : Array.Empty<(string, object?)>(),
        ("distributions", trial.Parameters.ToDictionary(p => p.Name, p => (object?)p.Distribution.Json)),
        ("params", trial.Parameters.ToDictionary(p => p.Name, p => (object?)p.Number)),
        ("user_attrs", trial.UserAttributes),
        ("system_attrs", trial.SystemAttributes),
        ("intermediate_values", trial.IntermediateValues.ToDictionary(
            pair => pair.Key.ToString(CultureInfo.InvariantCulture), pair => (object?)pair.Value)),
    ];

    string Line(JournalOperation operation, params (string Key, object? Value)[] fields)
    {
        var line = new Dictionary<string, object?> { ["op_code"] = (int)operation, ["worker_id"] = _worker };
        foreach (var (key, value) in fields) line[key] = value;
        return PythonJson.Write(line);
    }

    void Append(JournalOperation operation, params (string Key, object? Value)[] fields) => Append([Line(operation, fields)]);

    // One write: a process killed meanwhile leaves all lines or none.
    void Append(string[] lines)
    {
        _file.Append(lines);
        _file.ReadNew(_replay.Apply);
    }

    string BeatLine(long trialId) => Line(
        JournalOperation.SetTrialSystemAttribute,
        ("trial_id", trialId),
        ("system_attr", Pair(AttributeNames.Heartbeat, JournalEntry.Time(_time.GetUtcNow().UtcDateTime))));

    void Update(long trialId, Action write) => Write(table =>
    {
        StorageChecks.Updatable(table.Trial(trialId));
        write();
        return true;
    });

    T Write<T>(Func<StudyTable, T> body)
    {
        lock (_lock)
        {
            return _file.Locked(() =>
            {
                _file.ReadNew(_replay.Apply);
                return body(_replay.Table);
            });
        }
    }

    T Read<T>(Func<StudyTable, T> body)
    {
        lock (_lock)
        {
            _file.ReadNew(_replay.Apply);
            return body(_replay.Table);
        }
    }
}

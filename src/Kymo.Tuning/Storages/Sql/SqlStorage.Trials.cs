using System.Globalization;
using Kymo.Tuning.Json;
using Kymo.Tuning.Storages;
using Kymo.Tuning.Storages.Sql;

namespace Kymo.Tuning;

public abstract partial class SqlStorage
{
    const string Unfinished = "state IN ('RUNNING', 'WAITING')";

    DateTime Now
    {
        get
        {
            var now = _time.GetLocalNow().DateTime;
            return DateTime.SpecifyKind(now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)), DateTimeKind.Unspecified);
        }
    }

    /// <inheritdoc/>
    public FrozenTrial CreateTrial(long studyId, FrozenTrial? template = null, bool beat = false)
    {
        var trial = template ?? new FrozenTrial { State = TrialState.Running, Started = Now };
        return Transact(session =>
        {
            var created = Insert(session, studyId, trial);
            if (template is not null) WriteDetails(session, created);
            if (beat) WriteBeat(session, created.Id);
            return created;
        });
    }

    FrozenTrial Insert(SqlSession session, long studyId, FrozenTrial trial)
    {
        // Numbers count; the lock lets no other worker count at the same time.
        if (session.Scalar($"SELECT study_id FROM studies WHERE study_id = @0{LockStudy}", studyId) is null)
            throw StorageChecks.NoStudy(studyId, Location);
        var known = _cache.GetValueOrDefault(studyId);
        var (count, last) = known is [.., var newest] ? (known.Count, newest.Id) : (0, -1L);
        var number = count + Convert.ToInt32(
            session.Scalar("SELECT COUNT(*) FROM trials WHERE study_id = @0 AND trial_id > @1", studyId, last),
            CultureInfo.InvariantCulture);
        var id = session.Scalar(
            "INSERT INTO trials (number, study_id, state, datetime_start, datetime_complete) " +
            $"VALUES (@0, @1, {Enumeration("@2", "trialstate")}, @3, @4) RETURNING trial_id",
            number,
            studyId,
            trial.State.Text(),
            trial.Started is { } started ? StoredTime(started) : null,
            trial.Completed is { } completed ? StoredTime(completed) : null);
        return trial with { Id = Convert.ToInt64(id, CultureInfo.InvariantCulture), Number = number };
    }

    /// <inheritdoc/>
    public bool TryClaim(long trialId, bool beat = false)
    {
        // Its own moment marks a claim that was made but not confirmed.
        var now = StoredTime(Now);
        return Transact(session =>
        {
            var claimed = session.Execute(
                "UPDATE trials SET state = 'RUNNING', datetime_start = @1 " +
                "WHERE trial_id = @0 AND (state = 'WAITING' OR (state = 'RUNNING' AND datetime_start = @1))",
                trialId,
                now) == 1;
            if (claimed && beat) WriteBeat(session, trialId);
            return claimed;
        });
    }

    /// <inheritdoc/>
    public void Release(long trialId) => Transact(session =>
    {
        CheckUpdatable(session, trialId);
        session.Execute("DELETE FROM trial_heartbeats WHERE trial_id = @0", trialId);
        return session.Execute($"UPDATE trials SET state = 'WAITING' WHERE trial_id = @0 AND {Unfinished}", trialId);
    });

    /// <inheritdoc/>
    public void SetParameters(long trialId, IReadOnlyList<TrialParameter> parameters) => Transact(session =>
    {
        CheckUpdatable(session, trialId);
        foreach (var parameter in parameters) WriteParameter(session, trialId, parameter);
        return true;
    });

    /// <inheritdoc/>
    public void SetIntermediateValue(long trialId, long step, double value) => Transact(session =>
    {
        CheckUpdatable(session, trialId);
        WriteIntermediateValue(session, trialId, step, value);
        return true;
    });

    /// <inheritdoc/>
    public void SetTrialAttribute(long trialId, AttributeOwner owner, string key, object? value) => Transact(session =>
    {
        CheckUpdatable(session, trialId);
        WriteAttribute(session, trialId, owner, key, value);
        return true;
    });

    /// <inheritdoc/>
    public void Finish(long trialId, TrialState state, IReadOnlyList<double>? values, FrozenTrial? successor = null)
    {
        var now = StoredTime(Now);
        Transact(session =>
        {
            var wanted = Enumeration("@1", "trialstate");
            var changed = session.Execute(
                $"UPDATE trials SET state = {wanted}, datetime_complete = @2 WHERE trial_id = @0 AND {Unfinished}", trialId, state.Text(), now);
            if (changed == 0)
            {
                // Its own moment marks an ending that was made but not confirmed, with all that belongs to it.
                var made = session.Scalar(
                    $"SELECT trial_id FROM trials WHERE trial_id = @0 AND state = {wanted} AND datetime_complete = @2", trialId, state.Text(), now);
                if (made is null) CheckUpdatable(session, trialId);
                return true;
            }
            WriteValues(session, trialId, values);
            if (successor is null) return true;
            var studyId = Convert.ToInt64(session.Scalar("SELECT study_id FROM trials WHERE trial_id = @0", trialId), CultureInfo.InvariantCulture);
            WriteDetails(session, Insert(session, studyId, successor));
            return true;
        });
    }

    /// <inheritdoc/>
    public void Beat(long trialId) => Run(session => WriteBeat(session, trialId));

    /// <inheritdoc/>
    public IReadOnlyDictionary<long, TimeSpan> SinceBeat(long studyId) => Run(session =>
    {
        var ages = new Dictionary<long, TimeSpan>();
        session.Query(
            $"SELECT t.trial_id, {HeartbeatAge} FROM trial_heartbeats h JOIN trials t ON t.trial_id = h.trial_id " +
            "WHERE t.study_id = @0 AND t.state = 'RUNNING'",
            row => ages[row.GetInt64(0)] = TimeSpan.FromSeconds(Convert.ToDouble(row.GetValue(1), CultureInfo.InvariantCulture)),
            studyId);
        return ages;
    });

    void CheckUpdatable(SqlSession session, long trialId)
    {
        var found = false;
        session.Query($"SELECT number, {Text("state")} FROM trials WHERE trial_id = @0", row =>
        {
            found = true;
            var state = StateNames.State(row.GetString(1));
            if (state.IsFinished()) throw StorageChecks.Finished(row.GetInt32(0), state);
        }, trialId);
        if (!found) throw StorageChecks.NoTrial(trialId, Location);
    }

    void WriteDetails(SqlSession session, FrozenTrial trial)
    {
        WriteValues(session, trial.Id, trial.Values);
        foreach (var parameter in trial.Parameters) WriteParameter(session, trial.Id, parameter);
        foreach (var (step, value) in trial.IntermediateValues) WriteIntermediateValue(session, trial.Id, step, value);
        foreach (var (key, value) in trial.UserAttributes) WriteAttribute(session, trial.Id, AttributeOwner.User, key, value);
        foreach (var (key, value) in trial.SystemAttributes) WriteAttribute(session, trial.Id, AttributeOwner.System, key, value);
    }

    static int WriteBeat(SqlSession session, long trialId) => session.Execute(
        "INSERT INTO trial_heartbeats (trial_id, heartbeat) VALUES (@0, CURRENT_TIMESTAMP) " +
        "ON CONFLICT (trial_id) DO UPDATE SET heartbeat = CURRENT_TIMESTAMP",
        trialId);

    static void WriteParameter(SqlSession session, long trialId, TrialParameter parameter) => session.Execute(
        "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (@0, @1, @2, @3) " +
        "ON CONFLICT (trial_id, param_name) DO UPDATE SET " +
        "param_value = excluded.param_value, distribution_json = excluded.distribution_json",
        trialId,
        parameter.Name,
        parameter.Number,
        parameter.Distribution.Json);

    void WriteValues(SqlSession session, long trialId, IReadOnlyList<double>? values)
    {
        for (var objective = 0; objective < values?.Count; objective++)
        {
            session.Execute(
                "INSERT INTO trial_values (trial_id, objective, value, value_type) " +
                $"VALUES (@0, @1, @2, {Enumeration("@3", "trialvaluetype")}) " +
                "ON CONFLICT (trial_id, objective) DO UPDATE SET value = excluded.value, value_type = excluded.value_type",
                trialId,
                objective,
                Stored(values[objective]),
                NumberType(values[objective]));
        }
    }

    void WriteIntermediateValue(SqlSession session, long trialId, long step, double value) => session.Execute(
        "INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type) " +
        $"VALUES (@0, @1, @2, {Enumeration("@3", "trialintermediatevaluetype")}) ON CONFLICT (trial_id, step) DO UPDATE SET " +
        "intermediate_value = excluded.intermediate_value, intermediate_value_type = excluded.intermediate_value_type",
        trialId,
        step,
        Stored(value),
        NumberType(value));

    static void WriteAttribute(SqlSession session, long trialId, AttributeOwner owner, string key, object? value) =>
        session.Execute(
        $"INSERT INTO trial_{Name(owner)}_attributes (trial_id, key, value_json) VALUES (@0, @1, @2) " +
        "ON CONFLICT (trial_id, key) DO UPDATE SET value_json = excluded.value_json",
        trialId,
        key,
        PythonJson.Write(value));

    static object? Stored(double value) => double.IsFinite(value) ? value : null;

    static string NumberType(double value) =>
        double.IsNaN(value) ? "NAN" : double.IsFinite(value) ? "FINITE" : value > 0 ? "INF_POS" : "INF_NEG";
}

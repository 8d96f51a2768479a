using System.Data.Common;
using Kymo.Tuning.Storages;
using Kymo.Tuning.Storages.Sql;

namespace Kymo.Tuning;

public abstract partial class SqlStorage
{
    // Up to so many trials are read one by one; more are read with one statement over the range of their ids.
    const int FewTrials = 8;

    /// <inheritdoc/>
    public IReadOnlyList<FrozenTrial> Trials(long studyId) => Run(session =>
    {
        if (session.Scalar("SELECT study_id FROM studies WHERE study_id = @0", studyId) is null)
            throw StorageChecks.NoStudy(studyId, Location);
        // A new list each time: those handed out stay as they are, and a reading that fails leaves no half of itself.
        List<FrozenTrial> trials = [.. _cache.GetValueOrDefault(studyId) ?? []];
        Refresh(session, studyId, trials);
        _cache[studyId] = trials;
        return (IReadOnlyList<FrozenTrial>)trials;
    });

    // A finished trial never changes: only unfinished and new ones are read. The state is read before the details, so the
    // details of a trial that is seen finished are complete.
    void Refresh(SqlSession session, long studyId, List<FrozenTrial> trials)
    {
        var firstOpen = trials.FindIndex(trial => !trial.IsFinished);
        var from = firstOpen >= 0 ? trials[firstOpen].Id : trials is [.., var last] ? last.Id + 1 : 0;
        var places = new SortedList<long, int>();
        session.Query(
            $"SELECT trial_id, number, {Text("state")}, datetime_start, datetime_complete FROM trials " +
            "WHERE study_id = @0 AND trial_id >= @1 ORDER BY trial_id",
            row =>
            {
                var trial = ReadHead(row);
                var place = trials.Count > 0 && trial.Id <= trials[^1].Id ? PlaceOf(trials, trial.Id) : trials.Count;
                if (place == trials.Count) trials.Add(trial);
                else if (trials[place].IsFinished) return;
                else trials[place] = trial;
                places.Add(trial.Id, place);
            },
            studyId,
            from);
        if (places.Count > FewTrials)
        {
            ReadDetails(session, studyId, trials, places, places.Keys[0], places.Keys[^1]);
            return;
        }
        foreach (var id in places.Keys) ReadDetails(session, studyId, trials, places, id, id);
    }

    static int PlaceOf(List<FrozenTrial> trials, long id) =>
        trials.BinarySearch(
            new FrozenTrial { Id = id, State = TrialState.Running }, Comparer<FrozenTrial>.Create(
                (a, b) => a.Id.CompareTo(b.Id)));

    FrozenTrial ReadHead(DbDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Number = row.GetInt32(1),
        State = StateNames.State(row.GetString(2)),
        Started = row.IsDBNull(3) ? null : ReadTime(row, 3),
        Completed = row.IsDBNull(4) ? null : ReadTime(row, 4),
    };

    void ReadDetails(
        SqlSession session, long studyId, List<FrozenTrial> trials, SortedList<long, int> places, long firstId, long lastId)
    {
        var details = new Dictionary<long, TrialDetails>();
        void Read(string table, string columns, string order, Action<TrialDetails, DbDataReader> add) => session.Query(
            $"SELECT d.trial_id, {columns} FROM {table} d JOIN trials t ON t.trial_id = d.trial_id " +
            $"WHERE t.study_id = @0 AND d.trial_id BETWEEN @1 AND @2 ORDER BY d.{order}",
            row =>
            {
                var id = row.GetInt64(0);
                if (!places.ContainsKey(id)) return;
                if (!details.TryGetValue(id, out var detail)) details[id] = detail = new TrialDetails();
                add(detail, row);
            },
            studyId,
            firstId,
            lastId);

        Read("trial_params", "param_name, param_value, distribution_json", "param_id", (detail, row) =>
            detail.Parameters.Add(
                new TrialParameter(row.GetString(1), DistributionJson.Read(row.GetString(3)), row.GetDouble(2))));
        Read("trial_values", $"value, {Text("value_type")}", "objective", (detail, row) => detail.Values.Add(ReadNumber(row)));
        Read("trial_intermediate_values", $"intermediate_value, {Text("intermediate_value_type")}, step", "step", (detail, row) =>
            detail.IntermediateValues[row.GetInt64(3)] = ReadNumber(row));
        Read("trial_user_attributes", "key, value_json", "trial_user_attribute_id", (detail, row) =>
            detail.UserAttributes[row.GetString(1)] = ReadJson(row, 2, row.GetString(1)));
        Read("trial_system_attributes", "key, value_json", "trial_system_attribute_id", (detail, row) =>
            detail.SystemAttributes[row.GetString(1)] = ReadJson(row, 2, row.GetString(1)));
        foreach (var (id, detail) in details) trials[places[id]] = detail.AddTo(trials[places[id]]);
    }

    static double ReadNumber(DbDataReader row) => row.GetString(2) switch
    {
        "INF_POS" => double.PositiveInfinity,
        "INF_NEG" => double.NegativeInfinity,
        "NAN" => double.NaN,
        _ => row.GetDouble(1),
    };

    sealed class TrialDetails
    {
        public List<TrialParameter> Parameters { get; } = [];
        public List<double> Values { get; } = [];
        public SortedList<long, double> IntermediateValues { get; } = [];
        public Dictionary<string, object?> UserAttributes { get; } = [];
        public Dictionary<string, object?> SystemAttributes { get; } = [];

        public FrozenTrial AddTo(FrozenTrial trial) => trial with
        {
            Parameters = Parameters,
            Values = Values.Count == 0 ? null : Values,
            IntermediateValues = IntermediateValues,
            UserAttributes = UserAttributes,
            SystemAttributes = SystemAttributes,
        };
    }
}

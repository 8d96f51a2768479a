using System.Data.Common;
using System.Globalization;
using Kymo.Tuning.Json;
using Kymo.Tuning.Storages;
using Kymo.Tuning.Storages.Sql;

namespace Kymo.Tuning;

/// <summary>Which Optuna releases open the tables; the two differ by one index and a stamp.</summary>
public enum OptunaSchema
{
    /// <summary>Optuna 3.0 and 3.1 (head <c>v3.0.0.d</c>).</summary>
    Version31,

    /// <summary>Optuna 3.2 to 4 (head <c>v3.2.0.a</c>).</summary>
    Version32,
}

/// <summary>Studies in the tables of Optuna's relational storage. Safe between threads and processes.</summary>
public abstract partial class SqlStorage : IStudyStorage
{
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    readonly Lock _lock = new();
    readonly TimeProvider _time;
    readonly Dictionary<long, List<FrozenTrial>> _cache = [];
    SqlSession? _session;
    bool _reached;

    private protected SqlStorage(TimeProvider time) => _time = time;

    /// <inheritdoc/>
    public abstract string Location { get; }

    /// <summary>Which Optuna releases open the tables as they are.</summary>
    public OptunaSchema Schema => Run(session => SqlSchema.Read(StoredHead(session), Location));

    // What differs between databases.
    private protected abstract SqlTypes Types { get; }

    private protected virtual string Preparation => "";

    private protected abstract string LockStudy { get; }

    private protected abstract string HeartbeatAge { get; }

    private protected abstract DbConnection Connect();

    private protected abstract bool HasTables(SqlSession session);

    private protected abstract string Enumeration(string placeholder, string type);

    // A column of an enumeration as text.
    private protected virtual string Text(string column) => column;

    private protected abstract object StoredTime(DateTime time);

    private protected abstract DateTime ReadTime(DbDataReader reader, int column);

    // Whether the server went away and may come back.
    private protected virtual bool IsLost(DbException error) => false;

    // The error in words, or null where it cannot be put right by the person.
    private protected abstract StudyException? Explain(DbException error);

    /// <summary>Makes the tables fit other Optuna releases, in place; nothing is lost either way.</summary>
    public void ChangeSchema(OptunaSchema to) => Transact(session =>
    {
        if (SqlSchema.Read(StoredHead(session), Location) != to) session.Script(SqlSchema.Change(to));
        return true;
    });

    /// <inheritdoc/>
    public long CreateStudy(string name, IReadOnlyList<StudyDirection> directions) => Transact(session =>
    {
        var id = session.Scalar("INSERT INTO studies (study_name) VALUES (@0) ON CONFLICT DO NOTHING RETURNING study_id", name)
            ?? throw StorageChecks.Exists(name, Location);
        for (var objective = 0; objective < directions.Count; objective++)
        {
            session.Execute(
                "INSERT INTO study_directions (direction, study_id, objective) " +
                $"VALUES ({Enumeration("@0", "studydirection")}, @1, @2)",
                directions[objective].Text(),
                id,
                objective);
        }
        return Convert.ToInt64(id, CultureInfo.InvariantCulture);
    });

    /// <inheritdoc/>
    public void DeleteStudy(long studyId) => Transact(session =>
    {
        string[] details =
        [
            "trial_params", "trial_values", "trial_intermediate_values", "trial_heartbeats", "trial_user_attributes",
            "trial_system_attributes",
        ];
        foreach (var table in details)
            session.Execute($"DELETE FROM {table} WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = @0)", studyId);
        string[] tables = ["trials", "study_user_attributes", "study_system_attributes", "study_directions", "studies"];
        foreach (var table in tables) session.Execute($"DELETE FROM {table} WHERE study_id = @0", studyId);
        return _cache.Remove(studyId);
    });

    /// <inheritdoc/>
    public IReadOnlyList<FrozenStudy> Studies() => Run(session =>
    {
        var studies = new SortedDictionary<long, FrozenStudy>();
        var directions = new Dictionary<long, List<StudyDirection>>();
        session.Query("SELECT study_id, study_name FROM studies", row =>
        {
            var id = row.GetInt64(0);
            directions[id] = [];
            studies[id] = new FrozenStudy(id, row.GetString(1), directions[id], FrozenTrial.None, FrozenTrial.None);
        });
        session.Query(
            $"SELECT study_id, {Text("direction")} FROM study_directions ORDER BY study_id, objective",
            row => directions.GetValueOrDefault(row.GetInt64(0))?.Add(StateNames.Direction(row.GetString(1))));
        foreach (var owner in new[] { AttributeOwner.User, AttributeOwner.System })
        {
            session.Query($"SELECT study_id, key, value_json FROM study_{Name(owner)}_attributes", row =>
            {
                if (studies.TryGetValue(row.GetInt64(0), out var study))
                    studies[study.Id] = study.With(owner, row.GetString(1), ReadJson(row, 2, row.GetString(1)));
            });
        }
        return (IReadOnlyList<FrozenStudy>)[.. studies.Values];
    });

    /// <inheritdoc/>
    public void SetStudyAttribute(long studyId, AttributeOwner owner, string key, object? value) => Run(session =>
        session.Execute(
            $"INSERT INTO study_{Name(owner)}_attributes (study_id, key, value_json) VALUES (@0, @1, @2) " +
            "ON CONFLICT (study_id, key) DO UPDATE SET value_json = excluded.value_json",
            studyId,
            key,
            PythonJson.Write(value)));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _session?.Dispose();
            _session = null;
        }
        GC.SuppressFinalize(this);
    }

    // Opens the connection, makes the tables where there are none, refuses tables of another version.
    private protected void Start(OptunaSchema schema)
    {
        try
        {
            Transact(session =>
            {
                if (HasTables(session)) SqlSchema.Read(StoredHead(session), Location);
                else session.Script(Preparation + SqlSchema.Create(Types, schema));
                return true;
            });
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    static string? StoredHead(SqlSession session) => session.Scalar("SELECT version_num FROM alembic_version") as string;

    static string Name(AttributeOwner owner) => owner == AttributeOwner.User ? "user" : "system";

    static object? ReadJson(DbDataReader row, int column, string place) =>
        row.IsDBNull(column) ? null : PythonJson.Read(row.GetString(column), place);

    T Transact<T>(Func<SqlSession, T> body) => Run(session => session.Transact(() => body(session)));

    // A lost server is waited for once it has been reached: the statements are written so that repeating them does no harm,
    // but a trial whose making was not confirmed may stay without a worker.
    T Run<T>(Func<SqlSession, T> body)
    {
        lock (_lock)
        {
            var start = _time.GetTimestamp();
            while (true)
            {
                try
                {
                    var result = body(_session ??= new SqlSession(Connect()));
                    _reached = true;
                    return result;
                }
                catch (DbException error) when (_reached && IsLost(error) && _time.GetElapsedTime(start) < s_patience)
                {
                    _session?.Dispose();
                    _session = null;
                    Thread.Sleep(s_pause);
                }
                catch (DbException error) when (Explain(error) is { } explained)
                {
                    throw explained;
                }
            }
        }
    }
}

using System.Data.Common;
using System.Globalization;
using Kymo.Tuning.Storages.Sql;
using Microsoft.Data.Sqlite;

namespace Kymo.Tuning;

/// <summary>
/// Studies in an SQLite file that Optuna opens as <c>sqlite:///FILE</c>. A worker that finds the file locked waits up to
/// <see cref="BusySeconds"/> seconds. The file uses write-ahead logging where its file system allows it: a crash of the
/// machine may
/// then lose the last writes, never the file.
/// </summary>
public sealed class SqliteStorage : SqlStorage
{
    /// <summary>How long a writer waits for another one, in seconds.</summary>
    public const int BusySeconds = 60;

    const string TimeFormat = "yyyy-MM-dd HH:mm:ss.ffffff";
    const int Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26, Busy = 5, ReadOnly = 8, InputOutput = 10;

    readonly string _path;

    /// <summary>Opens or makes the file.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="time">The clock that dates trials.</param>
    /// <param name="schema">Which Optuna releases open a file made here; a file that exists keeps its own.</param>
    /// <exception cref="StudyException">The file is no study file, or one of an Optuna version not known here.</exception>
    public SqliteStorage(string path, TimeProvider time, OptunaSchema schema = OptunaSchema.Version32) : base(time)
    {
        _path = path;
        SqliteLibrary.Use();
        Start(schema);
    }

    /// <inheritdoc/>
    public override string Location => _path;

    private protected override SqlTypes Types { get; } =
        new("INTEGER NOT NULL", "FLOAT", "DATETIME",
            (_, length) => string.Create(CultureInfo.InvariantCulture, $"VARCHAR({length})"));

    // A transaction starts as the only writer.
    private protected override string LockStudy => "";

    private protected override string HeartbeatAge => "strftime('%s', 'now') - strftime('%s', h.heartbeat)";

    private protected override DbConnection Connect()
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            $"PRAGMA busy_timeout = {BusySeconds * 1000}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;";
        command.ExecuteNonQuery();
        return connection;
    }

    private protected override bool HasTables(SqlSession session) =>
        session.Scalar("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'studies'") is not null;

    private protected override string Enumeration(string placeholder, string type) => placeholder;

    private protected override object StoredTime(DateTime time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private protected override DateTime ReadTime(DbDataReader reader, int column) =>
        DateTime.TryParse(reader.GetString(column), CultureInfo.InvariantCulture, out var time)
            ? time
            : throw new StudyException(
                $"{_path}: '{reader.GetString(column)}' is no date; expected one like 2026-11-21 03:58:47.400860");

    private protected override StudyException? Explain(DbException error) => ((SqliteException)error).SqliteErrorCode switch
    {
        NotADatabase =>
            new StudyException($"{_path} is not an SQLite file; type the path of a study file, or of a new one", error),
        Corrupt => new StudyException($"{_path} is damaged: {error.Message}; restore it from a copy", error),
        Full => new StudyException($"no space left to write {_path}; free some and start again", error),
        CannotOpen => new StudyException($"{_path} cannot be opened or made; check its folder and your rights", error),
        ReadOnly => new StudyException($"{_path} may not be written; check your rights to it and to its folder", error),
        InputOutput => new StudyException($"{_path} cannot be read or written: {error.Message}", error),
        Busy => new StudyException(
            $"{_path} was locked for {BusySeconds} seconds; several machines share a study through postgresql:// only", error),
        _ => null,
    };
}

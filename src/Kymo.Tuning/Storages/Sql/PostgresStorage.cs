using System.Data.Common;
using System.Globalization;
using Kymo.Tuning.Storages.Sql;
using Npgsql;

namespace Kymo.Tuning;

/// <summary>
/// Studies in a PostgreSQL database that Optuna opens by the same address. A worker that loses the server waits for it and
/// goes on.
/// </summary>
public sealed class PostgresStorage : SqlStorage
{
    const string Prefix = "postgresql";

    // Only one worker makes the tables; the number is this program's own.
    const long TablesLock = 0x6b796d6f;

    readonly string _connection, _location;

    /// <summary>Opens the database and makes the tables where there are none.</summary>
    /// <param name="address"><c>postgresql://user:password@host:port/database</c>; a folder with a socket as
    /// <c>?host=FOLDER</c>.</param>
    /// <param name="time">The clock that dates trials.</param>
    /// <param name="schema">Which Optuna releases open tables made here; tables that exist keep their own.</param>
    /// <exception cref="StudyException">
    /// The address is wrong, the server does not answer, or the tables are of an Optuna version not known here.
    /// </exception>
    public PostgresStorage(string address, TimeProvider time, OptunaSchema schema = OptunaSchema.Version32) : base(time)
    {
        (_connection, _location) = Parse(address);
        Start(schema);
    }

    /// <inheritdoc/>
    public override string Location => _location;

    private protected override SqlTypes Types { get; } =
        new("SERIAL NOT NULL", "DOUBLE PRECISION", "TIMESTAMP WITHOUT TIME ZONE", (name, _) => name);

    private protected override string Preparation => """
        CREATE TYPE studydirection AS ENUM ('NOT_SET', 'MINIMIZE', 'MAXIMIZE');
        CREATE TYPE trialstate AS ENUM ('RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING');
        CREATE TYPE trialvaluetype AS ENUM ('FINITE', 'INF_POS', 'INF_NEG');
        CREATE TYPE trialintermediatevaluetype AS ENUM ('FINITE', 'INF_POS', 'INF_NEG', 'NAN');

        """;

    private protected override string LockStudy => " FOR UPDATE";

    private protected override string HeartbeatAge =>
        "EXTRACT(EPOCH FROM CURRENT_TIMESTAMP::timestamp - h.heartbeat)::double precision";

    private protected override DbConnection Connect()
    {
        var connection = new NpgsqlConnection(_connection);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private protected override bool HasTables(SqlSession session)
    {
        session.Execute("SELECT pg_advisory_xact_lock(@0)", TablesLock);
        return session.Scalar("SELECT to_regclass('studies')::text") is not null;
    }

    private protected override string Enumeration(string placeholder, string type) => $"CAST({placeholder} AS {type})";

    private protected override string Text(string column) => column + "::text";

    private protected override object StoredTime(DateTime time) => time;

    private protected override DateTime ReadTime(DbDataReader reader, int column) => reader.GetDateTime(column);

    private protected override bool IsLost(DbException error) => error is not PostgresException || error.SqlState is
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow;

    private protected override StudyException? Explain(DbException error) => error switch
    {
        { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            new StudyException(
                $"{_location} refuses the user or the password; type {Prefix}://user:password@host/database", error),
        { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            new StudyException($"{_location}: the server has no such database; make it with createdb", error),
        { SqlState: PostgresErrorCodes.DiskFull } =>
            new StudyException($"{_location}: no space left on the server; free some and start again", error),
        { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
            new StudyException($"{_location}: {error.Message}; ask the server's owner for the right", error),
        _ when IsLost(error) =>
            new StudyException($"{_location} does not answer: {error.Message}; start the server or check the address", error),
        _ => null,
    };

    // The connection text, and the address without its password for messages.
    static (string Connection, string Location) Parse(string address)
    {
        var wrong = $"not an address of a database: expected {Prefix}://user:password@host:port/database";
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) throw new StudyException(wrong);
        if (uri.Scheme != Prefix && uri.Scheme != "postgres" && !uri.Scheme.StartsWith(Prefix + "+", StringComparison.Ordinal))
            throw new StudyException(wrong);
        var user = uri.UserInfo.Split(':', 2);
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host.Length > 0 ? uri.Host : "localhost",
            Port = uri.Port > 0 ? uri.Port : 5432,
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
            Pooling = false,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            ApplicationName = "kymo",
        };
        if (connection.Database.Length == 0) throw new StudyException(wrong);
        foreach (var option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = option.Split('=', 2) is [var k, var v] ? (k, Uri.UnescapeDataString(v)) : (option, "");
            if (key == "host") connection.Host = value;
            else if (key == "port" && int.TryParse(value, CultureInfo.InvariantCulture, out var port)) connection.Port = port;
            else if (key == "sslmode" && Enum.TryParse(value.Replace("-", ""), true, out SslMode mode)) connection.SslMode = mode;
            else throw new StudyException($"{Prefix} address: unknown option {option}; host, port and sslmode are known");
        }
        return (connection.ToString(), $"{Prefix}://{connection.Host}:{connection.Port}/{connection.Database}");
    }
}

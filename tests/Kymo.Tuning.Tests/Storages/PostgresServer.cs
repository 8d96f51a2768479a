using System.Diagnostics;
using Npgsql;

namespace Kymo.Tuning.Tests;

/// <summary>
/// A PostgreSQL server of its own on a loopback port, in a temporary folder; tests skip where PostgreSQL is not installed.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    readonly TempFolder _folder = new();
    readonly string? _programs;
    readonly int _port = Ports.Free();
    int _databases;

    public PostgresServer()
    {
        const string installed = "/usr/lib/postgresql";
        if (!Directory.Exists(installed)) return;
        _programs = Directory.GetDirectories(installed).Select(version => Path.Combine(version, "bin"))
            .LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")));
        if (_programs is null) return;
        if (Environment.IsPrivilegedProcess) Run("chown", "postgres", _folder.Path);
        RunServer("initdb", "-D", _folder["data"], "-A", "trust", "-U", "postgres", "--no-sync");
        Start();
    }

    /// <summary>Starts the server, again after <see cref="Stop"/>.</summary>
    public void Start() => RunServer(
        "pg_ctl", "-D", _folder["data"], "-o", $"-k {_folder.Path} -c listen_addresses=127.0.0.1 -p {_port} -c fsync=off", "-w", "-t", "240",
            "-l", _folder["log"],
        "start");

    /// <summary>Stops the server at once; its workers lose it.</summary>
    public void Stop() => RunServer("pg_ctl", "-D", _folder["data"], "-m", "fast", "-w", "-t", "240", "stop");

    /// <summary>Address of a new, empty database.</summary>
    public string NewDatabase()
    {
        if (_programs is null) Assert.Skip("needs PostgreSQL's server programs");
        var name = $"test{Interlocked.Increment(ref _databases)}";
        Execute("postgres", $"CREATE DATABASE {name}");
        return Address(name);
    }

    /// <summary>The first column of a query's rows, one a line.</summary>
    public string Query(string address, string sql)
    {
        using var connection = new NpgsqlConnection(Connection(address.Split('/')[^1]));
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read()) lines.Add(reader.GetString(0));
        return string.Join("\n", lines);
    }

    public void Dispose()
    {
        if (_programs is not null) Stop();
        _folder.Dispose();
    }

    string Address(string database) => $"postgresql://postgres@127.0.0.1:{_port}/{database}";

    string Connection(string database) => $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Pooling=false;Timeout=240;Command Timeout=240";

    void Execute(string database, string sql)
    {
        using var connection = new NpgsqlConnection(Connection(database));
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    void RunServer(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs!, program);
        if (Environment.IsPrivilegedProcess) Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        else Run(path, arguments);
    }

    // The server inherits the streams and outlives the command, so they are not waited for.
    static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments])
        { WorkingDirectory = "/" };
        using var process = Process.Start(start)!;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}

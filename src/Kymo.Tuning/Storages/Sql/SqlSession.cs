using System.Data.Common;

namespace Kymo.Tuning.Storages.Sql;

/// <summary>One connection and its statements; placeholders are <c>@0</c>, <c>@1</c> …. One thread at a time.</summary>
sealed class SqlSession(DbConnection connection) : IDisposable
{
    readonly Dictionary<string, DbCommand> _commands = [];
    DbTransaction? _transaction;

    /// <summary>Runs a statement and counts the rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> arguments) => Prepare(sql, arguments).ExecuteNonQuery();

    /// <summary>The first column of the first row; null where there is no row or the column is null.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<object?> arguments)
    {
        var value = Prepare(sql, arguments).ExecuteScalar();
        return value is DBNull ? null : value;
    }

    /// <summary>Calls <paramref name="row"/> for each row.</summary>
    public void Query(string sql, Action<DbDataReader> row, params ReadOnlySpan<object?> arguments)
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        while (reader.Read()) row(reader);
    }

    /// <summary>Runs a script of several statements, unprepared.</summary>
    public void Script(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = _transaction;
        command.ExecuteNonQuery();
    }

    /// <summary>Runs statements as one transaction that no other writer comes between.</summary>
    public T Transact<T>(Func<T> body)
    {
        using var transaction = connection.BeginTransaction();
        _transaction = transaction;
        try
        {
            var result = body();
            transaction.Commit();
            return result;
        }
        finally
        {
            _transaction = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        connection.Dispose();
    }

    DbCommand Prepare(string sql, ReadOnlySpan<object?> arguments)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < arguments.Length; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = $"@{i}";
                command.Parameters.Add(parameter);
            }
            _commands.Add(sql, command);
        }
        command.Transaction = _transaction;
        for (var i = 0; i < arguments.Length; i++) command.Parameters[i].Value = arguments[i] ?? DBNull.Value;
        return command;
    }
}

using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Kymo.Tuning.Storages.Sql;

/// <summary>Binds Microsoft.Data.Sqlite to the system's SQLite, which is newer and patched, instead of a bundled one.</summary>
static class SqliteLibrary
{
    static readonly string[] s_names = ["libsqlite3.so.0", "libsqlite3.so", "libsqlite3.dylib", "winsqlite3.dll", "sqlite3.dll"];

    static readonly Lazy<bool> s_bound = new(Bind);

    /// <summary>Binds once; called before the first connection.</summary>
    /// <exception cref="DllNotFoundException">SQLite is not installed; the message says what to install.</exception>
    public static void Use() => _ = s_bound.Value;

    static bool Bind()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return true;
    }

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name != "e_sqlite3") return 0;
        foreach (var candidate in s_names)
            if (NativeLibrary.TryLoad(candidate, out var handle)) return handle;
        throw new DllNotFoundException(
            $"SQLite is not installed (tried {string.Join(", ", s_names)}); on Debian and Ubuntu: apt-get install libsqlite3-0");
    }
}

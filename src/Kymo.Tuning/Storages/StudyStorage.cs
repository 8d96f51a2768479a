namespace Kymo.Tuning;

/// <summary>Opens a storage by what a person types.</summary>
public static class StudyStorage
{
    static readonly string[] s_journalEndings = [".log", ".journal", ".jsonl"];

    /// <summary>
    /// Opens or makes a storage: <c>postgresql://…</c> a database, <c>journal:FILE</c> or a file that ends in .log, .journal or
    /// .jsonl a journal, <c>sqlite:///FILE</c> or any other file name an SQLite file.
    /// </summary>
    /// <param name="address">What was typed.</param>
    /// <param name="time">The clock that dates trials.</param>
    /// <param name="schema">Which Optuna releases open tables made here.</param>
    /// <exception cref="StudyException">The storage cannot be opened; the message says what to type.</exception>
    public static IStudyStorage Open(string address, TimeProvider time, OptunaSchema schema = OptunaSchema.Version32)
    {
        const string sqlite = "sqlite:///", journal = "journal:", memory = "memory";
        if (address == memory) return new MemoryStorage(time);
        if (address.StartsWith(sqlite, StringComparison.Ordinal))
            return new SqliteStorage(address[sqlite.Length..], time, schema);
        if (address.StartsWith("postgres", StringComparison.Ordinal) && address.Contains("://", StringComparison.Ordinal))
            return new PostgresStorage(address, time, schema);
        if (address.StartsWith(journal, StringComparison.Ordinal)) return new JournalStorage(address[journal.Length..], time);
        if (address.Contains("://", StringComparison.Ordinal) || address.Length == 0)
        {
            throw new StudyException(
                $"unknown storage '{address}'; type a file name, sqlite:///FILE, journal:FILE or " +
                "postgresql://user:password@host/database");
        }
        return s_journalEndings.Contains(Path.GetExtension(address))
            ? new JournalStorage(address, time)
            : new SqliteStorage(address, time, schema);
    }
}

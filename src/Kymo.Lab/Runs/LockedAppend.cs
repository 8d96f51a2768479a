using System.Text;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>
/// Rows added to tables that several processes share (the leaderboard, the step log), under an exclusive lock on
/// <c>&lt;file&gt;.lock</c>. A row is written whole or, on a full disk, not at all.
/// </summary>
public static class LockedAppend
{
    static readonly TimeSpan s_wait = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Appends one row to a CSV table, making the table if absent. A table with an older header, whose columns are all known, is
    /// first rewritten with the new header and blank cells. A last row that a killed writer left unfinished is dropped.
    /// </summary>
    /// <param name="path">The table.</param>
    /// <param name="header">The columns it should have.</param>
    /// <param name="row">One cell for each column.</param>
    /// <param name="key">A column whose cell names what the row is about: a row that has the same one is replaced. Null: none is.</param>
    /// <exception cref="DataException">
    /// The table has columns that are not in <paramref name="header"/>, or is damaged.
    /// </exception>
    /// <exception cref="IOException">The disk is full (the table is as before), or the lock stays taken.</exception>
    public static void Row(string path, IReadOnlyList<string> header, IReadOnlyList<string> row, string? key = null)
    {
        if (row.Count != header.Count) throw new ArgumentException($"{row.Count} cells for {header.Count} columns");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var held = FileLock.Take(path + ".lock", s_wait);
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
        {
            AtomicFile.Write(path, Csv.Line(header) + Csv.Line(row));
            return;
        }
        var line = Csv.Line(row);
        if (FirstLine(path) != Csv.Line(header)) Migrate(path, header);
        else line = MendTail(path, header.Count) + line;
        if (key is not null && WithoutRow(path, key, row[header.ToList().IndexOf(key)]) is { } others)
        {
            AtomicFile.Write(path, others + Csv.Line(row));
            return;
        }
        Append(path, AtomicFile.Utf8.GetBytes(line));
    }

    /// <summary>The table without the rows whose cell under <paramref name="key"/> is <paramref name="value"/>; null where there is none.</summary>
    static string? WithoutRow(string path, string key, string value)
    {
        var table = CsvTable.Read(path, tornTail: TornTail.Keep);
        var column = table.Column(key);
        string[][] kept = [.. table.Rows.Where(cells => cells[column] != value)];
        return kept.Length == table.Rows.Count ? null : Csv.Table(table.Header, kept);
    }

    static string? FirstLine(string path)
    {
        using var reader = new StreamReader(path, AtomicFile.Utf8);
        var text = new StringBuilder();
        for (int c; text.Length < 1 << 16 && (c = reader.Read()) >= 0;)
        {
            text.Append((char)c);
            if (c == '\n') return text.ToString();
        }
        return null;
    }

    static void Migrate(string path, IReadOnlyList<string> header)
    {
        var old = CsvTable.Read(path, tornTail: TornTail.Drop);
        if (old.Header.FirstOrDefault(c => !header.Contains(c)) is { } unknown)
            throw new DataException(path, $"column '{unknown}' is not known to this version, so no row was added; " +
                "move the table aside or use the version that wrote it");
        var text = new StringBuilder(Csv.Line(header));
        var source = header.Select(c => old.Header.ToList().IndexOf(c)).ToArray();
        foreach (var cells in old.Rows) text.Append(Csv.Line([.. source.Select(i => i < 0 ? "" : cells[i])]));
        AtomicFile.Write(path, text.ToString());
    }

    /// <summary>Cuts an unfinished last row; a whole one that only lacks its line end gets it (the returned text).</summary>
    static string MendTail(string path, int columns)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        stream.Seek(-1, SeekOrigin.End);
        if (stream.ReadByte() == '\n') return "";
        var table = CsvTable.Read(path, tornTail: TornTail.Keep);
        if (table.Rows.Count > 0 && table.Rows[^1].Length == columns) return "\r\n";
        stream.SetLength(table.LastRowOffset);
        stream.Flush(flushToDisk: true);
        return "";
    }

    static void Append(string path, byte[] bytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var length = stream.Seek(0, SeekOrigin.End);
        try
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }
        catch (IOException e)
        {
            stream.SetLength(length);
            if (DiskFull.Is(e)) throw DiskFull.Error(path, bytes.Length, e);
            throw;
        }
    }
}

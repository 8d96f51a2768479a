using System.Globalization;
using System.Text;
using Kymo.Signals;

namespace Kymo.Lab.Data.Music;

/// <summary>
/// A comma-separated label file as music sets have them: names of columns with blanks around and in any case, comments after
/// <c>#</c>, quoted cells (RFC 4180), and where allowed rows shorter than the header.
/// </summary>
sealed class LooseTable
{
    const long LargestFile = 512L << 20;
    readonly string[] _header;

    LooseTable(string path, string[] header, List<Row> rows) => (Path, _header, Rows) = (path, header, rows);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Names of the columns, trimmed, as written.</summary>
    public IReadOnlyList<string> Header => _header;

    /// <summary>The rows below the header.</summary>
    public IReadOnlyList<Row> Rows { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ragged">Whether rows may be shorter than the header; their missing cells are empty.</param>
    /// <exception cref="DataException">Absent, too large, no UTF-8, no header, or a row of another length.</exception>
    public static LooseTable Read(string path, bool ragged = false)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new DataException(path, "no such file; expected a table of labels");
        if (file.Length > LargestFile) throw new DataException(path, $"has {file.Length} bytes, expected at most {LargestFile}");
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException error)
        {
            throw new DataException(path, $"is not UTF-8 at byte {error.Index}", error);
        }
        string[]? header = null;
        var rows = new List<Row>();
        var table = default(LooseTable);
        foreach (var (line, found) in Lines(path, text))
        {
            var cells = found;
            if (header is null)
            {
                table = new(path, header = cells, rows);
                continue;
            }
            if (ragged && cells.Length < header.Length) Array.Resize(ref cells, header.Length);
            if (cells.Length != header.Length)
                throw new DataException(path, $"line {line}: {cells.Length} cells where the header has {header.Length}");
            rows.Add(new(table!, cells, line));
        }
        return table ?? throw new DataException(path, "line 1: is empty, expected a header");
    }

    /// <summary>Index of the first column with one of these names, any case; -1 where there is none.</summary>
    public int Find(params IEnumerable<string> names)
    {
        foreach (var name in names)
            for (var i = 0; i < _header.Length; i++)
                if (_header[i].Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
        return -1;
    }

    /// <summary>Index of a column that must be there.</summary>
    /// <exception cref="DataException">None of the names occurs.</exception>
    public int Column(params string[] names) => Find(names) is >= 0 and var index
        ? index
        : throw new DataException(Path, $"line 1: no column {string.Join(" or ", names)}; the columns are {string.Join(", ", _header)}");

    static IEnumerable<(int Line, string[] Cells)> Lines(string path, string text)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var (line, start, quoted, wasQuoted) = (1, 1, false, false);
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            if (quoted)
            {
                if (i == text.Length) throw new DataException(path, $"line {start}: a quote is not closed");
                if (c == '\n') line++;
                if (c != '"') cell.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else quoted = false;
            }
            else if (c == '"' && cell.ToString().Trim().Length == 0 && !wasQuoted)
            {
                cell.Clear();
                (quoted, wasQuoted) = (true, true);
            }
            else if (c is ',' or '\n')
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
                wasQuoted = false;
                if (c == ',') continue;
                var isBlank = cells.Count == 1 && cells[0].Length == 0;
                if (!isBlank && !cells[0].StartsWith('#')) yield return (start, [.. cells]);
                cells.Clear();
                start = ++line;
            }
            else cell.Append(c);
        }
    }

    /// <summary>One row.</summary>
    /// <param name="Table">The file.</param>
    /// <param name="Cells">Trimmed texts; null where a ragged row ends early.</param>
    /// <param name="Line">Line in the file, from 1.</param>
    public readonly record struct Row(LooseTable Table, string?[] Cells, int Line)
    {
        /// <summary>A column's text.</summary>
        public string Text(int column) => Cells[column] ?? "";

        /// <summary>A column's finite number.</summary>
        /// <exception cref="DataException">No number.</exception>
        public double Number(int column) =>
            double.TryParse(Text(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
                ? value
                : throw Fault($"{Table.Header[column]} is '{Text(column)}', expected a number");

        /// <summary>An error that names the row.</summary>
        public DataException Fault(string problem) => new(Table.Path, $"line {Line}: {problem}");
    }
}

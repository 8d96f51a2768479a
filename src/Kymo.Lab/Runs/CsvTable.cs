using System.Globalization;
using System.Text;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>What reading does with a last row that has no line end (a writer was killed, or a hand edited the file).</summary>
public enum TornTail
{
    /// <summary>It is an error.</summary>
    Refuse,

    /// <summary>It is left out.</summary>
    Drop,

    /// <summary>It is read like any other row, whatever its number of cells; it has none if it ends inside quotes.</summary>
    Keep,
}

/// <summary>A table in the dialect of <see cref="Csv"/>, read strictly: every row as wide as the header.</summary>
public sealed class CsvTable
{
    const long LargestFile = 1L << 30;

    readonly string[] _header;
    readonly List<string[]> _rows;

    CsvTable(string path, string[] header, List<string[]> rows, long lastRowOffset)
    {
        Path = path;
        _header = header;
        _rows = rows;
        LastRowOffset = lastRowOffset;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Column names.</summary>
    public IReadOnlyList<string> Header => _header;

    /// <summary>Data rows, each as wide as the header.</summary>
    public IReadOnlyList<string[]> Rows => _rows;

    /// <summary>Where the last row begins, in bytes.</summary>
    internal long LastRowOffset { get; }

    /// <summary>Reads a table.</summary>
    /// <exception cref="DataException">
    /// The file is absent, too large, not UTF-8, has an open quote or rows of unequal width.
    /// </exception>
    public static CsvTable Read(string path, TornTail tornTail = TornTail.Refuse)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new DataException(path, "no such file");
        if (file.Length > LargestFile) throw new DataException(path, $"{file.Length} bytes: a table has at most {LargestFile}");
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));
        }
        catch (DecoderFallbackException e)
        {
            throw new DataException(path, $"not UTF-8 at byte {e.Index}", e);
        }
        return new Parser(path, text, tornTail).Parse();
    }

    /// <summary>Index of a column.</summary>
    /// <exception cref="DataException">There is no such column.</exception>
    public int Column(string name)
    {
        var index = Array.IndexOf(_header, name);
        return index >= 0 ? index : throw new DataException(Path, $"no column '{name}'; there are {string.Join(", ", _header)}");
    }

    /// <summary>A cell as a number; not a number where it is blank.</summary>
    /// <exception cref="DataException">The cell holds something else.</exception>
    public double Number(int row, int column)
    {
        var cell = _rows[row][column];
        if (cell.Length == 0) return double.NaN;
        return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw new DataException(Path, $"line {row + 2}, column '{_header[column]}': '{cell}' is not a finite number");
    }

    sealed class Parser(string path, string text, TornTail tornTail)
    {
        int _position;
        int _line = 1;
        bool _quoteLeftOpen;

        public CsvTable Parse()
        {
            var (header, headerEnded) = Row();
            if (header.Length == 1 && header[0].Length == 0) throw new DataException(path, "empty: expected a header row");
            if (!headerEnded && tornTail != TornTail.Keep) throw new DataException(path, "line 1: the header has no line end");
            var rows = new List<string[]>();
            var lastRow = _position;
            while (_position < text.Length)
            {
                var (start, line) = (_position, _line);
                var (cells, ended) = Row();
                if (!ended && tornTail == TornTail.Drop) break;
                if (!ended && tornTail == TornTail.Refuse)
                    throw new DataException(path, $"line {line}: the last row has no line end; it was not written to its end");
                if (ended && cells.Length != header.Length)
                    throw new DataException(path, $"line {line}: {cells.Length} cells, the header has {header.Length}");
                rows.Add(cells);
                lastRow = start;
            }
            return new CsvTable(path, header, rows, Encoding.UTF8.GetByteCount(text.AsSpan(0, lastRow)));
        }

        (string[] Cells, bool Ended) Row()
        {
            var cells = new List<string>();
            while (true)
            {
                cells.Add(Cell());
                if (_quoteLeftOpen) return ([], false);
                if (_position == text.Length) return ([.. cells], false);
                if (text[_position] == ',')
                {
                    _position++;
                    continue;
                }
                _position += text[_position] == '\r' && _position + 1 < text.Length && text[_position + 1] == '\n' ? 2 : 1;
                _line++;
                return ([.. cells], text[_position - 1] == '\n');
            }
        }

        string Cell()
        {
            if (_position < text.Length && text[_position] == '"') return QuotedCell();
            var length = text.AsSpan(_position).IndexOfAny(',', '\r', '\n');
            if (length < 0) length = text.Length - _position;
            _position += length;
            return text.Substring(_position - length, length);
        }

        string QuotedCell()
        {
            var cell = new StringBuilder();
            var opened = _line;
            for (_position++; _position < text.Length; _position++)
            {
                var c = text[_position];
                if (c == '\n') _line++;
                if (c != '"')
                {
                    cell.Append(c);
                    continue;
                }
                _position++;
                if (_position == text.Length || text[_position] != '"') return AfterQuote(cell.ToString());
                cell.Append('"');
            }
            if (tornTail == TornTail.Refuse) throw new DataException(path, $"line {opened}: a quote is opened and never closed");
            _quoteLeftOpen = true;
            return "";
        }

        string AfterQuote(string cell) => _position == text.Length || text[_position] is ',' or '\r' or '\n'
            ? cell
            : throw new DataException(path, $"line {_line}: '{text[_position]}' after a closing quote");
    }
}

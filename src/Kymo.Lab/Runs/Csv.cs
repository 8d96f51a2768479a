using System.Text;

namespace Kymo.Lab.Runs;

/// <summary>
/// The one CSV dialect of run folders: comma, quotes only where a cell holds a comma, a quote or a line break, rows ended by CR
/// LF, UTF-8 without a mark. The same bytes as Python's <c>csv.writer</c> writes by default.
/// </summary>
public static class Csv
{
    /// <summary>One row with its line end.</summary>
    public static string Line(IReadOnlyList<string> cells)
    {
        var text = new StringBuilder();
        for (var i = 0; i < cells.Count; i++)
        {
            if (i > 0) text.Append(',');
            AppendCell(text, cells[i], alone: cells.Count == 1);
        }
        return text.Append("\r\n").ToString();
    }

    /// <summary>A whole table, header first.</summary>
    /// <exception cref="ArgumentException">A row has more or fewer cells than the header.</exception>
    public static string Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        var text = new StringBuilder(Line(header));
        foreach (var row in rows)
        {
            if (row.Count != header.Count) throw new ArgumentException($"{row.Count} cells for {header.Count} columns");
            text.Append(Line(row));
        }
        return text.ToString();
    }

    static void AppendCell(StringBuilder text, string cell, bool alone)
    {
        if (cell.AsSpan().IndexOfAny(",\"\r\n") < 0 && !(alone && cell.Length == 0)) text.Append(cell);
        else text.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}

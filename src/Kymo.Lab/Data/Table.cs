using System.Globalization;
using CsvHelper;
using Kymo.Signals;

namespace Kymo.Lab.Data;

/// <summary>A comma-separated file with a header, read row by row; faults name the file and the line.</summary>
sealed class Table
{
    static readonly CsvReaderOptions s_options = new()
    {
        Separator = ',',
        TrackLineNumbers = true,
        TrimWhitespace = true,
        MalformedData = CsvMalformedDataHandling.Throw,
        MaxRecordSize = 1 << 20,
    };

    readonly string[] _header;

    Table(string path, string[] header, IReadOnlyList<Row> rows) => (Path, _header, Rows) = (path, header, rows);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The rows below the header.</summary>
    public IReadOnlyList<Row> Rows { get; }

    /// <summary>Whether the header names a column.</summary>
    public bool Has(string column) => Array.IndexOf(_header, column) >= 0;

    /// <summary>Reads a file that must have the given columns.</summary>
    /// <exception cref="DataException">No such file, no header, a column missing, or a row of another length.</exception>
    public static Table Read(string path, params IReadOnlyList<string> required)
    {
        if (!File.Exists(path)) throw new DataException(path, "no such file; expected a table with the columns " + string.Join(", ", required));
        try
        {
            using var reader = CsvReader.FromFile(path, s_options);
            var header = reader.Headers.ToArray();
            var missing = required.Where(name => Array.IndexOf(header, name) < 0).ToArray();
            if (missing.Length > 0)
                throw new DataException(path, $"line 1: no column {string.Join(", ", missing)}; the columns are {string.Join(", ", header)}");

            var rows = new List<Row>();
            var table = new Table(path, header, rows);
            while (reader.Read())
            {
                if (reader.FieldCount != header.Length)
                    throw new DataException(path, $"line {reader.LineNumber}: {reader.FieldCount} fields where the header has {header.Length}");
                var fields = new string[header.Length];
                for (var i = 0; i < fields.Length; i++) fields[i] = reader.GetString(i);
                rows.Add(new Row(table, fields, (int)reader.LineNumber));
            }
            return table;
        }
        catch (CsvFormatException error)
        {
            throw new DataException(path, "cannot be read as comma-separated values: " + error.Message, error);
        }
    }

    /// <summary>One row.</summary>
    /// <param name="Table">The file it stands in.</param>
    /// <param name="Fields">The texts, in the header's order.</param>
    /// <param name="Line">Line number in the file, counted from 1.</param>
    public readonly record struct Row(Table Table, string[] Fields, int Line)
    {
        /// <summary>The text of a column.</summary>
        public string this[string column] => Fields[Array.IndexOf(Table._header, column)];

        /// <summary>A column's integer within bounds.</summary>
        /// <exception cref="DataException">No integer, or out of bounds.</exception>
        public int Integer(string column, int low, int high) =>
            int.TryParse(this[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high
                ? value
                : throw Fault($"{column} is '{this[column]}'; expected an integer from {low} to {high}");

        /// <summary>An error that names this row.</summary>
        public DataException Fault(string problem) => new(Table.Path, $"line {Line}: {problem}");
    }
}

using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Runs;

public sealed class CsvTests
{
    static readonly string[][] s_rows =
    [
        ["a", "b,c", "d\"e"], ["line\nbreak", "cr\rhere", ""], [" blank ", "ü", "'"], ["", "", ""], ["1.5", "-2", "\"\""],
    ];

    [Fact]
    public void Written_bytes_are_those_of_the_oracle_and_read_back()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["rows.json"], System.Text.Json.JsonSerializer.Serialize(s_rows));
        var text = string.Concat(s_rows.Select(Csv.Line));
        Assert.Equal(Oracle.Ask("csv_text.py", ["csv"], folder["rows.json"]), text);
        File.WriteAllText(folder["x.csv"], Csv.Table(["x", "y", "z"], s_rows));
        var table = CsvTable.Read(folder["x.csv"]);
        Assert.Equal(["x", "y", "z"], table.Header);
        Assert.Equal(s_rows, table.Rows);
        Assert.Equal("\"\"\r\n", Csv.Line([""])); // a lone blank cell, so that the row is not an empty line
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,b", "no line end")]
    [InlineData("a,b\r\n1,2", "line 2: the last row has no line end")]
    [InlineData("a,b\r\n1,2,3\r\n", "line 2: 3 cells, the header has 2")]
    [InlineData("a,b\r\n1,\"2\r\n", "line 2: a quote is opened")]
    [InlineData("a,b\r\n\"1\"x,2\r\n", "line 2: 'x' after a closing quote")]
    public void A_damaged_table_is_refused_with_its_line(string text, string word)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["x.csv"], text);
        Assert.Contains(word, Assert.Throws<DataException>(() => CsvTable.Read(folder["x.csv"])).Message);
    }

    [Fact]
    public void Numbers_are_read_strictly_and_blanks_are_no_numbers()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["x.csv"], "a,b\r\n1e-05,\r\nNaN,x\r\n");
        var table = CsvTable.Read(folder["x.csv"]);
        Assert.Equal(1e-5, table.Number(0, 0));
        Assert.Equal(double.NaN, table.Number(0, 1));
        Assert.Contains("line 3, column 'a'", Assert.Throws<DataException>(() => table.Number(1, 0)).Message);
        Assert.Contains("no column 'c'; there are a, b", Assert.Throws<DataException>(() => table.Column("c")).Message);
    }

    [Fact]
    public void Any_cut_of_a_table_reads_as_whole_rows_or_is_refused()
    {
        using var folder = new TempFolder();
        var text = Csv.Table(["x", "y", "z"], s_rows);
        for (var length = 0; length < text.Length; length++)
        {
            File.WriteAllText(folder["x.csv"], text[..length]);
            try
            {
                var table = CsvTable.Read(folder["x.csv"], TornTail.Drop);
                Assert.Equal(s_rows.Take(table.Rows.Count), table.Rows);
            }
            catch (DataException e)
            {
                Assert.True(length < "x,y,z\r\n".Length, $"{length}: {e.Message}");
            }
        }
    }
}

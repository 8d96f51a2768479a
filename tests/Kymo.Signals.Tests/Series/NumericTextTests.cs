using System.Globalization;
using System.Text;
using Kymo.Signals.Series;

namespace Kymo.Signals.Tests.Series;

public sealed class NumericTextTests
{
    [Theory]
    [InlineData("0", 1)]
    [InlineData("-0", 2)]
    [InlineData("+1.5", 4)]
    [InlineData(".5", 2)]
    [InlineData("5.", 2)]
    [InlineData("-21684.8021550178528", 20)]
    [InlineData("9007199254740993", 16)]
    [InlineData("9007199254740993.5", 18)]
    [InlineData("1234567890123456789", 19)]
    [InlineData("12345678901234567890.125", 24)]
    [InlineData("0.00000000000000000000000000125", 31)]
    [InlineData("1e3", 3)]
    [InlineData("-2.5E-3 7", 7)]
    [InlineData("1.7976931348623157e308", 22)]
    [InlineData("4.9e-324", 8)]
    public void Number_is_read_as_the_runtime_reads_it(string text, int length)
    {
        Assert.Equal(length, DecimalNumber.Read(Encoding.ASCII.GetBytes(text), out var value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(text[..length], CultureInfo.InvariantCulture)), BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("x1")]
    [InlineData(" 1")]
    [InlineData("nan")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-inf")]
    [InlineData("1e999")]
    [InlineData("--1")]
    public void What_is_no_number_is_refused(string text)
    {
        Assert.Equal(0, DecimalNumber.Read(Encoding.ASCII.GetBytes(text), out _));
        Assert.Equal(0, DecimalNumber.Read(Encoding.ASCII.GetBytes(text + "                        "), out _));
    }

    [Fact]
    public void Random_decimals_are_rounded_as_the_runtime_rounds_them()
    {
        var random = new Random(5);
        for (var i = 0; i < 200_000; i++)
        {
            var digits = random.NextInt64(0, long.MaxValue) % (long)Math.Pow(10, random.Next(1, 19));
            var text = digits.ToString(CultureInfo.InvariantCulture).PadLeft(random.Next(1, 20), '0');
            var point = random.Next(0, text.Length + 1);
            text = (random.Next(2) == 0 ? "-" : "") + text[..point] + "." + text[point..];
            if (text is "." or "-.") continue;
            Assert.Equal(text.Length, DecimalNumber.Read(Encoding.ASCII.GetBytes(text), out var value));
            Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), value);
            foreach (var behind in new[] { " 0.25 -1 3 5.125 6.5", "\n0000000000000000", ",...............9" })
            {
                Assert.Equal(text.Length, DecimalNumber.Read(Encoding.ASCII.GetBytes(text + behind), out var amid));
                Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(amid));
            }
        }
    }

    [Fact]
    public void Halfway_cases_go_to_even()
    {
        foreach (var text in new[] { "9007199254740993.0", "9007199254740995.0", "900719925474099.35", "18014398509481990.0", "4503599627370497.5", "4503599627370498.5" })
        {
            DecimalNumber.Read(Encoding.ASCII.GetBytes(text), out var value);
            Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), value);
        }
    }

    [Theory]
    [InlineData(1 << 18)]
    [InlineData(NumericText.LongestLine + 16)]
    public void Rows_do_not_depend_on_how_the_file_arrives(int buffer)
    {
        var text = new StringBuilder();
        for (var i = 0; i < 3000; i++) text.Append(CultureInfo.InvariantCulture, $"{i * 0.25} {-i}{(i % 3 == 0 ? "\r\n" : "\n")}");
        var rows = Rows(text.ToString().TrimEnd(), buffer, 7, out var bad);
        Assert.Empty(bad);
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => (i + 1L, i * 0.25, (double)-i)), rows);
    }

    [Fact]
    public void Bad_lines_are_told_with_their_number_and_reading_goes_on()
    {
        var rows = Rows("\uFEFF1 2\n\n3\n4 x\n5  6\n7,8\n9 10 11\n12 13 \n" + new string('1', 5000) + "\n14 15\n\0\0\0\n16 17", 1 << 16, 1000, out var bad);
        Assert.Equal([1L, 8, 10, 12], rows.Select(row => row.Line));
        Assert.Equal([3L, 4, 5, 6, 7, 9, 11], bad.Select(line => line.Line));
        Assert.Equal("'4 x': expected 2 numbers separated by a space", bad[1].Problem);
        Assert.Contains("longer than 4096 bytes", bad[5].Problem);
    }

    [Fact]
    public void A_missing_file_is_a_data_error() =>
        Assert.Contains("cannot be read", Assert.Throws<DataException>(() => NumericText.Read("absent.txt", ' ', 2, (_, _) => { }, (_, _) => { })).Message);

    static List<(long Line, double First, double Second)> Rows(string text, int buffer, int piece, out List<(long Line, string Problem)> bad)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var (rows, faults, position) = (new List<(long, double, double)>(), new List<(long, string)>(), 0);
        NumericText.Read(
            span =>
            {
                var count = Math.Min(Math.Min(span.Length, piece), bytes.Length - position);
                bytes.AsSpan(position, count).CopyTo(span);
                position += count;
                return count;
            },
            ' ', 2, (line, values) => rows.Add((line, values[0], values[1])), (line, problem) => faults.Add((line, problem)), buffer);
        bad = faults;
        return rows;
    }
}

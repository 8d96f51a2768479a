using System.Numerics;

namespace Kymo.Config.Tests;

public sealed class OverrideWriterTests
{
    [Theory]
    [InlineData("a b", "a\\ b")]
    [InlineData("${x}", "$\\{x\\}")]
    [InlineData("", "")]
    [InlineData("true", "'true'")]
    [InlineData("1e3", "'1e3'")]
    [InlineData("é", "'é'")]
    [InlineData("a;'b", "\"a;'b\"")]
    [InlineData("f(x)", "f\\(x\\)")]
    [InlineData("a\\b", "a\\\\b")]
    public void Text_is_escaped_or_quoted_so_that_it_reads_as_text_again(string text, string expected) =>
        Assert.Equal(expected, OverrideWriter.Write(new TextValue(text)));

    [Theory]
    [InlineData("k=true,[false,null]", "True,[False,null]")]
    [InlineData("k=a\\,b,'c d'", "a\\,b,'c d'")]
    [InlineData("k={a b:\"x\\\"y\"},1.", "{a\\ b:\"x\\\"y\"},1.0")]
    public void Hydra_style_writes_jobs_as_the_basic_sweeper_does(string text, string expected)
    {
        var items = Assert.IsType<ChoiceSweep>(Override.Parse(text).Value).Items;
        Assert.Equal(expected, string.Join(',', items.Select(item => OverrideWriter.Write(item, OverrideStyle.Hydra))));
    }

    [Theory]
    [InlineData(0.0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(123456789.125, "123456789.125")]
    [InlineData(1e-4, "0.0001")]
    [InlineData(1.5e-5, "1.5e-05")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(double.NegativeInfinity, "-inf")]
    [InlineData(double.NaN, "nan")]
    public void Floats_are_written_as_python_writes_them(double value, string expected) =>
        Assert.Equal(expected, OverrideWriter.Write(new FloatValue(value)));

    [Fact]
    public void Float_order_against_whole_numbers_is_exact()
    {
        var big = BigInteger.Pow(2, 53) + 1;
        Assert.Equal(1, PythonArithmetic.Compare(big, 9007199254740992.0));
        Assert.Equal(-1, PythonArithmetic.Compare(big, double.PositiveInfinity));
        Assert.Null(PythonArithmetic.Compare(big, double.NaN));
        Assert.Equal(9007199254740992.0, PythonArithmetic.ToDouble(BigInteger.Pow(2, 53) + 1));
        Assert.Equal(double.PositiveInfinity, PythonArithmetic.ToDouble(BigInteger.Pow(10, 400)));
    }
}

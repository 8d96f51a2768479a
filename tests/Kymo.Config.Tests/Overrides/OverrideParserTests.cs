using System.Numerics;

namespace Kymo.Config.Tests;

/// <summary>Expected values are those of Hydra 1.3.2 (the vectors of the interop specification and of Hydra's own documentation).</summary>
public sealed class OverrideParserTests
{
    [Theory]
    [InlineData("k=a", OverrideKind.Change, "k", null)]
    [InlineData("+k=a", OverrideKind.Add, "k", null)]
    [InlineData("++k=a", OverrideKind.ForceAdd, "k", null)]
    [InlineData("~k=a", OverrideKind.Delete, "k", null)]
    [InlineData("a.0.b=1", OverrideKind.Change, "a.0.b", null)]
    [InlineData("0.a=1", OverrideKind.Change, "0.a", null)]
    [InlineData("db/sub-1@a.b=x", OverrideKind.Change, "db/sub-1", "a.b")]
    [InlineData("$a$.b=1", OverrideKind.Change, "$a$.b", null)]
    [InlineData("k@=1", OverrideKind.Change, "k", "")]
    [InlineData("@p=1", OverrideKind.Change, "", "p")]
    [InlineData("=1", OverrideKind.Change, "", null)]
    [InlineData("~", OverrideKind.Delete, "", null)]
    [InlineData("~g@$p", OverrideKind.Delete, "g", "$p")]
    public void Key_is_read_with_prefix_and_package(string text, OverrideKind kind, string key, string? package)
    {
        var parsed = Override.Parse(text);
        Assert.Equal((kind, key, package, text), (parsed.Kind, parsed.KeyOrGroup, parsed.Package, parsed.Text));
    }

    [Theory]
    [InlineData("a b ", "a b")]
    [InlineData("  a", "a")]
    [InlineData("017", "017")]
    [InlineData("0x1F", "0x1F")]
    [InlineData("10x", "10x")]
    [InlineData("-", "-")]
    [InlineData("$", "$")]
    [InlineData("a:b", "a:b")]
    [InlineData("1 2", "1 2")]
    [InlineData("\\,", ",")]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("1___0___", "1___0___")]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("${a.b}/${c:d,e}", "${a.b}/${c:d,e}")]
    [InlineData("a${x\\,}\\,", "a${x\\,},")]
    [InlineData("\\\\\\(\\)\\[\\]\\{\\}\\:\\=\\ \\\t\\,", "\\()[]{}:= \t,")]
    [InlineData("c:\\foo\\a-b.txt", "c:\\foo\\a-b.txt")]
    [InlineData("a \\ ", "a  ")]
    [InlineData(": ", ": ")]
    [InlineData("true-ish", "true-ish")]
    [InlineData("nullable", "nullable")]
    [InlineData("1e", "1e")]
    [InlineData("a|b?c@d*e%f", "a|b?c@d*e%f")]
    public void Unquoted_text_keeps_its_inner_blanks_and_loses_its_escapes(string value, string expected) =>
        Assert.Equal(new TextValue(expected), Override.Parse("k=" + value).Value);

    [Theory]
    [InlineData("1.", 1.0)]
    [InlineData(".5e3", 500.0)]
    [InlineData("+inf", double.PositiveInfinity)]
    [InlineData("-INF", double.NegativeInfinity)]
    [InlineData("NaN", double.NaN)]
    [InlineData("1_0.5", 10.5)]
    [InlineData("1e-3", 0.001)]
    [InlineData("-1.5E+4", -15000.0)]
    [InlineData("10e0", 10.0)]
    [InlineData("1e400", double.PositiveInfinity)]
    public void Floats_are_read(string value, double expected) =>
        Assert.Equal(new FloatValue(expected), Override.Parse("k=" + value).Value);

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("+5", "5")]
    [InlineData("1_000", "1000")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    public void Whole_numbers_of_any_size_are_read(string value, string expected) =>
        Assert.Equal(new IntValue(BigInteger.Parse(expected)), Override.Parse("k=" + value).Value);

    [Fact]
    public void Words_of_any_case_are_bool_and_null()
    {
        Assert.Equal(BoolValue.True, Override.Parse("k=tRuE").Value);
        Assert.Equal(BoolValue.False, Override.Parse("k=False").Value);
        Assert.Equal(NullValue.Instance, Override.Parse("k=NULL").Value);
        Assert.Null(Override.Parse("~k").Value);
    }

    [Theory]
    [InlineData("'a\\\\'", "a\\")]
    [InlineData("'\\\\'", "\\")]
    [InlineData("''", "")]
    [InlineData("'it\\'s'", "it's")]
    [InlineData("'a\\\\b'", "a\\\\b")]
    [InlineData("'a\\\\\\'b'", "a\\'b")]
    [InlineData("'\"'", "\"")]
    [InlineData("'שלום # ; ='", "שלום # ; =")]
    public void Single_quotes_are_undone(string value, string expected) =>
        Assert.Equal(new QuotedValue(expected, QuoteKind.Single), Override.Parse("k=" + value).Value);

    [Fact]
    public void Nested_containers_keep_types_and_quotes()
    {
        var value = Override.Parse("k={a:[1,'b',{null:true}], 1.5: x y }").Value;
        var expected = new DictValue([
            new(new TextValue("a"), new ListValue([new IntValue(1), new QuotedValue("b", QuoteKind.Single),
                new DictValue([new(NullValue.Instance, BoolValue.True)])])),
            new(new FloatValue(1.5), new TextValue("x y")),
        ]);
        Assert.Equal(expected, value);
        Assert.Equal(new ListValue([]), Override.Parse("k=[ ]").Value);
        Assert.Equal(new DictValue([]), Override.Parse("k={ }").Value);
    }

    [Fact]
    public void Equal_keys_of_a_dictionary_are_one_with_the_last_value()
    {
        var value = Assert.IsType<DictValue>(Override.Parse("k={1:a,x:b,1.0:c,true:d,x:e,nan:f,nan:g}").Value);
        Assert.Equal("{1:d,x:e,nan:f,nan:g}", value.ToString());
        var many = string.Join(',', Enumerable.Range(0, 50).Select(i => $"{i % 25}:{i}"));
        Assert.Equal(25, Assert.IsType<DictValue>(Override.Parse($"k={{{many}}}").Value).Items.Count);
    }

    [Fact]
    public void Comma_list_is_a_simple_sweep()
    {
        var parsed = Override.Parse("k=1 ,  'b',\t[c]");
        Assert.Equal(ValueKind.SimpleChoiceSweep, parsed.ValueKind);
        Assert.Equal(new ChoiceSweep([new IntValue(1), new QuotedValue("b", QuoteKind.Single), new ListValue([new TextValue("c")])])
        {
            IsSimple = true,
        }, parsed.Value);
    }

    [Theory]
    [InlineData("k")]
    [InlineData("")]
    [InlineData("++")]
    [InlineData(" k=1")]
    [InlineData("k =1")]
    [InlineData("/x=1")]
    [InlineData("a/b.c=1")]
    [InlineData("$foo/bar=x")]
    [InlineData("1=x")]
    [InlineData("a.=x")]
    [InlineData("hydra@a:b=c")]
    [InlineData("foo=a=b")]
    [InlineData("k=[1")]
    [InlineData("k=[a,,b]")]
    [InlineData("k=[a,]")]
    [InlineData("k=a,")]
    [InlineData("k=${x")]
    [InlineData("k=${}")]
    [InlineData("k=${a.${b}}")]
    [InlineData("k='a' 'b'")]
    [InlineData("k='a' ")]
    [InlineData("k=a'b'")]
    [InlineData("k={'a':1}")]
    [InlineData("k={${a}:1}")]
    [InlineData("k={a:1")]
    [InlineData("k=f(a=1,)")]
    [InlineData("k=a f(x)")]
    [InlineData("k=range(start=1,2)")]
    [InlineData("k=#")]
    [InlineData("k=a\nb")]
    [InlineData("k=é")]
    public void Ill_formed_text_is_refused(string text) => Assert.Throws<ConfigException>(() => Override.Parse(text));
}

namespace Kymo.Config.Tests;

public sealed class OverrideErrorTests
{
    [Theory]
    [InlineData("foo=a=b", "mismatched input '=' expecting <EOF>")]
    [InlineData("lr=[1", "no viable alternative at input '[1'")]
    [InlineData("$foo/bar=x", "mismatched input '/' expecting EQUAL")]
    [InlineData("seed=é", "LexerNoViableAltException: seed=é")]
    [InlineData("lr='a", "LexerNoViableAltException: lr='a")]
    [InlineData("lr=foo(1)", "Error parsing override 'lr=foo(1)'")]
    public void First_line_is_hydras(string text, string expected) => Assert.Equal(expected, Lines(text)[0]);

    [Theory]
    [InlineData("lr=foo(1)", "HydraException while evaluating 'foo(1)': Unknown function 'foo'")]
    [InlineData("hydra@a:b=", "missing EQUAL at ':'")]
    [InlineData("k=int('10.0')", "ValueError while evaluating 'int('10.0')': invalid literal for int() with base 10: '10.0'")]
    [InlineData("k=float('it\\'s')", "ValueError while evaluating 'float('it\\'s')': could not convert string to float: \"it's\"")]
    [InlineData("k=[1,str(interval(1,2))]", "ValueError while evaluating 'str(interval(1,2))': Intervals cannot be cast to str")]
    [InlineData("k=str(range(1,2))", "ValueError while evaluating 'str(range(1,2))': Range can only be cast to int or float")]
    [InlineData("k=bool('10')", "ValueError while evaluating 'bool('10')': Cannot cast '10' to bool")]
    [InlineData("k=glob(1)",
        "TypeError while evaluating 'glob(1)': mismatch type argument include: int is incompatible with Union[List[str], str]")]
    [InlineData("k=interval(1)", "TypeError while evaluating 'interval(1)': missing a required argument: 'end'")]
    [InlineData("k=interval(1,2,3)", "TypeError while evaluating 'interval(1,2,3)': too many positional arguments")]
    [InlineData("k=range(1,start=2)", "TypeError while evaluating 'range(1,start=2)': multiple values for argument 'start'")]
    [InlineData("k=shuffle(a,reverse=true)",
        "TypeError while evaluating 'shuffle(a,reverse=true)': got an unexpected keyword argument 'reverse'")]
    [InlineData("k=sort(3,2,str(1))",
        "TypeError while evaluating 'sort(3,2,str(1))': '<' not supported between instances of 'str' and 'int'")]
    [InlineData("k=sort([],{a:1})", "TypeError while evaluating 'sort([],{a:1})': Invalid arguments: ([], {'a': 1})")]
    [InlineData("k=choice()", "ValueError while evaluating 'choice()': empty choice is not legal")]
    [InlineData("k=choice(choice(a))", "ValueError while evaluating 'choice(choice(a))': nesting choices is not supported")]
    public void Second_line_is_hydras_wrapped_error(string text, string expected)
    {
        var lines = Lines(text);
        Assert.Equal($"Error parsing override '{text}'", lines[0]);
        Assert.Equal(expected, lines[1]);
    }

    [Fact]
    public void Unknown_function_lists_the_functions_there_are() =>
        Assert.Equal("Available: bool,choice,float,glob,int,interval,range,shuffle,sort,str,tag", Lines("lr=foo(1)")[2]);

    [Theory]
    [InlineData("foo=a=b", 5, "'foo=\"a=b\"'")]
    [InlineData("lr=[1", 5, "'lr=\"[1\"'")]
    [InlineData("k=[a,,b]", 5, "'k=\"[a,,b]\"'")]
    [InlineData("k=foo(1)", 2, "'k=\"foo(1)\"'")]
    public void Message_shows_a_caret_and_the_quoted_form(string text, int column, string quoted)
    {
        var lines = Lines(text);
        var shown = Array.IndexOf(lines, "    " + text);
        Assert.Equal(new string(' ', 4 + column) + "^", lines[shown + 1]);
        Assert.Contains(quoted, lines[shown + 2]);
        Assert.Equal("See https://hydra.cc/docs/1.2/advanced/override_grammar/basic for details", lines[^1]);
        Override.Parse(quoted.Trim('\''));
    }

    [Theory]
    [InlineData("seed=é", 5)]
    [InlineData("lr='a", 3)]
    [InlineData("k=a;b", 3)]
    public void Caret_of_a_bad_character_stands_under_it(string text, int column) =>
        Assert.Equal(new string(' ', "LexerNoViableAltException: ".Length + column) + "^", Lines(text)[1]);

    [Fact]
    public void Message_of_a_long_override_stays_short()
    {
        var error = Assert.Throws<ConfigException>(() => Override.Parse("k=" + new string('a', 100_000) + ";" + new string('b', 100_000)));
        Assert.True(error.Message.Length < 1000, error.Message.Length.ToString());
        Assert.Contains("aaa;bbb", error.Message);
    }

    [Theory]
    [InlineData("[", 1_000)]
    [InlineData("[", 100_000)]
    [InlineData("{a:", 1_000)]
    [InlineData("{a:", 100_000)]
    [InlineData("int(", 1_000)]
    [InlineData("int(", 100_000)]
    [InlineData("[{a:choice(", 100_000)]
    public void Deep_nesting_is_an_error_with_a_place(string open, int times)
    {
        var error = Assert.Throws<ConfigException>(() => Override.Parse("k=" + string.Concat(Enumerable.Repeat(open, times))));
        Assert.Contains("more than 256 deep", error.Message);
    }

    [Fact]
    public void Nesting_up_to_the_limit_is_read()
    {
        var value = Override.Parse("k=" + new string('[', OverrideParser.MaxDepth) + new string(']', OverrideParser.MaxDepth)).Value;
        for (var depth = 1; depth < OverrideParser.MaxDepth; depth++) value = Assert.Single(Assert.IsType<ListValue>(value).Items);
        Assert.Equal(new ListValue([]), value);
    }

    [Fact]
    public void Too_many_digits_are_an_error()
    {
        var error = Assert.Throws<ConfigException>(() => Override.Parse("k=" + new string('9', 4301)));
        Assert.Contains("4300 digits", error.Message);
        Assert.IsType<IntValue>(Override.Parse("k=" + new string('9', 4300)).Value);
    }

    static string[] Lines(string text) => Assert.Throws<ConfigException>(() => Override.Parse(text)).Message.Split('\n');
}

namespace Kymo.Config.Tests;

public sealed class GrammarFunctionTests
{
    [Theory]
    [InlineData("int(1.9)", "1")]
    [InlineData("int(-1.9)", "-1")]
    [InlineData("int(' 1_0 ')", "10")]
    [InlineData("int('017')", "17")]
    [InlineData("int(true)", "1")]
    [InlineData("int(1e20)", "100000000000000000000")]
    [InlineData("float(10)", "10.0")]
    [InlineData("float(' Infinity ')", "inf")]
    [InlineData("float('1_0.5e1')", "105.0")]
    [InlineData("float(false)", "0.0")]
    [InlineData("str(true)", "'true'")]
    [InlineData("str(1e-5)", "'1e-05'")]
    [InlineData("str(a)", "a")]
    [InlineData("bool(null)", "false")]
    [InlineData("bool(0.0)", "false")]
    [InlineData("bool('TRUE')", "true")]
    [InlineData("int([1.5,[2.5]])", "[1,[2]]")]
    [InlineData("int({a:1.5})", "{a:1}")]
    [InlineData("int(1.5,2)", "1,2")]
    [InlineData("int(value=1.5)", "1")]
    [InlineData("float(choice(1,2))", "choice(1.0,2.0)")]
    [InlineData("float(tag(t,shuffle(choice(1,2))))", "choice(1.0,2.0)")]
    [InlineData("int(range(0.0,3.0))", "range(0,3,1)")]
    [InlineData("int(tag(log,interval(1,5)))", "tag(log,int(interval(1,5)))")]
    [InlineData("bool([glob(a)])", "[true]")]
    public void Casts(string value, string expected) => Assert.Equal(expected, Value(value));

    [Theory]
    [InlineData("choice('a', b)", "choice(a,b)")]
    [InlineData("choice(int(1,2))", "choice(1,2)")]
    [InlineData("choice(choice(a),b)", "choice(choice(a),b)")]
    [InlineData("range(3)", "range(0,3,1)")]
    [InlineData("range(-10, step=-1)", "range(0,-10,-1)")]
    [InlineData("range(1,null,2)", "range(0,1,2)")]
    [InlineData("range(start=1,start=2,stop=3)", "range(2,3,1)")]
    [InlineData("range (10,11)", "range(10,11,1)")]
    [InlineData("interval(1,true)", "interval(1.0,1.0)")]
    [InlineData("glob(*)", "glob([*],[])")]
    [InlineData("glob([a*,b],exclude=c)", "glob([a*,b],[c])")]
    [InlineData("tag(a,b,a,range(2))", "tag(a,b,range(0,2,1))")]
    [InlineData("tag(a,sweep=interval(0,1))", "tag(a,interval(0.0,1.0))")]
    [InlineData("tag(a,tag(b,choice(1)))", "tag(a,choice(1))")]
    public void Sweeps(string value, string expected) => Assert.Equal(expected, Value(value));

    [Theory]
    [InlineData("sort(3,1.5,true)", "true,1.5,3")]
    [InlineData("sort(b,a,reverse=true)", "b,a")]
    [InlineData("sort([[2],[1,5],[1]])", "[[1],[1,5],[2]]")]
    [InlineData("sort(1,true,1.0,reverse=true)", "1,true,1.0")]
    [InlineData("sort(range(10,1,-1))", "range(2,11,1)")]
    [InlineData("sort(range(1,10),reverse=true)", "range(9,0,-1)")]
    [InlineData("sort(range(1.5,-0.5,-0.5))", "range(0.0,2.0,0.5)")]
    [InlineData("sort(range(0,5,2),reverse=true)", "range(3,-2,-2)")]
    [InlineData("sort({b:1})", "{b:1}")]
    [InlineData("sort(x,list=[3,1,2])", "[1,2,3]")]
    [InlineData("sort(sweep=choice(2,1))", "choice(1,2)")]
    [InlineData("shuffle(a)", "[a]")]
    [InlineData("shuffle([1])", "[1]")]
    [InlineData("shuffle(a,b)", "shuffle(a,b)")]
    [InlineData("shuffle()", "shuffle()")]
    [InlineData("shuffle(tag(t,range(3)))", "tag(t,shuffle(range(0,3,1)))")]
    public void Order(string value, string expected) => Assert.Equal(expected, Value(value));

    [Theory]
    [InlineData("choice(null)")]
    [InlineData("choice(range(1,3))")]
    [InlineData("range()")]
    [InlineData("range(a)")]
    [InlineData("range(1,2,null)")]
    [InlineData("tag(1,choice(a))")]
    [InlineData("tag(a)")]
    [InlineData("tag(sweep=choice(a))")]
    [InlineData("tag(t,glob(*))")]
    [InlineData("shuffle(interval(0,1))")]
    [InlineData("shuffle(choice(1),choice(2))")]
    [InlineData("sort()")]
    [InlineData("sort(null)")]
    [InlineData("sort(['b','a'])")]
    [InlineData("sort([1,null])")]
    [InlineData("sort(1,2,reverse=1)")]
    [InlineData("int(null)")]
    [InlineData("int(nan)")]
    [InlineData("int(1,value=2)")]
    [InlineData("int(value=null)")]
    [InlineData("int(glob(*))")]
    [InlineData("int(choice(choice(1),2))")]
    [InlineData("float(str(1_0_))")]
    [InlineData("glob(*,*,*)")]
    [InlineData("extend_list(1)")]
    public void Wrong_arguments_are_refused(string value) => Assert.Throws<ConfigException>(() => Override.Parse("k=" + value));

    [Fact]
    public void Shuffled_list_keeps_its_members_and_follows_the_generator_given()
    {
        const string text = "k=shuffle([1,2,3,4,5,6,7,8,9])";
        var orders = Enumerable.Range(0, 20).Select(seed => Override.Parse(text, new Random(seed)).Value!.ToString()).ToHashSet();
        Assert.True(orders.Count > 15);
        Assert.All(orders, order => Assert.Equal("123456789", string.Concat(order.Where(char.IsAsciiDigit).Order())));
        Assert.Equal(Override.Parse(text).Value, Override.Parse(text).Value);
    }

    [Fact]
    public void Text_is_sorted_by_code_points()
    {
        var value = Override.Parse("k=sort('\U0001F600','\uFFFD','z','é')").Value;
        var texts = Assert.IsType<ChoiceSweep>(value).Items.Select(item => ((TextValue)item).Text);
        Assert.Equal(["z", "é", "\uFFFD", "\U0001F600"], texts);
    }

    static string Value(string text) => Override.Parse("k=" + text).Value!.ToString();
}

namespace Kymo.Config.Tests;

public sealed class BasicSweeperTests
{
    [Fact]
    public void Rightmost_override_changes_fastest()
    {
        var jobs = Assert.Single(Plan(null, "a=1,2", "b=range(0,3)", "c=x"));
        Assert.Equal(["a=1 b=0 c=x", "a=1 b=1 c=x", "a=1 b=2 c=x", "a=2 b=0 c=x", "a=2 b=1 c=x", "a=2 b=2 c=x"], jobs);
    }

    [Fact]
    public void Batches_hold_at_most_the_size_given_and_jobs_are_numbered_through()
    {
        var batches = BasicSweeper.Plan(Override.ParseAll(["a=1,2,3,4,5"]), 2);
        Assert.Equal([[0, 1], [2, 3], [4]], batches.Select(batch => batch.Select(job => job.Number).ToArray()).ToArray());
    }

    [Theory]
    [InlineData("x=range(0,1,0.25)", "x=0.0 x=0.25 x=0.5 x=0.75")]
    [InlineData("x=range(0,0.5,0.1)", "x=0.0 x=0.1 x=0.2 x=0.3 x=0.4")]
    [InlineData("x=range(1.0,0.0,-0.4)", "x=1.0 x=0.6 x=0.19999999999999996")]
    [InlineData("x=range(5,0,-2)", "x=5 x=3 x=1")]
    [InlineData("x=range(5)", "x=0 x=1 x=2 x=3 x=4")]
    [InlineData("x=range(0,5,7)", "x=0")]
    [InlineData("x=range(0,1,inf)", "x=0.0")]
    [InlineData("x=[1,2],[3]", "x=[1,2] x=[3]")]
    [InlineData("x={a: 1},{a: 'b'}", "x={a:1} x={a:'b'}")]
    [InlineData("x=int(1.5,2)", "x=1 x=2")]
    [InlineData("x=bool(choice(0,1))", "x=False x=True")]
    [InlineData("x=null,true,'a,b',c\\,d", "x=null x=True x='a,b' x=c\\,d")]
    [InlineData("x=choice('a b',c)", "x=a\\ b x=c")]
    [InlineData("+x=1,2", "+x=1 +x=2")]
    [InlineData("~y", "~y=null")]
    [InlineData("x=${a}", "x=$\\{a\\}")]
    [InlineData("x=range(3,3)", "")]
    public void Members_are_written_as_hydra_writes_them(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Assert.Single(Plan(null, text))));

    [Fact]
    public void Float_ranges_have_the_members_of_pythons_decimal_arithmetic()
    {
        string[] ranges =
        [
            "0.0,1.0,0.1", "1.0,2.0,0.3333333333333333", "0.1,0.15,0.01", "-1e22,-9.99e21,2e18", "1e-5,1e-3,3.3e-5", "3.14,-2.7,-0.37",
            "1e-300,1e-299,1e-300", "0.0,1e16,333333333333333.3", "5e-324,5e-323,5e-324",
        ];
        var expected = Oracle.Ask("decimal_range.py", ["decimal"], ranges).TrimEnd().Split('\n');
        for (var i = 0; i < ranges.Length; i++)
            Assert.Equal(expected[i], string.Join(' ', Assert.Single(Plan(null, $"x=range({ranges[i]})")).Select(text => text[2..])));
    }

    [Fact]
    public void Later_override_of_the_same_key_takes_the_place_of_the_first() =>
        Assert.Equal(["a=3 b=1", "a=4 b=1"], Assert.Single(Plan(null, "a=1,2", "b=1", "a=3,4")));

    [Fact]
    public void No_overrides_make_one_job() => Assert.Equal([""], Assert.Single(Plan(null)));

    [Fact]
    public void Glob_takes_the_options_of_the_group()
    {
        IReadOnlyList<string> Options(string group) => group == "db" ? ["mysql", "mysql_debug", "sqlite", "pg"] : [];
        var batches = BasicSweeper.Plan(Override.ParseAll(["db=glob([my*,'?g'],exclude=*_debug)"]), groupOptions: Options);
        Assert.Equal(["db=mysql", "db=pg"], batches[0].Select(job => job.ToString()));
    }

    [Fact]
    public void Shuffled_sweep_has_the_same_members_in_the_order_of_the_generator()
    {
        var overrides = Override.ParseAll(["x=shuffle(range(100))"]);
        var one = BasicSweeper.Plan(overrides, random: new Random(1))[0].Select(job => job.ToString()).ToArray();
        var two = BasicSweeper.Plan(overrides, random: new Random(2))[0].Select(job => job.ToString()).ToArray();
        Assert.NotEqual(one, two);
        Assert.Equal(one.Order(), two.Order());
        Assert.Equal(one, BasicSweeper.Plan(overrides, random: new Random(1))[0].Select(job => job.ToString()));
    }

    [Theory]
    [InlineData("x=interval(0,1)", "BasicSweeper does not support sweep type : INTERVAL_SWEEP")]
    [InlineData("x=range(0,1,0.0)", "Invalid range values (start:0, stop:1, step:0.0)")]
    [InlineData("x=range(0,1,0)", "is zero")]
    [InlineData("x=range(0,inf,0.5)", "more than 1000000 members")]
    [InlineData("x=range(0,1000000000000)", "more than 1000000 members")]
    [InlineData("x=range(0,1,1e-300)", "more than 1000000 members")]
    [InlineData("x=range(nan,1,0.5)", "nan")]
    [InlineData("x=glob(*)", "no configuration")]
    [InlineData("x=[choice(1,2)],3", "Cannot convert sweep to str")]
    public void What_cannot_be_listed_is_an_error(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => Plan(null, text)).Message);

    [Fact]
    public void Too_many_jobs_and_a_wrong_batch_size_are_errors()
    {
        Assert.Contains("more than 1000000 jobs", Assert.Throws<ConfigException>(
            () => Plan(null, "a=range(2000)", "b=range(2000)")).Message);
        Assert.Contains("max_batch_size is 0", Assert.Throws<ConfigException>(() => Plan(0, "a=1")).Message);
    }

    [Theory]
    [InlineData("abc", "*", true)]
    [InlineData("abc", "a?c", true)]
    [InlineData("abc", "a[a-c]c", true)]
    [InlineData("abc", "a[!b]c", false)]
    [InlineData("a]c", "a[]]c", true)]
    [InlineData("a[c", "a[c", true)]
    [InlineData("abcabc", "*b*c", true)]
    [InlineData("abc", "ab", false)]
    [InlineData("ABC", "abc", false)]
    [InlineData("", "", true)]
    [InlineData("", "?", false)]
    public void Name_patterns_match_as_in_a_shell(string name, string pattern, bool expected) =>
        Assert.Equal(expected, NamePattern.Matches(name, pattern));

    static string[][] Plan(int? size, params string[] texts) =>
        [.. BasicSweeper.Plan(Override.ParseAll(texts), size).Select(batch => batch.Select(job => job.ToString()).ToArray())];
}

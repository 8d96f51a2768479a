using System.Text;

namespace Kymo.Config.Tests;

/// <summary>Interpolations that lead in circles or grow without bound.</summary>
public sealed class HostileInterpolationTests
{
    [Theory]
    [InlineData("a: ${a}", "a", "Recursive interpolation detected")]
    [InlineData("a: ${b}\nb: ${c}\nc: ${a}", "a", "Recursive interpolation detected")]
    [InlineData("a: x${b}\nb: y${a}", "b", "Recursive interpolation detected")]
    [InlineData("a: ${oc.select:b}\nb: ${oc.select:a}", "a", "Recursive interpolation detected")]
    [InlineData("a: {b: '${a}'}", "a.b", "Interpolation to parent node detected")]
    [InlineData("a: ${.}", "a", "expected a key")]
    [InlineData("a: ${..b}", "a", "there is no level that far up")]
    public void Circles_are_an_error_with_key_and_place(string yaml, string key, string expected)
    {
        var message = Assert.Throws<ConfigException>(() => Resolver(yaml).Get(key)).Message;
        Assert.Contains(expected, message);
        Assert.Contains("conf.yaml:", message);
    }

    [Fact]
    public void Maps_that_hold_one_another_cannot_be_resolved()
    {
        var root = YamlReader.ReadConfig("a: {x: '${b}'}\nb: {y: '${a}'}", "conf.yaml");
        Assert.Contains("they may lead in a circle", Assert.Throws<ConfigException>(() => ConfigResolver.Of(root).ResolveAll(root)).Message);
    }

    [Fact]
    public void Text_that_doubles_forty_times_is_an_error()
    {
        Assert.Contains("longer than", Assert.Throws<ConfigException>(() => Resolver(Doubling(new string('x', 1000))).Get("a39")).Message);
        Assert.Contains("must be resolved for one value", Assert.Throws<ConfigException>(() => Resolver(Doubling("x")).Get("a39")).Message);

        static string Doubling(string text) =>
            $"a0: {text}\n" + string.Concat(Enumerable.Range(1, 39).Select(i => $"a{i}: ${{a{i - 1}}}${{a{i - 1}}}\n"));
    }

    [Fact]
    public void Lists_that_double_forty_times_are_an_error()
    {
        var yaml = new StringBuilder("a0: [x, x]\n");
        for (var i = 1; i < 40; i++) yaml.Append($"a{i}: ['${{a{i - 1}}}', '${{a{i - 1}}}']\n");
        var root = YamlReader.ReadConfig(yaml.ToString(), "conf.yaml");
        Assert.Contains("larger than", Assert.Throws<ConfigException>(() => ConfigResolver.Of(root).ResolveAll(root)).Message);
    }

    [Theory]
    [InlineData("${", "}", 1000)]
    [InlineData("${oc.decode:", "}", 1000)]
    [InlineData("${oc.create:[", "]}", 1000)]
    [InlineData("${oc.create:{a:", "}}", 1000)]
    [InlineData("${oc.create:'", "'}", 1000)]
    [InlineData("${a[", "]}", 1000)]
    [InlineData("${", "", 500_000)]
    [InlineData("${oc.create:[[[[[[", "", 100_000)]
    public void A_thousand_levels_are_an_error_with_a_place(string open, string close, int times)
    {
        var value = string.Concat(Enumerable.Repeat(open, times)) + "b" + string.Concat(Enumerable.Repeat(close, times));
        var root = new MapNode();
        root.Add("a", new ScalarNode(value) { Position = new SourcePosition("conf.yaml", 1, 4) });
        var message = Assert.Throws<ConfigException>(() => ConfigRules.Check(root)).Message;
        Assert.StartsWith("conf.yaml:1:4: ", message);
        Assert.InRange(message.Length, 1, 1000);
    }

    [Fact]
    public void A_long_chain_of_interpolations_is_an_error()
    {
        var yaml = string.Concat(Enumerable.Range(0, 5000).Select(i => $"a{i}: ${{a{i + 1}}}\n")) + "a5000: 1\n";
        Assert.Contains("interpolations lead to one another", Assert.Throws<ConfigException>(() => Resolver(yaml).Get("a0")).Message);
        Assert.Equal("1", Resolver(yaml).Get("a4900").ToString());
    }

    [Fact]
    public void A_missing_value_raises_on_access_only()
    {
        var resolver = Resolver("a:\n  m: ???\n  n: 1\nb: ${a.m}");
        Assert.Contains("Missing mandatory value: a.m", Assert.Throws<ConfigException>(() => resolver.Get("a.m")).Message);
        Assert.Contains("Missing mandatory value: a.m", Assert.Throws<ConfigException>(() => resolver.Get("b")).Message);
        Assert.Null(resolver.Select("a.m"));
        Assert.Equal("1", resolver.Get("a.n").ToString());
    }

    [Theory]
    [InlineData("trainer.epoch", "Key 'trainer.epoch' is not in struct\nDid you mean 'epochs'?\n    full_key: trainer.epoch\n    object_type=dict\n    in conf.yaml:1:1")]
    [InlineData("trianer.epochs", "Key 'trianer.epochs' is not in struct\nDid you mean 'trainer'?\n    full_key: trianer.epochs\n    object_type=dict\n    in conf.yaml:1:1")]
    public void An_unknown_key_names_the_nearest(string key, string expected) =>
        Assert.Equal(expected, Assert.Throws<ConfigException>(() => Resolver("trainer: {epochs: 1, lr: 2}").Get(key)).Message);

    [Fact]
    public void An_interpolation_that_finds_nothing_names_the_nearest_key() => Assert.Equal(
        "Interpolation key 'trainer.epoch' not found\nDid you mean 'epochs'?\n    full_key: x\n    object_type=dict\n    in conf.yaml:2:4: ${trainer.epoch}",
        Assert.Throws<ConfigException>(() => Resolver("trainer: {epochs: 1}\nx: ${trainer.epoch}").Get("x")).Message);

    static ConfigResolver Resolver(string yaml) => ConfigResolver.Of(YamlReader.ReadConfig(yaml, "conf.yaml"));
}

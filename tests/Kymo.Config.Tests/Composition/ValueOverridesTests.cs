using System.Text.Json.Nodes;

namespace Kymo.Config.Tests;

public sealed class ValueOverridesTests
{
    [Theory]
    [InlineData("lrr=1", "Could not override 'lrr'.\nTo append to your config use +lrr=1\nKey 'lrr' is not in struct\nDid you mean 'lr'?")]
    [InlineData("db.hots=x", "Could not override 'db.hots'.\nTo append to your config use +db.hots=x\nKey 'hots' is not in struct\nDid you mean 'host'?")]
    [InlineData("lr.x=1", "Could not override 'lr.x'.\nTo append to your config use +lr.x=1\nKey 'x' is not in struct")]
    [InlineData("db={user:1}", "Could not override 'db'.\nTo append to your config use +db={user:1}\nKey 'user' is not in struct")]
    [InlineData("+lr=1", "Could not append to config. An item is already at 'lr'.\nEither remove + prefix: 'lr=1'\nOr add a second + to add or override 'lr': '++lr=1'")]
    [InlineData("~lrr", "Could not delete from config. 'lrr' does not exist.\nDid you mean 'lr'?")]
    [InlineData("~lr=2", "Could not delete from config. The value of 'lr' is 0.001 and not 2.\nTo delete whatever the value is, type ~lr")]
    [InlineData("~nothing", "Could not delete from config. 'nothing' does not exist.")]
    [InlineData("~list.0", "Error merging override ~list.0\nlist indices must be integers or slices, not str\nHydra 1.3 cannot take items out of a list. Give the whole list: list=[...]")]
    [InlineData("list.5=1", "Error merging override list.5=1\nlist index out of range\n'5' is no item of the list: it has 2, from 0.")]
    [InlineData("list.x=1", "Error merging override list.x=1\nlist index out of range\n'x' is no item of the list: it has 2, from 0.")]
    [InlineData("++list={a:1}", "Error merging override ++list={a:1}\nCannot merge DictConfig with ListConfig\n'list' is a list. To replace it delete it first: ~list +list=...")]
    [InlineData("lr=[choice(1,2)]", "Error merging override lr=[choice(1,2)]\nValue 'choice(1,2)' is not a supported primitive type\nA sweep cannot stand inside a list or a dictionary.")]
    [InlineData("lr={null:1}", "Error merging override lr={null:1}\nIncompatible key type 'NoneType'\nThe keys of a dictionary are text, numbers, true or false.")]
    [InlineData("lr@pkg=1", "Override lr@pkg=1 looks like a config group override, but config group 'lr' does not exist.")]
    public void What_does_not_fit_is_refused_in_hydras_words(string text, string expected)
    {
        var values = new ValueOverrides(Sample(), node => node);
        Assert.Equal(expected, Assert.Throws<ConfigException>(() => values.Apply(Override.Parse(text))).Message);
    }

    [Theory]
    [InlineData("lr=abc", "lr", "abc")]
    [InlineData("lr='a,b'", "lr", "a,b")]
    [InlineData("+new.sub.key=1", "new", "{'sub': {'key': 1}}")]
    [InlineData("++lr.x=1", "lr", "{'x': 1}")]
    [InlineData("db={host:b}", "db", "{'host': 'b', 'port': 1}")]
    [InlineData("db=5", "db", "5")]
    [InlineData("db=null", "db", "None")]
    [InlineData("++db={user:me}", "db", "{'host': 'a', 'port': 1, 'user': 'me'}")]
    [InlineData("+db={host:b,user:me}", "db", "{'host': 'b', 'port': 1, 'user': 'me'}")]
    [InlineData("db={host:???}", "db", "{'host': 'a', 'port': 1}")]
    [InlineData("list=[3]", "list", "[3]")]
    [InlineData("list.1.k=5", "list", "[1, {'k': 5}]")]
    [InlineData("+nothing=1", "nothing", "1")]
    [InlineData("lr={a:[1,{b:c}],2:true}", "lr", "{'a': [1, {'b': 'c'}], 2: True}")]
    [InlineData("~db.host", "db", "{'port': 1}")]
    [InlineData("~db={port:1.0,host:a} +db=1", "db", "1")]
    [InlineData("~list=[1.0,{k:2}] +list=[]", "list", "[]")]
    public void What_fits_is_applied(string texts, string key, string expected)
    {
        var root = Sample();
        var values = new ValueOverrides(root, node => node);
        foreach (var text in texts.Split(' ')) values.Apply(Override.Parse(text));
        var node = root[key]!;
        Assert.Equal(expected, node is ScalarNode scalar ? scalar.ToString() : PythonText.Quoted(node));
    }

    [Fact]
    public void Values_say_that_they_come_from_the_command_line()
    {
        var root = Sample();
        new ValueOverrides(root, node => node).Apply(Override.Parse("db.host=x"));
        Assert.Equal(new SourcePosition("command line", 1, 9), ((MapNode)root["db"]!)["host"]!.Position);
    }

    [Fact]
    public void Random_overrides_have_the_effect_they_have_on_omegaconf()
    {
        const int count = 1500;
        var random = new Random(7);
        var cases = new JsonArray();
        var ours = new List<(string Text, JsonNode? Result)>();
        for (var i = 0; i < count; i++)
        {
            var root = RandomMap(random, 3);
            var config = NodeJson.Write(root);
            var overrides = Enumerable.Range(0, random.Next(1, 4)).Select(_ => RandomOverride(random)).ToArray();
            cases.Add(new JsonObject { ["config"] = config, ["overrides"] = new JsonArray([.. overrides.Select(Describe)]) });
            var text = $"{PythonText.Quoted(root)} {string.Join(' ', overrides.Select(item => item.Text))}";
            ours.Add((text, Applied(root, overrides)));
        }
        using var folder = new TempFolder();
        File.WriteAllText(folder["cases.json"], cases.ToJsonString());
        var theirs = JsonNode.Parse(Oracle.Ask("apply_overrides.py", ["omegaconf"], folder["cases.json"]))!.AsArray();
        for (var i = 0; i < count; i++)
            Assert.True(JsonNode.DeepEquals(theirs[i]!["ok"], ours[i].Result), $"{ours[i].Text}\n{theirs[i]!.ToJsonString()}\n{ours[i].Result?.ToJsonString()}");
        Assert.InRange(ours.Count(item => item.Result is not null), count / 10, count * 9 / 10);
    }

    static JsonNode? Applied(MapNode root, Override[] overrides)
    {
        try
        {
            var resolver = ConfigResolver.Of(root);
            var values = new ValueOverrides(root, resolver.Resolve);
            foreach (var item in overrides) values.Apply(item);
            return NodeJson.Write(root);
        }
        catch (ConfigException)
        {
            return null;
        }
    }

    static JsonObject Describe(Override item)
    {
        var described = new JsonObject
        {
            ["kind"] = item.Kind switch
            {
                OverrideKind.Add => "add",
                OverrideKind.ForceAdd => "force",
                OverrideKind.Delete => "delete",
                _ => "change",
            },
            ["key"] = item.KeyOrGroup,
        };
        if (item.Value is not null) described["value"] = NodeJson.Write(OverrideNodes.ToNode(item));
        return described;
    }

    static Override RandomOverride(Random random)
    {
        var key = string.Join('.', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(random, "a", "b", "c", "0", "1", "x")));
        if (!key.Contains('.')) key = Pick(random, "a", "b", "c", "x");
        var value = Pick(random, "1", "2.5", "true", "null", "text", "???", "'1'", "[1,2]", "[]", "{a:1}", "{}", "{b: {c: 2},x: 3}", "{a: ???}", "[{a:1}]");
        var prefix = Pick(random, "", "", "+", "++", "~");
        return Override.Parse(prefix == "~" && random.Next(2) == 0 ? $"~{key}" : $"{prefix}{key}={value}");
    }

    static MapNode RandomMap(Random random, int depth)
    {
        var map = new MapNode();
        foreach (var key in (string[])["a", "b", "c"])
            if (random.Next(4) > 0) map.Add(key, RandomNode(random, depth));
        return map;
    }

    static ConfigNode RandomNode(Random random, int depth) => depth == 0 ? new ScalarNode(1) : random.Next(8) switch
    {
        0 or 1 or 2 => RandomMap(random, depth - 1),
        3 => new ListNode(Enumerable.Range(0, random.Next(3)).Select(_ => RandomNode(random, depth - 1))),
        4 => new ScalarNode(Pick(random, "???", "text", "${a}", "${b.c}", "x${a}")),
        5 => new ScalarNode(null),
        6 => new ScalarNode(random.Next(3)),
        _ => new ScalarNode(true),
    };

    static string Pick(Random random, params string[] from) => from[random.Next(from.Length)];

    static MapNode Sample()
    {
        var db = new MapNode { { "host", new ScalarNode("a") }, { "port", new ScalarNode(1) } };
        var item = new MapNode { { "k", new ScalarNode(2) } };
        return new MapNode
        {
            { "lr", new ScalarNode(0.001) },
            { "db", db },
            { "list", new ListNode([new ScalarNode(1), item]) },
            { "nothing", new ScalarNode(null) },
        };
    }
}

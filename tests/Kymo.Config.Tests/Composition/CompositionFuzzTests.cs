using System.Diagnostics;
using System.Text;

namespace Kymo.Config.Tests;

/// <summary>Random folders of configs, whole or damaged, and random overrides: each composes or is refused with a message.</summary>
public sealed class CompositionFuzzTests
{
    static readonly string[] s_names = ["c", "db/a", "db/b", "model/a", "model/sub/a", "hydra/launcher/own"];

    static readonly string[] s_entries =
    [
        "db: a", "db: b", "db: null", "db: ???", "db: [a, b]", "model: a", "/db: a", "db@x: a", "db@_global_: b", "db@_here_: a", "optional db: gone", "db: gone",
        "override db: b", "override /db: a", "override /model/sub: a", "_self_", "sub: a", "model: ${db}", "db: ${model}", "${db}/a", "db/a", "c", "a: {}", "{}", "5",
        "override hydra/launcher: own", "model@_group_.x: a",
    ];

    static readonly string[] s_overrides =
    [
        "db=a", "db=b", "db=[a,b]", "+db=b", "+db@x=b", "~db", "~db=a", "+model=a", "model=a", "+model/sub=a", "++db=a", "x=1", "+x=1", "++x.y=[1,{a:2}]", "~x", "a.0=1",
        "db.host=z", "+db={a:1}", "hydra.run.dir=q", "hydra/launcher=own", "+hydra/launcher=own", "~hydra/env", "hydra.searchpath=[q]", "x=1,2", "=1", "~", "db@x=a",
    ];

    [Fact]
    public void Random_configs_compose_or_are_refused()
    {
        var seed = Fuzz.Seed;
        var random = new Random(seed);
        var (composed, refused) = (0, 0);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Fuzz.Time || composed < 20;)
        {
            using var folder = new ConfigFolder("");
            foreach (var name in s_names) folder.Write($"{name}\n{RandomConfig(random)}");
            for (var i = 0; i < 20; i++)
            {
                var overrides = Enumerable.Range(0, random.Next(4)).Select(_ => s_overrides[random.Next(s_overrides.Length)]).ToArray();
                try
                {
                    var composition = folder.Compose(random.Next(8) == 0 ? null : "c", overrides);
                    Assert.NotEmpty(ConfigReports.Info(composition));
                    composed++;
                }
                catch (ConfigException error)
                {
                    Assert.NotEmpty(error.Message);
                    refused++;
                }
                catch (Exception error)
                {
                    Assert.Fail($"seed {seed}: {string.Join(' ', overrides)}\n{error}");
                }
            }
        }
        Assert.True(refused > 0);
    }

    static string RandomConfig(Random random)
    {
        var text = new StringBuilder();
        if (random.Next(5) == 0) text.Append(Pick(random, "# @package _global_\n", "# @package p.q\n", "# @package _group_\n", "# @package a b\n", "# @package _global_.z\n"));
        if (random.Next(2) == 0)
        {
            text.Append("defaults:\n");
            for (var i = random.Next(4); i > 0; i--) text.Append($"- {s_entries[random.Next(s_entries.Length)]}\n");
        }
        if (random.Next(3) > 0) text.Append(Pick(random, "x: 1\n", "x: {y: 1}\n", "x: [1, 2]\n", "x: ${db}\n", "x: ???\n", "host: h\n", "hydra: {run: {dir: d}}\n", "x: null\n", "- 1\n", "word\n"));
        if (random.Next(10) == 0 && text.Length > 0)
        {
            var at = random.Next(text.Length);
            if (random.Next(2) == 0) text.Remove(at, 1);
            else text.Insert(at, Pick(random, "\t", "{", "]", ":", "\"", "&", "\0", "- "));
        }
        return text.ToString();
    }

    static string Pick(Random random, params string[] from) => from[random.Next(from.Length)];
}

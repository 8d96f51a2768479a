using System.Diagnostics;
using System.Text;

namespace Kymo.Config.Tests;

/// <summary>
/// Damaged and random documents: each is read or refused with a place; what is read is written so that it reads the same; what holds
/// interpolations is resolved or refused.
/// </summary>
public sealed class DocumentFuzzTests
{
    const string Characters = " \n\t:-?,[]{}#&*!|>'\"%@`\\$.=a1é\uFEFF\u2028<~_0xe+";

    static readonly string[] s_documents =
    [
        "defaults:\n- db: mysql\n- override db@x: ${y}\n- _self_\na: {b: [1, 2.5, 'x', \"y\\n\"], c: ~}\n",
        "a: &x {p: 1, q: [a, b]}\nb:\n  <<: *x\n  r: *x\nc: |\n  text\n   more\nd: >-\n  folded\n  text\n",
        "? k\n: v\n'quoted key': !!str 1\n\"double\": 0x1F\ntimes: 12:30\nfloat: 1e-3\n---\n",
        "a: ${b.c}\nb:\n  c: ${.d}\n  d: ${oc.env:HOME,none}\n  e: ${oc.create:{x:[1,a b,'${a}']}}\n  f: '\\${a}'\nl: ['${l[1]}', 2]\n",
        "# @package _global_\nx: ${oc.decode:${oc.env:A,'[1,{b:2}]'}}/${now:%Y}-${oc.select:a.b.c,7}\ny: ${oc.dict.keys:.}\n",
        "%YAML 1.1\n%TAG ! tag:yaml.org,2002:\n--- !map\nlong: a b c\n  d e\n\n  f\nempty: ''\nlist:\n- - 1\n  - {}\n- []\n...\n",
    ];

    [Fact]
    public void Documents_are_read_and_written_back_or_refused()
    {
        var seed = Fuzz.Seed;
        var random = new Random(seed);
        var (read, refused) = (0, 0);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Fuzz.Time || read < 500 || refused < 500;)
        {
            var text = random.Next(4) == 0 ? Garbage(random) : Damaged(random, s_documents[random.Next(s_documents.Length)]);
            try
            {
                var node = YamlReader.ReadConfig(Encoding.UTF8.GetBytes(text), "fuzz.yaml");
                read++;
                AssertRoundTrip(node, $"seed {seed}\n{text}");
                TryResolve(node);
            }
            catch (ConfigException error)
            {
                Assert.StartsWith("fuzz.yaml:", error.Message);
                refused++;
            }
        }
    }

    [Fact]
    public void Random_bytes_are_read_or_refused_with_a_place()
    {
        var random = new Random(Fuzz.Seed);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Fuzz.Time / 4;)
        {
            var bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            try
            {
                YamlReader.ReadConfig(bytes, "fuzz.yaml");
            }
            catch (ConfigException error)
            {
                Assert.StartsWith("fuzz.yaml:", error.Message);
            }
        }
    }

    static void AssertRoundTrip(ConfigNode node, string because)
    {
        var written = YamlWriter.Write(node);
        Assert.True(YamlReader.Read(written, "written").SameAs(node), $"{because}\n--- was written as\n{written}");
    }

    static void TryResolve(ConfigNode root)
    {
        try
        {
            ConfigResolver.Of(root).ResolveAll(root);
        }
        catch (ConfigException error)
        {
            Assert.Contains("full_key: ", error.Message);
        }
    }

    static string Garbage(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Characters[random.Next(Characters.Length)]));

    static string Damaged(Random random, string text)
    {
        var result = new StringBuilder(text);
        for (var i = random.Next(4); i > 0; i--)
        {
            var at = random.Next(result.Length + 1);
            switch (random.Next(3))
            {
                case 0 when at < result.Length:
                    result.Remove(at, 1);
                    break;
                case 1:
                    result.Insert(at, result.ToString(Math.Max(0, at - 6), Math.Min(6, at)));
                    break;
                default:
                    result.Insert(at, Characters[random.Next(Characters.Length)]);
                    break;
            }
        }
        return result.ToString();
    }
}

using System.Text;
using System.Text.Json.Nodes;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Runs;

public sealed class CanonicalJsonTests
{
    [Fact]
    public void Text_has_sorted_keys_two_spaces_and_a_line_end()
    {
        var value = new JsonObject
        {
            ["b"] = new JsonArray(1, 2.5, "x"),
            ["a"] = new JsonObject(),
            ["Z"] = new JsonArray(),
            ["n"] = null,
            ["t"] = true,
            ["ä"] = "ü\n\"\\\u0001",
        };
        Assert.Equal(
            "{\n  \"Z\": [],\n  \"a\": {},\n  \"b\": [\n    1,\n    2.5,\n    \"x\"\n  ],\n  \"n\": null,\n  \"t\": true,\n" +
            "  \"ä\": \"ü\\n\\\"\\\\\\u0001\"\n}\n",
            CanonicalJson.Text(value));
        Assert.Equal("""{"Z":[],"a":{},"b":[1,2.5,"x"],"n":null,"t":true,"ä":"ü\n\"\\\u0001"}""", CanonicalJson.Compact(value));
    }

    [Fact]
    public void Numbers_and_keys_are_those_of_the_oracle()
    {
        double[] numbers =
        [
            0, -0.0, 1, -1, 0.1, 1e-4, 1e-5, 1.5e-7, 1e15, 1e16, 1e17, 123456789012345680, 1234567890123456.7, -2.5e15, 5e-324,
            1.7976931348623157e308, 0.0001234, 100, 1e21, 1.0 / 3, 4e15 + 0.5,
            .. Enumerable.Range(-30, 60)
                .SelectMany(e => (double[])[Math.Pow(10, e), 1.25 * Math.Pow(10, e), -7.0 / 9 * Math.Pow(10, e)]),
        ];
        var value = new JsonObject
        {
            ["numbers"] = new JsonArray([.. numbers.Select(n => (JsonNode)n)]),
            ["z"] = 1,
            ["Ä"] = 2,
            ["\uFF5E"] = 3,
            ["\U0001F600"] = 4,
            ["a"] = new JsonObject { ["deep"] = new JsonArray(new JsonArray()) },
        };
        using var folder = new TempFolder();
        File.WriteAllText(folder["ours.json"], CanonicalJson.Text(value));
        Assert.Equal(CanonicalJson.Text(value), Oracle.Ask("canonical_json.py", ["json"], folder["ours.json"]));
    }

    [Fact]
    public void Floats_have_the_digits_of_floats() => Assert.Equal("0.1 3.4028235e+38 1e-45 16777216.0",
        string.Join(' ', NumberText.Of(0.1f), NumberText.Of(float.MaxValue), NumberText.Of(float.Epsilon),
            NumberText.Of(16777216f)));

    [Fact]
    public void Numbers_that_are_none_become_null_with_a_note()
    {
        var value = new JsonObject
        {
            ["test"] = new JsonObject { ["loss"] = double.NaN },
            ["list"] = new JsonArray(1.5, double.NegativeInfinity),
        };
        var read = JsonNode.Parse(CanonicalJson.Text(value))!.AsObject();
        Assert.Null(read["test"]!["loss"]);
        Assert.Equal("NaN", (string?)read["not_finite"]!["test.loss"]);
        Assert.Equal("-Infinity", (string?)read["not_finite"]!["list[1]"]);
        Assert.False(value.ContainsKey("not_finite"));
    }

    [Fact]
    public void Hash_ignores_the_order_of_keys_but_no_value()
    {
        var one = new JsonObject { ["a"] = 1, ["b"] = 0.5 };
        var two = new JsonObject { ["b"] = 0.5, ["a"] = 1 };
        Assert.Equal(CanonicalJson.Hash(one), CanonicalJson.Hash(two));
        Assert.Equal(12, CanonicalJson.Hash(one).Length);
        two["a"] = 2;
        Assert.NotEqual(CanonicalJson.Hash(one), CanonicalJson.Hash(two));
        Assert.Equal(CanonicalJson.Hash(one), CanonicalJson.Hash(JsonNode.Parse(CanonicalJson.Text(one))));
        // The digest of {"a":1,"b":0.5}, by sha256sum.
        Assert.Equal("2e76599b", CanonicalJson.Hash(one, 8));
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[1]", "expected a JSON object")]
    [InlineData("{\"a\":1,\"a\":2}", "not JSON")]
    [InlineData("{\"a\":1", "not JSON")]
    [InlineData("{\"\\ud800\":1}", "surrogate")]
    [InlineData("{\"a\":\"\\ud800\"}", "surrogate")]
    public void A_file_that_is_no_object_is_refused(string text, string word)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["x.json"], text);
        var error = Assert.Throws<DataException>(() => CanonicalJson.ReadObject(folder["x.json"]));
        Assert.Contains(word, error.Message);
        Assert.Contains(folder["x.json"], error.Message);
    }

    [Fact]
    public void Bytes_that_are_no_text_and_deep_nesting_are_refused()
    {
        Assert.Contains("UTF-8", Assert.Throws<DataException>(() => CanonicalJson.ParseObject("x", "{\"\xF2\":1}"u8[..2])).Message
            + Assert.Throws<DataException>(() => CanonicalJson.ParseObject("x", [.. "{\""u8, 0xF2, .. "\":1}"u8])).Message);
        var deep = Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 100) + new string(']', 100) + "}");
        Assert.Throws<DataException>(() => CanonicalJson.ParseObject("x", deep));
        Assert.Throws<DataException>(() => CanonicalJson.ReadObject("/nowhere/x.json"));
    }
}

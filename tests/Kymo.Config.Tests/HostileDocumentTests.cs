using System.Text;

namespace Kymo.Config.Tests;

/// <summary>Documents made to do harm: each ends in an error with a place, or is read; none in a crash or without end.</summary>
public sealed class HostileDocumentTests
{
    const int TenMegabytes = 10_000_000;

    [Theory]
    [InlineData("[", "")]
    [InlineData("[", "]")]
    [InlineData("{a: ", "}")]
    [InlineData("{a: ", "")]
    [InlineData("- ", "")]
    [InlineData("? ", "")]
    public void A_thousand_levels_are_an_error_with_a_place(string open, string close)
    {
        var text = string.Concat(Enumerable.Repeat(open, 1000)) + "1" + string.Concat(Enumerable.Repeat(close, 1000));
        var message = Refused(text);
        Assert.StartsWith("conf.yaml:1:", message);
        Assert.Contains("nested deeper than", message);
    }

    [Fact]
    public void A_thousand_levels_of_indentation_are_an_error_with_a_place()
    {
        var text = string.Concat(Enumerable.Range(0, 1000).Select(i => new string(' ', i) + "a:\n"));
        Assert.Matches("^conf.yaml:[0-9]+:[0-9]+: nested deeper than", Refused(text));
    }

    [Theory]
    [InlineData("abc019 .,:;()[]{}'\"\\$=~+-_@/%é\n\t#&*!|>?<`")]
    [InlineData("[{,")]
    [InlineData("a: \n-")]
    [InlineData("'\"\n")]
    [InlineData("&*a \n")]
    [InlineData("!<>%")]
    public void Ten_megabytes_of_garbage_are_an_error_with_a_short_message(string characters)
    {
        var random = new Random(1);
        var garbage = new StringBuilder(TenMegabytes + 1);
        while (garbage.Length < TenMegabytes) garbage.Append(characters[random.Next(characters.Length)]);
        Assert.InRange(Refused(garbage.ToString()).Length, 1, 1000);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("- ")]
    [InlineData("a: ")]
    [InlineData("'")]
    [InlineData("\"\\")]
    [InlineData("&")]
    [InlineData("*")]
    [InlineData("%")]
    [InlineData("|\n")]
    [InlineData("? ")]
    [InlineData("---\n")]
    [InlineData("\t")]
    [InlineData("a\n")]
    [InlineData("[a, ")]
    [InlineData("${")]
    public void Ten_megabytes_of_one_thing_end(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, TenMegabytes / unit.Length));
        try
        {
            YamlReader.ReadConfig(text, "conf.yaml");
        }
        catch (ConfigException error)
        {
            Assert.InRange(error.Message.Length, 1, 2000);
        }
    }

    [Fact]
    public void Well_formed_text_of_a_hundred_thousand_lines_is_read()
    {
        var text = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"key{i}: {i}\n"));
        var map = Assert.IsType<MapNode>(YamlReader.ReadConfig(text, "conf.yaml"));
        Assert.Equal(100_000, map.Count);
        Assert.Equal("99999", map["key99999"]!.ToString());
    }

    [Fact]
    public void More_than_the_largest_size_is_refused_before_it_is_read()
    {
        var error = Assert.Throws<ConfigException>(() => YamlReader.ReadConfig(new byte[YamlReader.MaxBytes + 1], "conf.yaml"));
        Assert.Contains($"at most {YamlReader.MaxBytes} are read", error.Message);
    }

    [Fact]
    public void Aliases_of_aliases_do_not_grow_without_bound()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++) text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Contains("aliases grow the document past", Refused(text.ToString()));
    }

    [Fact]
    public void An_alias_of_what_it_stands_in_is_refused() =>
        Assert.StartsWith("conf.yaml:1:4: an alias stands inside the sequence it names", Refused("a: &x [1, *x]"));

    [Fact]
    public void Merge_keys_in_a_long_chain_end()
    {
        var text = new StringBuilder("l:\n- &m0 {k0: 0}\n");
        for (var i = 1; i < 20_000; i++) text.Append($"- &m{i} {{<<: *m{i - 1}, k{i}: {i}}}\n");
        Assert.Contains("merge keys copy more than", Refused(text.ToString()));
        // Seen before the maps it merges, which lie deeper.
        text = new StringBuilder("l: [[[&m0 {k0: 0}");
        for (var i = 1; i < 5000; i++) text.Append($", &m{i} {{<<: *m{i - 1}}}");
        Assert.Contains("maps merge one another", Refused(text.Append("]]]\nx: {<<: *m4999}").ToString()));
    }

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3", "conf.yaml:3:1: found duplicate key a (first given in line 1, again in line 3); keep one of the two")]
    [InlineData("a:\tb", "conf.yaml:1:3: found a tab")]
    [InlineData("a:\n\tb: 1", "conf.yaml:2:1: found a tab")]
    [InlineData("a: 1\n b: 2", "conf.yaml:2:3: mapping values are not allowed here")]
    [InlineData("a: 'x", "conf.yaml:1:6: found unexpected end of the document; the closing quote is missing")]
    [InlineData("a: [1, 2", "conf.yaml:1:9: expected ',' or ']'")]
    [InlineData("a: \u0001", "conf.yaml:1:4: unacceptable character U+0001")]
    [InlineData("a: *x", "conf.yaml:1:4: found undefined alias")]
    [InlineData("a: !!python/name:os.system x", "conf.yaml:1:4: could not determine a constructor for the tag")]
    [InlineData("a: 1\n---\nb: 2", "conf.yaml:2:1: expected the end of a single document")]
    [InlineData("a: @x", "conf.yaml:1:4: found '@' that cannot start any token; put the text in quotes")]
    [InlineData("[1]: 2", "conf.yaml:1:1: a sequence cannot be a key")]
    [InlineData("~: 2", "conf.yaml:1:4: Incompatible key type 'NoneType'")]
    [InlineData("a: '${b'", "conf.yaml:1:4: ")]
    public void Messages_begin_with_the_place_and_say_what_was_expected(string text, string expected) => Assert.StartsWith(expected, Refused(text));

    [Fact]
    public void A_fault_shows_its_line_and_a_caret()
    {
        var lines = Refused("ok: 1\nlist: [1, 2}\n").Split('\n');
        Assert.Equal("    list: [1, 2}", lines[^2]);
        Assert.Equal("    " + new string(' ', 11) + "^", lines[^1]);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        Assert.Equal("1", ((MapNode)YamlReader.ReadConfig([0xEF, 0xBB, 0xBF, .. "a: 1"u8], "conf.yaml"))["a"]!.ToString());
        Assert.Equal("1", ((MapNode)YamlReader.ReadConfig("\uFEFFa: 1", "conf.yaml"))["a"]!.ToString());
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', (byte)'b', 0xFF }, "conf.yaml:2:2: byte 0xFF is not UTF-8")]
    [InlineData(new byte[] { 0xC3, 0xA9, 0xC3 }, "conf.yaml:1:2: byte 0xC3 is not UTF-8")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "conf.yaml:1:1: byte 0xED is not UTF-8")]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a', 0 }, "conf.yaml:1:1: byte 0xFF is not UTF-8")]
    public void Bytes_that_are_no_utf8_are_named(byte[] bytes, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<ConfigException>(() => YamlReader.ReadConfig(bytes, "conf.yaml")).Message);

    static string Refused(string text) => Assert.Throws<ConfigException>(() => YamlReader.ReadConfig(text, "conf.yaml")).Message;
}

using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Kymo.Config.Tests;

/// <summary>Random overrides: each is read or refused with a message, and what is read is written so that it reads the same.</summary>
public sealed class OverrideFuzzTests
{
    [Fact]
    public void Random_overrides_are_read_and_written_back_or_refused()
    {
        var seed = Fuzz.Seed;
        var text = new OverrideText(new Random(seed));
        var (read, refused) = (0, 0);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Fuzz.Time || read < 1000;)
        {
            var next = text.Next();
            if (TryParse(next) is not { } parsed)
            {
                refused++;
                continue;
            }
            read++;
            AssertRoundTrip(parsed, $"seed {seed}: {next}");
        }
        Assert.True(refused > 0);
    }

    [Fact]
    public void Garbage_is_read_or_refused()
    {
        var seed = Fuzz.Seed;
        var random = new Random(seed);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Fuzz.Time / 2;)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            TryParse(Encoding.Latin1.GetString(bytes));
            TryParse("k=" + Encoding.Unicode.GetString(bytes));
        }
    }

    [Theory]
    [InlineData("k=")]
    [InlineData("k='")]
    [InlineData("k=[")]
    [InlineData("")]
    public void Ten_megabytes_of_garbage_are_refused_with_a_short_message(string start)
    {
        var random = new Random(1);
        var garbage = new StringBuilder(start, 10_000_100);
        const string characters = "abc019 .,:;()[]{}'\"\\$=~+-_@/%é";
        while (garbage.Length < 10_000_000) garbage.Append(characters[random.Next(characters.Length)]);
        var error = Assert.Throws<ConfigException>(() => Override.Parse(garbage.ToString()));
        Assert.True(error.Message.Length < 2000);
    }

    [Fact]
    public void Ten_megabytes_of_well_formed_text_are_read()
    {
        var list = Assert.IsType<ListValue>(Override.Parse("k=[" + string.Join(',', Enumerable.Repeat("abc", 2_500_000)) + "]").Value);
        Assert.Equal(2_500_000, list.Items.Count);
        var dict = string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"k{i}:{i}"));
        Assert.Equal(200_000, Assert.IsType<DictValue>(Override.Parse("k={" + dict + "}").Value).Items.Count);
    }

    [Fact]
    public void Any_text_comes_back_from_its_quotes_and_from_its_written_form() => Check.One(Fuzz.Property,
        Prop.ForAll<NonNull<string>>(text =>
        {
            foreach (var kind in Enum.GetValues<QuoteKind>())
                Assert.Equal(new QuotedValue(text.Get, kind), Override.Parse("k=" + QuotedText.Write(text.Get, kind)).Value);
            Assert.Equal(text.Get, Plain(Override.Parse("k=" + OverrideWriter.Write(new TextValue(text.Get))).Value!));
        }));

    [Fact]
    public void Any_float_comes_back_from_its_written_form() => Check.One(Fuzz.Property,
        Prop.ForAll<double>(number => Assert.Equal(
            new FloatValue(number), Override.Parse("k=" + OverrideWriter.Write(new FloatValue(number))).Value)));

    static Override? TryParse(string text)
    {
        try
        {
            return Override.Parse(text);
        }
        catch (ConfigException error)
        {
            Assert.True(error.Message.Split('\n').Any(line => line.TrimStart() == "^"), $"{text}\n{error.Message}");
            return null;
        }
    }

    static void AssertRoundTrip(Override parsed, string because)
    {
        var written = $"{parsed.KeyElement}{(parsed.Value is null ? "" : "=" + OverrideWriter.Write(parsed.Value))}";
        var again = TryParse(written);
        Assert.True(again is not null, $"{because}\n{written}");
        Assert.True((parsed.Kind, parsed.KeyOrGroup, parsed.Package) == (again.Kind, again.KeyOrGroup, again.Package), $"{because}\n{written}");
        // Text may have been quoted on the way; all else is the same.
        Assert.True(Equals(Normal(parsed.Value), Normal(again.Value)), $"{because}\n{written}\n{again.Value}");
        if (parsed.Value is ChoiceSweep { Tags: [] } sweep) Assert.Equal(sweep.IsSimple, Assert.IsType<ChoiceSweep>(again.Value).IsSimple);
    }

    static string Plain(OverrideValue value) => value is QuotedValue quoted ? quoted.Text : Assert.IsType<TextValue>(value).Text;

    /// <summary>Without quotes, and with every comma list as a choice.</summary>
    static OverrideValue? Normal(OverrideValue? value) => value switch
    {
        QuotedValue quoted => new TextValue(quoted.Text),
        ListValue list => new ListValue(Normal(list.Items)),
        DictValue dict => new DictValue([.. dict.Items.Select(item => KeyValuePair.Create(item.Key, Normal(item.Value)!))]),
        ChoiceSweep choice => choice with { Items = Normal(choice.Items), IsSimple = false },
        GlobSweep glob => new GlobSweep(Normal(glob.Include), Normal(glob.Exclude)),
        _ => value,
    };

    static IReadOnlyList<OverrideValue> Normal(IReadOnlyList<OverrideValue> items) => [.. items.Select(item => Normal(item)!)];
}

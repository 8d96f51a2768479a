using Kymo.App.Web.Pages;

namespace Kymo.App.Tests.Web.Pages;

public sealed class MarkupTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\" onfocus=\"alert(1)")]
    [InlineData("' onfocus='alert(1)")]
    [InlineData("&lt;b&gt;")]
    public void Of_text_between_quotes_or_tags_stays_text(string text)
    {
        var piece = Markup.Of($"<a title=\"{text}\">{text}</a>").ToString();
        Assert.Equal(text, System.Xml.Linq.XElement.Parse(piece.Replace("&#39;", "&apos;", StringComparison.Ordinal)).Value);
        Assert.Equal(text, System.Xml.Linq.XElement.Parse(piece).Attribute("title")!.Value);
        Assert.Single(System.Xml.Linq.XElement.Parse(piece).Attributes());
    }

    [Fact]
    public void Of_markup_is_not_escaped_again() => Assert.Equal("<p><b>a &amp; b</b>3</p>", Markup.Of($"<p>{Markup.Of($"<b>{"a & b"}</b>")}{3}</p>").ToString());

    [Theory]
    [InlineData(0.5, "0.500")]
    [InlineData(1234.5, "1234.5")]
    [InlineData(0.00123456, "0.00123")]
    [InlineData(double.NaN, "–")]
    public void Score_has_the_places_that_its_size_needs(double value, string text) => Assert.Equal(text, Words.Score(value));

    [Theory]
    [InlineData(3.14, "3.1 s")]
    [InlineData(61, "1 min 1 s")]
    [InlineData(3700, "1 h 1 min")]
    [InlineData(200000, "2 d 7 h")]
    [InlineData(-1, "–")]
    [InlineData(double.PositiveInfinity, "–")]
    public void Duration_says_its_largest_units(double seconds, string text) => Assert.Equal(text, Words.Duration(seconds));
}

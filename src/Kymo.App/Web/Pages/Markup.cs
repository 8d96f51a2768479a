using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Kymo.Lab.Runs.Reporting;

namespace Kymo.App.Web.Pages;

/// <summary>A piece of a page. Built from interpolated text only, in which everything that is not itself markup is escaped.</summary>
/// <param name="text">The piece as it is sent.</param>
readonly struct Markup(string text)
{
    /// <summary>Nothing.</summary>
    public static Markup None => default;

    /// <summary>Whether there is nothing to show.</summary>
    public bool IsEmpty => string.IsNullOrEmpty(text);

    /// <summary>A piece from an interpolated text; texts within it are escaped, also between the quotes of an attribute.</summary>
    public static Markup Of(MarkupHandler piece) => new(piece.ToString());

    /// <summary>Pieces one after the other.</summary>
    public static Markup Join(IEnumerable<Markup> pieces) => new(string.Concat(pieces));

    /// <inheritdoc/>
    public override string ToString() => text ?? "";
}

/// <summary>Puts a <see cref="Markup"/> together.</summary>
[InterpolatedStringHandler]
readonly struct MarkupHandler(int literalLength, int formattedCount)
{
    readonly StringBuilder _text = new(literalLength + (16 * formattedCount));

    public void AppendLiteral(string literal) => _text.Append(literal);

    public void AppendFormatted(Markup piece) => _text.Append(piece.ToString());

    public void AppendFormatted(IEnumerable<Markup> pieces) => _text.AppendJoin("", pieces);

    public void AppendFormatted(string? text) => _text.Append(HtmlText.Escape(text ?? ""));

    public void AppendFormatted(long number) => _text.Append(CultureInfo.InvariantCulture, $"{number}");

    public void AppendFormatted(double number, string format) => _text.Append(number.ToString(format, CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}

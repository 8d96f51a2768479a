using System.Text;

namespace Kymo.Config;

/// <summary>
/// Quoted text: inside quotes, a quote of the same kind is escaped by a backslash, and backslashes are doubled where they stand
/// before such a quote or before the closing one. All other backslashes stand for themselves.
/// </summary>
static class QuotedText
{
    /// <summary>Reads text with its quotes around it.</summary>
    public static QuotedValue Read(ReadOnlySpan<char> quoted)
    {
        var quote = quoted[0];
        var kind = quote == '\'' ? QuoteKind.Single : QuoteKind.Double;
        var inner = quoted[1..^1];
        if (!inner.Contains('\\')) return new QuotedValue(inner.ToString(), kind);
        var result = new StringBuilder(inner.Length);
        var backslashes = 0;
        foreach (var character in inner)
        {
            if (character == '\\')
            {
                backslashes++;
                continue;
            }
            result.Append('\\', character == quote ? backslashes / 2 : backslashes).Append(character);
            backslashes = 0;
        }
        return new QuotedValue(result.Append('\\', backslashes / 2).ToString(), kind);
    }

    /// <summary>Puts text into quotes.</summary>
    public static string Write(string text, QuoteKind kind)
    {
        var quote = kind == QuoteKind.Single ? '\'' : '"';
        if (!text.AsSpan().ContainsAny(quote, '\\')) return $"{quote}{text}{quote}";
        var result = new StringBuilder(text.Length + 8).Append(quote);
        var backslashes = 0;
        foreach (var character in text)
        {
            if (character == '\\')
            {
                backslashes++;
                continue;
            }
            result.Append('\\', character == quote ? 2 * backslashes + 1 : backslashes).Append(character);
            backslashes = 0;
        }
        return result.Append('\\', 2 * backslashes).Append(quote).ToString();
    }
}

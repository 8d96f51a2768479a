using System.Globalization;
using System.Text;

namespace Kymo.Config;

/// <summary>Scans scalars in single or double quotes.</summary>
internal static class YamlQuotedScalar
{
    public static YamlToken Scan(YamlText text)
    {
        var start = text.Mark;
        var quote = text.Peek();
        var result = new StringBuilder();
        text.Forward();
        Characters(text, quote, start, result);
        while (text.Peek() != quote)
        {
            Spaces(text, start, result);
            Characters(text, quote, start, result);
        }
        text.Forward();
        return new YamlToken(YamlTokenKind.Scalar, start, result.ToString());
    }

    /// <summary>Everything up to the closing quote or a blank.</summary>
    static void Characters(YamlText text, char quote, YamlMark start, StringBuilder result)
    {
        while (true)
        {
            var length = 0;
            while (!YamlText.IsSpaceOrEnd(text.Peek(length)) && text.Peek(length) is not ('\'' or '"' or '\\')) length++;
            if (length > 0) result.Append(text.Take(length));
            var c = text.Peek();
            if (c == '\'' && quote == '\'' && text.Peek(1) == '\'')
            {
                result.Append(c);
                text.Forward(2);
            }
            else if (c == '\\' && quote == '"') Escape(text, start, result);
            else if (c != quote && c is '\'' or '"' or '\\' && c != quote) result.Append(text.Take(1));
            else return;
        }
    }

    static void Escape(YamlText text, YamlMark start, StringBuilder result)
    {
        text.Forward();
        var c = text.Peek();
        if (YamlText.IsBreak(c))
        {
            text.LineBreak();
            result.Append(Breaks(text, start));
            return;
        }
        var digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0)
        {
            result.Append(Replacement(c) ?? throw text.Error($"found unknown escape character {YamlText.Name(c)}; write '\\\\' for a backslash",
                text.Mark, "a double-quoted scalar", start));
            text.Forward();
            return;
        }
        text.Forward();
        for (var i = 0; i < digits; i++)
            if (!char.IsAsciiHexDigit(text.Peek(i)))
                throw text.Error($"expected {digits} hexadecimal digits, but found {YamlText.Name(text.Peek(i))}", text.Mark, "a double-quoted scalar", start);
        var mark = text.Mark;
        var code = uint.Parse(text.Take(digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (code > 0x10FFFF) throw text.Error("there is no such character", mark, "a double-quoted scalar", start);
        if (code > char.MaxValue) result.Append(char.ConvertFromUtf32((int)code));
        else result.Append((char)code);
    }

    static char? Replacement(char c) => c switch
    {
        '0' => '\0',
        'a' => '\a',
        'b' => '\b',
        't' or '\t' => '\t',
        'n' => '\n',
        'v' => '\v',
        'f' => '\f',
        'r' => '\r',
        'e' => '\u001b',
        ' ' or '"' or '\\' or '/' => c,
        'N' => '\u0085',
        '_' => '\u00a0',
        'L' => '\u2028',
        'P' => '\u2029',
        _ => null,
    };

    static void Spaces(YamlText text, YamlMark start, StringBuilder result)
    {
        var length = 0;
        while (text.Peek(length) is ' ' or '\t') length++;
        var blanks = text.Take(length);
        var c = text.Peek();
        if (c == '\0') throw text.Error("found unexpected end of the document; the closing quote is missing", text.Mark, "a quoted scalar", start);
        if (!YamlText.IsBreak(c))
        {
            result.Append(blanks);
            return;
        }
        var first = text.LineBreak();
        var breaks = Breaks(text, start);
        if (first != "\n") result.Append(first);
        else if (breaks.Length == 0) result.Append(' ');
        result.Append(breaks);
    }

    static string Breaks(YamlText text, YamlMark start)
    {
        var breaks = new StringBuilder();
        while (true)
        {
            if (text.AtSeparator()) throw text.Error("found unexpected document separator", text.Mark, "a quoted scalar", start);
            while (text.Peek() is ' ' or '\t') text.Forward();
            if (!YamlText.IsBreak(text.Peek())) return breaks.ToString();
            breaks.Append(text.LineBreak());
        }
    }
}

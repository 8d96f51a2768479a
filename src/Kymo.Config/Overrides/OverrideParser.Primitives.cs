using System.Globalization;
using System.Numerics;
using System.Text;

namespace Kymo.Config;

sealed partial class OverrideParser
{
    QuotedValue ParseQuoted()
    {
        var token = Advance();
        return QuotedText.Read(_text.AsSpan(token.Start, token.End - token.Start));
    }

    /// <summary>
    /// A run of unquoted tokens. One token alone keeps its type; several are one text, blanks inside it kept and outside it
    /// dropped. The parts of an interpolation or an escape keep their place in it.
    /// </summary>
    OverrideValue ParsePrimitive(bool inDictKey)
    {
        var first = _current;
        var last = first;
        var tokens = 0;
        var escaped = false;
        if (first.Kind == OverrideTokenKind.Blank)
        {
            Advance();
            first = _current;
        }
        while (inDictKey ? _current.IsDictKey : _current.IsPrimitive)
        {
            if (_current.Kind == OverrideTokenKind.Blank && !(inDictKey ? _next.IsDictKey : _next.IsPrimitive))
            {
                Advance();
                break;
            }
            escaped |= _current.Kind == OverrideTokenKind.Escape;
            last = Advance();
            tokens++;
        }
        if (tokens == 0) throw _errors.AllBlank(first.Start);
        if (tokens == 1) return FromToken(first);
        return new TextValue(escaped ? Unescape(first.Start, last.End) : _text[first.Start..last.End]);
    }

    OverrideValue FromToken(OverrideToken token)
    {
        var span = _text.AsSpan(token.Start, token.End - token.Start);
        return token.Kind switch
        {
            OverrideTokenKind.Int => ReadInt(token, span),
            OverrideTokenKind.Float => new FloatValue(ReadFloat(span)),
            OverrideTokenKind.Bool => BoolValue.Of(span.Length == 4),
            OverrideTokenKind.Null => NullValue.Instance,
            OverrideTokenKind.Escape => new TextValue(Unescape(token.Start, token.End)),
            _ => new TextValue(span.ToString()),
        };
    }

    OverrideValue ReadInt(OverrideToken token, ReadOnlySpan<char> digits)
    {
        if (digits.Length <= 18 && !digits.Contains('_')) return new IntValue(long.Parse(digits, CultureInfo.InvariantCulture));
        if (PythonArithmetic.HasTooManyDigits(digits)) throw _errors.TooManyDigits(token.Start);
        return new IntValue(BigInteger.Parse(WithoutUnderscores(digits), CultureInfo.InvariantCulture));
    }

    static double ReadFloat(ReadOnlySpan<char> text)
    {
        var unsigned = text[0] is '+' or '-' ? text[1..] : text;
        if (char.IsAsciiLetter(unsigned[0]))
        {
            var value = (unsigned[0] | 0x20) == 'n' ? double.NaN : double.PositiveInfinity;
            return text[0] == '-' ? -value : value;
        }
        return double.Parse(WithoutUnderscores(text), NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    static ReadOnlySpan<char> WithoutUnderscores(ReadOnlySpan<char> text) =>
        text.Contains('_') ? text.ToString().Replace("_", "", StringComparison.Ordinal) : text;

    /// <summary>
    /// The text of a run of tokens with its escapes undone. Backslashes are taken from the left as the lexer took them; only
    /// inside an interpolation they are left alone.
    /// </summary>
    string Unescape(int start, int end)
    {
        var lexer = new OverrideLexer(_text, start);
        var result = new StringBuilder(end - start);
        for (var token = lexer.Next(); token.Start < end; token = lexer.Next())
        {
            if (token.Kind != OverrideTokenKind.Escape) result.Append(_text, token.Start, token.End - token.Start);
            else for (var i = token.Start + 1; i < token.End; i += 2) result.Append(_text[i]);
        }
        return result.ToString();
    }
}

using System.Globalization;
using System.Numerics;
using System.Text;

namespace Kymo.Config;

/// <summary>Text to numbers by the rules of Python's <c>int()</c> and <c>float()</c>.</summary>
public static class PythonNumbers
{
    /// <summary>Most digits of an integer; Python refuses more as well.</summary>
    const int MaxDigits = 4300;

    /// <summary>
    /// <c>int(text, radix)</c>: blanks around, a sign, digits with single underscores between them, the prefix of the radix.
    /// </summary>
    /// <param name="text">What to read.</param>
    /// <param name="radix">2, 8, 10 or 16.</param>
    /// <param name="value">A long, or a <see cref="BigInteger"/> beyond it.</param>
    public static bool TryParseInt(string text, int radix, out object value)
    {
        value = 0L;
        var rest = AsciiDigits(Trim(text));
        var negative = rest.StartsWith('-');
        if (negative || rest.StartsWith('+')) rest = rest[1..];
        if (Prefix(radix) is { } prefix && rest.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            rest = rest[2..];
            if (rest.StartsWith('_')) rest = rest[1..];
        }
        if (!Ungroup(rest, c => DigitOf(c) < radix, out var digits) || digits.Length == 0) return false;
        if (radix == 10 && digits.Length > MaxDigits) return false;
        var number = Magnitude(digits, radix);
        value = ScalarNode.Normalize(negative ? -number : number)!;
        return true;
    }

    /// <summary><c>float(text)</c>: also <c>inf</c>, <c>infinity</c>, <c>nan</c> in any case, and underscores between digits.</summary>
    public static bool TryParseFloat(string text, out double value)
    {
        value = 0;
        var rest = AsciiDigits(Trim(text));
        var unsigned = rest.StartsWith('-') || rest.StartsWith('+') ? rest[1..] : rest;
        var sign = rest.StartsWith('-') ? -1.0 : 1.0;
        switch (unsigned.ToLowerInvariant())
        {
            case "inf" or "infinity":
                value = sign * double.PositiveInfinity;
                return true;
            case "nan":
                value = double.NaN;
                return true;
        }
        if (!IsDecimal(unsigned)) return false;
        value = sign * double.Parse(unsigned.Replace("_", ""), NumberStyles.Float, CultureInfo.InvariantCulture);
        return true;
    }

    /// <summary>Digits, at most one point and an exponent, at least one digit before the exponent and one in it.</summary>
    static bool IsDecimal(string text)
    {
        var at = 0;
        var whole = Digits(text, ref at);
        var fraction = 0;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            fraction = Digits(text, ref at);
        }
        if (whole < 0 || fraction < 0 || whole + fraction == 0) return false;
        if (at == text.Length) return true;
        if (text[at] is not ('e' or 'E')) return false;
        at++;
        if (at < text.Length && text[at] is '+' or '-') at++;
        return Digits(text, ref at) > 0 && at == text.Length;
    }

    /// <summary>Passes digits with single underscores between them; their number, or -1 for a misplaced underscore.</summary>
    static int Digits(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '_')) at++;
        if (!Ungroup(text[start..at], char.IsAsciiDigit, out var digits)) return -1;
        return digits.Length;
    }

    /// <summary>Takes out single underscores between digits; false for any other character.</summary>
    static bool Ungroup(string text, Func<char, bool> isDigit, out string digits)
    {
        digits = "";
        for (var i = 0; i < text.Length; i++)
        {
            var between = text[i] == '_' && i > 0 && i + 1 < text.Length && text[i - 1] != '_';
            if (!between && !isDigit(text[i])) return false;
        }
        digits = text.Replace("_", "");
        return true;
    }

    /// <summary>Other scripts' decimal digits as ASCII digits.</summary>
    static string AsciiDigits(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text)) return text.ToString();
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            result.Append(Rune.IsDigit(rune) ? ((int)Rune.GetNumericValue(rune)).ToString(CultureInfo.InvariantCulture) : rune.ToString());
        return result.ToString();
    }

    /// <summary>Without the blanks around it, among which Python counts the separators U+001C to U+001F.</summary>
    static ReadOnlySpan<char> Trim(string text)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && IsBlank(text[start])) start++;
        while (end > start && IsBlank(text[end - 1])) end--;
        return text.AsSpan(start, end - start);
    }

    static bool IsBlank(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    static BigInteger Magnitude(string digits, int radix)
    {
        if (radix == 10) return BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        var bits = radix switch { 2 => 1, 8 => 3, _ => 4 };
        var number = BigInteger.Zero;
        foreach (var digit in digits) number = (number << bits) + DigitOf(digit);
        return number;
    }

    static string? Prefix(int radix) => radix switch { 2 => "0b", 8 => "0o", 16 => "0x", _ => null };

    static int DigitOf(char c) => char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;
}

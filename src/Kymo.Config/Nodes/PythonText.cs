using System.Globalization;
using System.Text;

namespace Kymo.Config;

/// <summary>Values as Python's <c>str</c> and <c>repr</c> print them, which is what interpolation inside text and messages show.</summary>
public static class PythonText
{
    /// <summary>A scalar as <c>str</c> prints it: <c>None</c>, <c>True</c>, <c>1</c>, <c>1e-05</c>, text as is.</summary>
    /// <param name="value">A value of <see cref="ScalarNode"/>.</param>
    public static string Of(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        double number => Of(number),
        string text => text,
        byte[] bytes => Quoted(bytes),
        _ => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
    };

    /// <summary>A float as <c>repr</c> prints it: the fewest digits that give the same number back.</summary>
    public static string Of(double number)
    {
        if (double.IsNaN(number)) return "nan";
        if (double.IsInfinity(number)) return number > 0 ? "inf" : "-inf";
        var sign = double.IsNegative(number) ? "-" : "";
        var (digits, exponent) = Digits(Math.Abs(number).ToString("R", CultureInfo.InvariantCulture));
        if (exponent is < -4 or >= 16) return sign + Scientific(digits, exponent);
        if (exponent < 0) return sign + "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1) return sign + digits.PadRight(exponent + 1, '0') + ".0";
        return sign + digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    /// <summary>A node as <c>repr</c> prints it: strings in quotes, lists as <c>[1, 'a']</c>, maps as <c>{'k': 1}</c>.</summary>
    public static string Quoted(ConfigNode node) => node switch
    {
        ScalarNode scalar => QuotedScalar(scalar.Value),
        ListNode list => "[" + string.Join(", ", list.Select(Quoted)) + "]",
        MapNode map => "{" + string.Join(", ", map.Select(pair => $"{QuotedScalar(pair.Key.Value)}: {Quoted(pair.Value)}")) + "}",
        _ => throw new ArgumentException("no such node", nameof(node)),
    };

    /// <summary>Text as <c>repr</c> prints it: in single quotes, or double ones where the text holds single ones only.</summary>
    public static string Quoted(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var result = new StringBuilder().Append(quote);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\\' => result.Append(@"\\"),
                '\n' => result.Append(@"\n"),
                '\r' => result.Append(@"\r"),
                '\t' => result.Append(@"\t"),
                < 32 or 127 => result.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                _ when rune.Value == quote => result.Append('\\').Append(quote),
                _ => Printable(result, rune),
            };
        }
        return result.Append(quote).ToString();
    }

    static StringBuilder Printable(StringBuilder result, Rune rune)
    {
        var hidden = rune.Value > 127 && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
        hidden |= rune.Value > 127 && Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpaceSeparator;
        if (!hidden) return result.Append(rune.ToString());
        return rune.Value switch
        {
            < 256 => result.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
            < 65536 => result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
            _ => result.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
        };
    }

    static string QuotedScalar(object? value) => value is string text ? Quoted(text) : Of(value);

    static string Quoted(byte[] bytes)
    {
        var result = new StringBuilder("b'");
        foreach (var b in bytes)
        {
            _ = b switch
            {
                (byte)'\\' or (byte)'\'' => result.Append('\\').Append((char)b),
                (byte)'\n' => result.Append(@"\n"),
                (byte)'\r' => result.Append(@"\r"),
                (byte)'\t' => result.Append(@"\t"),
                < 32 or >= 127 => result.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}"),
                _ => result.Append((char)b),
            };
        }
        return result.Append('\'').ToString();
    }

    /// <summary>The significant digits of a shortest form and the power of ten of the first of them.</summary>
    static (string Digits, int Exponent) Digits(string text)
    {
        var exponent = 0;
        if (text.IndexOf('E') is var at and >= 0)
        {
            exponent = int.Parse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..at];
        }
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var digits = point < 0 ? text : whole + text[(point + 1)..];
        exponent += whole.Length - 1;
        var leading = digits.Length - digits.TrimStart('0').Length;
        digits = digits.Trim('0');
        return digits.Length == 0 ? ("0", 0) : (digits, exponent - leading);
    }

    static string Scientific(string digits, int exponent)
    {
        var mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
        return mantissa + (exponent < 0 ? "e-" : "e+") + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
    }
}

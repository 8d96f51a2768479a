namespace Kymo.Config;

/// <summary>The values of scalars by their tags, as PyYAML's safe loader constructs them.</summary>
internal static class YamlScalars
{
    /// <summary>The value of a scalar: null, bool, an integer, a float, a string or bytes.</summary>
    /// <exception cref="ConfigException">The text is not of the tag's form.</exception>
    public static object? Value(ScalarGraph scalar) => scalar.Resolved switch
    {
        YamlTag.Null => null,
        YamlTag.Bool => Bool(scalar.Text) ?? throw Bad(scalar, "bool"),
        YamlTag.Int => Int(scalar.Text) ?? throw Bad(scalar, "integer"),
        YamlTag.Float => Float(scalar.Text) ?? throw Bad(scalar, "float"),
        YamlTag.Binary => Binary(scalar.Text) ?? throw Bad(scalar, "base64 text"),
        _ => scalar.Text,
    };

    static bool? Bool(string text) => text.ToLowerInvariant() switch
    {
        "yes" or "true" or "on" => true,
        "no" or "false" or "off" => false,
        _ => null,
    };

    /// <summary>Decimal, <c>0b</c>, <c>0x</c>, octal by a leading 0, base 60 by colons; underscores anywhere.</summary>
    static object? Int(string text)
    {
        var (rest, sign) = Unsigned(text.Replace("_", ""));
        if (rest.Length == 0) return null;
        if (rest.Contains(':') && rest[0] != '0') return Sexagesimal(rest, sign);
        var (digits, radix) = rest switch
        {
            "0" => (rest, 10),
            _ when rest.StartsWith("0b", StringComparison.Ordinal) => (rest[2..], 2),
            _ when rest.StartsWith("0x", StringComparison.Ordinal) => (rest[2..], 16),
            _ => (rest, rest[0] == '0' ? 8 : 10),
        };
        if (!PythonNumbers.TryParseInt(digits, radix, out var value)) return null;
        return sign < 0 ? Negated(value) : value;
    }

    static object? Sexagesimal(string text, int sign)
    {
        System.Numerics.BigInteger total = 0;
        foreach (var part in text.Split(':'))
        {
            if (!PythonNumbers.TryParseInt(part, 10, out var digit)) return null;
            total = total * 60 + (digit is long small ? small : (System.Numerics.BigInteger)digit);
        }
        return ScalarNode.Normalize(sign * total);
    }

    static object Negated(object value)
        => ScalarNode.Normalize(-(value is long small ? small : (System.Numerics.BigInteger)value))!;

    static object? Float(string text)
    {
        var (rest, sign) = Unsigned(text.Replace("_", "").ToLowerInvariant());
        switch (rest)
        {
            case "":
                return null;
            case ".inf":
                return sign * double.PositiveInfinity;
            case ".nan":
                return double.NaN;
        }
        if (!rest.Contains(':')) return PythonNumbers.TryParseFloat(rest, out var value) ? sign * value : null;
        var total = 0.0;
        var unit = 1.0;
        foreach (var part in rest.Split(':').Reverse())
        {
            if (!PythonNumbers.TryParseFloat(part, out var digit)) return null;
            total += digit * unit;
            unit *= 60;
        }
        return sign * total;
    }

    static (string Magnitude, int Sign) Unsigned(string text)
    {
        if (text.Length == 0 || text[0] is not ('-' or '+')) return (text, 1);
        return (text[1..], text[0] == '-' ? -1 : 1);
    }

    /// <summary>Base64 as Python reads it: other characters are passed over, padding must fit.</summary>
    static byte[]? Binary(string text)
    {
        var digits = string.Concat(text.Where(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '='));
        var buffer = new byte[digits.Length];
        return text.All(char.IsAscii) && Convert.TryFromBase64String(digits, buffer, out var length) ? buffer[..length] : null;
    }

    static ConfigException Bad(ScalarGraph scalar, string expected)
        => new($"{scalar.Position}: expected {expected}, but found '{scalar.Text}'");
}

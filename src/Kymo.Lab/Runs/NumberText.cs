using System.Globalization;

namespace Kymo.Lab.Runs;

/// <summary>
/// Numbers as every file of a run writes them: the shortest digits that read back as the same number, in Python's notation
/// (<c>1.0</c>, <c>0.001</c>, <c>1e-05</c>), in any culture.
/// </summary>
public static class NumberText
{
    /// <summary>A finite double.</summary>
    /// <exception cref="ArgumentException">The value is infinite or not a number.</exception>
    public static string Of(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentException($"{value} has no text");
        return InPythonNotation(value.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>A finite float, with the fewer digits that a float needs.</summary>
    /// <exception cref="ArgumentException">The value is infinite or not a number.</exception>
    public static string Of(float value)
    {
        if (!float.IsFinite(value)) throw new ArgumentException($"{value} has no text");
        return InPythonNotation(value.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>A double for a table cell: blank where it is not finite.</summary>
    public static string Cell(double value) => double.IsFinite(value) ? Of(value) : "";

    static string InPythonNotation(string text)
    {
        var sign = text[0] == '-' ? "-" : "";
        var (mantissa, exponent) = Split(text[sign.Length..]);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        if (digits.Length == 0) return sign + "0.0";
        // The value is 0.DIGITS times ten to this power.
        var power = (point < 0 ? mantissa.Length : point) + exponent - (mantissa.Length - (point < 0 ? 0 : 1) - digits.Length);
        digits = digits.TrimEnd('0');
        if (power is <= -4 or > 16) return $"{sign}{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}{Exponent(power - 1)}";
        if (power <= 0) return $"{sign}0.{new string('0', -power)}{digits}";
        return power >= digits.Length ? $"{sign}{digits.PadRight(power, '0')}.0" : $"{sign}{digits[..power]}.{digits[power..]}";
    }

    static (string Mantissa, int Exponent) Split(string text)
    {
        var e = text.IndexOf('E', StringComparison.Ordinal);
        return e < 0
            ? (text, 0)
            : (text[..e], int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    static string Exponent(int value) =>
        string.Create(CultureInfo.InvariantCulture, $"e{(value < 0 ? '-' : '+')}{Math.Abs(value):00}");
}

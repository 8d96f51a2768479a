using System.Globalization;

namespace Kymo.Tuning.Json;

/// <summary>
/// Floats as Python's <c>repr</c> writes them: the shortest digits that read back, <c>1.0</c>, <c>1e-05</c>, <c>1e+16</c>.
/// </summary>
static class PythonNumber
{
    /// <summary>
    /// The text of a finite number; <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c> as <c>json.dumps</c> writes them.
    /// </summary>
    public static string Text(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "Infinity" : "-Infinity";
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";
        var (digits, exponent) = Split(value);
        var sign = value < 0 ? "-" : "";
        // The value is 0.DIGITS times ten to this power.
        var power = digits.Length + exponent;
        if (power is <= -4 or > 16)
        {
            var tail = digits.Length > 1 ? "." + digits[1..] : "";
            return string.Create(
                CultureInfo.InvariantCulture, $"{sign}{digits[0]}{tail}e{(power > 0 ? '+' : '-')}{Math.Abs(power - 1):00}");
        }
        if (power <= 0) return $"{sign}0.{new string('0', -power)}{digits}";
        return exponent >= 0 ? $"{sign}{digits}{new string('0', exponent)}.0" : $"{sign}{digits[..power]}.{digits[power..]}";
    }

    /// <summary>
    /// The shortest digits that read back as |value|, without zeros at either end, and the power of ten of the last.
    /// </summary>
    public static (string Digits, int Exponent) Split(double value)
    {
        var text = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var exponent = 0;
        if (text.IndexOf('E', StringComparison.Ordinal) is > 0 and var e)
        {
            exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..e];
        }
        if (text.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point)
        {
            exponent -= text.Length - point - 1;
            text = text.Remove(point, 1);
        }
        var trimmed = text.TrimEnd('0');
        exponent += text.Length - trimmed.Length;
        trimmed = trimmed.TrimStart('0');
        return trimmed.Length == 0 ? ("0", 0) : (trimmed, exponent);
    }
}

using System.Globalization;
using System.Numerics;

namespace Kymo.Config;

/// <summary>Whole numbers and floats against each other, as Python 3.11 counts.</summary>
static class PythonArithmetic
{
    /// <summary>Python refuses to read whole numbers of more decimal digits than this.</summary>
    public const int MaxIntDigits = 4300;

    /// <summary>Whether a whole number is too long to be read.</summary>
    public static bool HasTooManyDigits(ReadOnlySpan<char> text)
    {
        if (text.Length <= MaxIntDigits) return false;
        var digits = 0;
        foreach (var character in text) digits += char.IsAsciiDigit(character) ? 1 : 0;
        return digits > MaxIntDigits;
    }

    /// <summary><c>float(int)</c>, rounded to the nearest; infinite where Python raises an OverflowError.</summary>
    public static double ToDouble(BigInteger value) => value >= long.MinValue && value <= long.MaxValue
        ? (double)(long)value
        : double.Parse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>Order of a whole number and a float by their exact values; null if the float is <c>nan</c>.</summary>
    public static int? Compare(BigInteger whole, double number)
    {
        if (double.IsNaN(number)) return null;
        if (double.IsInfinity(number)) return number > 0 ? -1 : 1;
        var floor = Math.Floor(number);
        var order = whole.CompareTo(new BigInteger(floor));
        return order != 0 ? order : floor < number ? -1 : 0;
    }
}

using System.Globalization;
using System.Numerics;

namespace Kymo.Config;

/// <summary>
/// A decimal number that is made exactly from a float and adds with 28 significant digits, half to even: the arithmetic of
/// Python's <c>decimal</c>, in which Hydra counts float ranges. So <c>range(0,1,0.1)</c> has the members 0.1, 0.2, 0.3 without
/// error.
/// </summary>
readonly struct ExactDecimal
{
    const int Precision = 28;

    readonly BigInteger _mantissa;
    readonly int _exponent;

    ExactDecimal(BigInteger mantissa, int exponent)
    {
        _mantissa = mantissa;
        _exponent = exponent;
    }

    public int Sign => _mantissa.Sign;

    public static ExactDecimal From(BigInteger value) => new(value, 0);

    /// <summary>The exact value of a finite float.</summary>
    public static ExactDecimal From(double value)
    {
        if (value == 0) return default;
        var bits = BitConverter.DoubleToInt64Bits(value);
        var biased = (int)(bits >> 52) & 0x7FF;
        var fraction = bits & 0xF_FFFF_FFFF_FFFF;
        var (mantissa, exponent) = biased == 0 ? (fraction, -1074) : (fraction | (1L << 52), biased - 1075);
        if (value < 0) mantissa = -mantissa;
        return exponent >= 0
            ? new ExactDecimal((BigInteger)mantissa << exponent, 0)
            : new ExactDecimal(mantissa * BigInteger.Pow(5, -exponent), exponent);
    }

    public static ExactDecimal operator +(ExactDecimal a, ExactDecimal b)
    {
        var exponent = Math.Min(a._exponent, b._exponent);
        return new ExactDecimal(a.At(exponent) + b.At(exponent), exponent).Rounded();
    }

    public int CompareTo(ExactDecimal other)
    {
        var exponent = Math.Min(_exponent, other._exponent);
        return At(exponent).CompareTo(other.At(exponent));
    }

    /// <summary>The nearest float.</summary>
    public double ToDouble() => double.Parse($"{_mantissa}E{_exponent}", NumberStyles.Float, CultureInfo.InvariantCulture);

    BigInteger At(int exponent) => _mantissa * BigInteger.Pow(10, _exponent - exponent);

    ExactDecimal Rounded()
    {
        var digits = BigInteger.Abs(_mantissa).ToString(CultureInfo.InvariantCulture).Length;
        if (digits <= Precision) return this;
        var unit = BigInteger.Pow(10, digits - Precision);
        var quotient = BigInteger.DivRem(BigInteger.Abs(_mantissa), unit, out var rest);
        var half = (2 * rest).CompareTo(unit);
        if (half > 0 || (half == 0 && !quotient.IsEven)) quotient += 1;
        return new ExactDecimal(_mantissa.Sign * quotient, _exponent + digits - Precision);
    }
}

using System.Globalization;
using System.Numerics;
using Kymo.Tuning.Json;

namespace Kymo.Tuning;

/// <summary>Grids of floats counted in decimal, so that 0.1, 0.2, 0.3 … 1.0 holds 1.0.</summary>
static class DecimalGrid
{
    /// <summary>The last of low, low + step, … that is not above high.</summary>
    public static double LastValue(double low, double high, double step)
    {
        var exponent = new[] { low, high, step }.Min(value => PythonNumber.Split(value).Exponent);
        BigInteger start = Scaled(low, exponent), end = Scaled(high, exponent), distance = Scaled(step, exponent);
        var steps = (end - start) / distance;
        if (steps * distance == end - start) return high;
        return double.Parse(
            string.Create(CultureInfo.InvariantCulture, $"{start + steps * distance}E{exponent}"), CultureInfo.InvariantCulture);
    }

    static BigInteger Scaled(double value, int exponent)
    {
        var (digits, power) = PythonNumber.Split(value);
        var scaled = BigInteger.Parse(digits, CultureInfo.InvariantCulture) * BigInteger.Pow(10, power - exponent);
        return value < 0 ? -scaled : scaled;
    }
}

namespace Kymo.Tuning.Samplers;

/// <summary>The standard normal distribution to double precision, far into its tails.</summary>
static class NormalDistribution
{
    const double SqrtHalf = 0.70710678118654752440, InverseSqrtPi = 0.56418958354775628695;

    // Smaller probabilities have lost digits.
    const double Smallest = 1e-290;

    /// <summary>Natural logarithm of the square root of 2π.</summary>
    public const double LogSqrt2Pi = 0.91893853320467274178;

    // Rational approximations of the error function (Cody 1969).
    static readonly double[] s_centreTop =
        [1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3];
    static readonly double[] s_centreBottom =
        [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3];
    static readonly double[] s_middleTop =
        [2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
        8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3];
    static readonly double[] s_middleBottom =
        [1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
        4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3];
    static readonly double[] s_tailTop =
        [1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2,
        6.58749161529837803e-4];
    static readonly double[] s_tailBottom =
        [1, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3];

    /// <summary>The error function's complement.</summary>
    public static double Erfc(double x)
    {
        var size = Math.Abs(x);
        if (size <= 0.46875)
        {
            var square = x * x;
            return 1 - x * Polynomial(s_centreTop, square) / Polynomial(s_centreBottom, square);
        }
        double ratio;
        if (size <= 4) ratio = Polynomial(s_middleTop, size) / Polynomial(s_middleBottom, size);
        else if (size > 26.6) return x > 0 ? 0 : 2;
        else
        {
            var inverse = 1 / (x * x);
            ratio = (InverseSqrtPi - inverse * Polynomial(s_tailTop, inverse) / Polynomial(s_tailBottom, inverse)) / size;
        }
        // exp(-x²) with x split so that the square is exact.
        var head = Math.Truncate(size * 16) / 16;
        var tail = Math.Exp(-head * head) * Math.Exp(-(size - head) * (size + head)) * ratio;
        return x > 0 ? tail : 2 - tail;
    }

    /// <summary>Probability of a number below <paramref name="x"/>.</summary>
    public static double Below(double x) => 0.5 * Erfc(-x * SqrtHalf);

    /// <summary>Probability of a number between two bounds.</summary>
    public static double Between(double low, double high)
    {
        if (low > 0) return Below(-low) - Below(-high);
        return high <= 0 ? Below(high) - Below(low) : 1 - Below(low) - Below(-high);
    }

    /// <summary>Logarithm of <see cref="Between"/>, also where that is too small for a number.</summary>
    public static double LogBetween(double low, double high)
    {
        var mass = Between(low, high);
        if (mass > Smallest) return Math.Log(mass);
        // The first term of the tail's series, without what lies beyond the further bound.
        var (near, far) = low > 0 ? (low, high) : (-high, -low);
        return -near * near / 2 - LogSqrt2Pi - Math.Log(near) + Math.Log(-double.ExpM1(near * (near - far)));
    }

    /// <summary>The number that a share of the distribution cut to [low, high] lies below.</summary>
    public static double CutQuantile(double share, double low, double high)
    {
        if (low > 0) return -CutQuantile(1 - share, -high, -low);
        var mass = Between(low, high);
        // So far out the distribution falls like an exponential one.
        if (mass <= Smallest) return Math.Clamp(high + Math.Log(share) / -high, low, high);
        var below = Below(low) + share * mass;
        // The smaller of the two tails holds more digits.
        var number = below <= 0.5 ? Quantile(below) : -Quantile(Below(-high) + (1 - share) * mass);
        return Math.Clamp(number, low, high);
    }

    /// <summary>
    /// The number that a probability lies below, for 0 to 1: Hastings' start (Abramowitz and Stegun 26.2.23), then Halley's
    /// steps.
    /// </summary>
    public static double Quantile(double probability)
    {
        if (probability <= 0) return double.NegativeInfinity;
        if (probability > 0.5) return probability >= 1 ? double.PositiveInfinity : -Quantile(1 - probability);
        var t = Math.Sqrt(-2 * Math.Log(probability));
        var x = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
        for (var i = 0; i < 3; i++)
        {
            var error = Below(x) - probability;
            var step = error * Math.Exp(x * x / 2 + LogSqrt2Pi);
            if (!double.IsFinite(step)) break;
            x -= step / (1 + x * step / 2);
            if (Math.Abs(step) <= 1e-9 * Math.Max(1, Math.Abs(x))) break;
        }
        return x;
    }

    static double Polynomial(double[] coefficients, double x)
    {
        var sum = coefficients[0];
        for (var i = 1; i < coefficients.Length; i++) sum = sum * x + coefficients[i];
        return sum;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kymo.Signals.Spectra;

/// <summary>
/// The binary logarithm of eight floats: x = 2^e (1 + t) with 1 + t in [sqrt(1/2), sqrt(2)), log2 x = e + t P(t) with a
/// polynomial of degree 7 (weighted least squares on Chebyshev nodes, reweighted to even error: 1e-7 of log2). Positive normal
/// numbers only; NaN and infinity come back as they are.
/// </summary>
static class Logarithm
{
    // The bits of sqrt(1/2): subtracted, the exponent field counts from there.
    const int HalfRootBits = 0x3F3504F3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Log2(Vector256<float> x)
    {
        var bits = x.AsInt32();
        var exponent = (bits - Vector256.Create(HalfRootBits)) >> 23;
        var t = (bits - (exponent << 23)).AsSingle() - Vector256<float>.One;
        var p = Vector256.Create(-0.14599058f);
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(0.23674603f));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(-0.24992368f));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(0.28672734f));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(-0.36010382f));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(0.48093846f));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(-0.72135663f));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(1.4426948f));
        var result = Vector256.MultiplyAddEstimate(p, t, Vector256.ConvertToSingle(exponent));
        return Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256.Create(float.PositiveInfinity)), result, x);
    }
}

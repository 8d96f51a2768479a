using System.Runtime.CompilerServices;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>
/// One step of a decimation-in-frequency transform, in place. A block of <c>radix * part</c> complex numbers (a row of real
/// parts, then a row of imaginary parts each) is split into <c>radix</c> blocks of <c>part</c>:
/// <c>y[r * part + j] = w^(j r) * sum over t of x[t * part + j] * exp(-2 pi i t r / radix)</c>, <c>w = exp(-2 pi i / (radix *
/// part))</c>. Block r then holds the transform's bins k with k mod radix = r.
/// </summary>
static class Butterflies
{
    /// <summary>Two parts; <paramref name="twiddles"/> holds w^j for each j.</summary>
    public static void Radix2<T>(ref T data, nint part, ref readonly float twiddles) where T : unmanaged, ILanes<T>
    {
        for (nint j = 0; j < part; j++)
        {
            ref var a = ref Unsafe.Add(ref data, 2 * j);
            ref var b = ref Unsafe.Add(ref a, 2 * part);
            var (aRe, aIm) = (a, Unsafe.Add(ref a, 1));
            var (bRe, bIm) = (b, Unsafe.Add(ref b, 1));
            a = aRe + bRe;
            Unsafe.Add(ref a, 1) = aIm + bIm;
            Turn(ref b, aRe - bRe, aIm - bIm, in twiddles, 2 * j);
        }
    }

    /// <summary>Three parts; <paramref name="twiddles"/> holds w^j, w^2j for each j.</summary>
    public static void Radix3<T>(ref T data, nint part, ref readonly float twiddles) where T : unmanaged, ILanes<T>
    {
        var half = T.Broadcast(-0.5f);
        var sine = T.Broadcast((float)(Math.Sqrt(3) / 2));
        for (nint j = 0; j < part; j++)
        {
            ref var a = ref Unsafe.Add(ref data, 2 * j);
            ref var b = ref Unsafe.Add(ref a, 2 * part);
            ref var c = ref Unsafe.Add(ref a, 4 * part);
            var (sumRe, sumIm) = (b + c, Unsafe.Add(ref b, 1) + Unsafe.Add(ref c, 1));
            var (sineRe, sineIm) = ((b - c) * sine, (Unsafe.Add(ref b, 1) - Unsafe.Add(ref c, 1)) * sine);
            var middleRe = T.MultiplyAdd(sumRe, half, a);
            var middleIm = T.MultiplyAdd(sumIm, half, Unsafe.Add(ref a, 1));
            a += sumRe;
            Unsafe.Add(ref a, 1) += sumIm;
            Turn(ref b, middleRe + sineIm, middleIm - sineRe, in twiddles, 4 * j);
            Turn(ref c, middleRe - sineIm, middleIm + sineRe, in twiddles, 4 * j + 2);
        }
    }

    /// <summary>Four parts; <paramref name="twiddles"/> holds w^j, w^2j, w^3j for each j.</summary>
    public static void Radix4<T>(ref T data, nint part, ref readonly float twiddles) where T : unmanaged, ILanes<T>
    {
        for (nint j = 0; j < part; j++)
        {
            ref var a = ref Unsafe.Add(ref data, 2 * j);
            ref var b = ref Unsafe.Add(ref a, 2 * part);
            ref var c = ref Unsafe.Add(ref a, 4 * part);
            ref var d = ref Unsafe.Add(ref a, 6 * part);
            var (evenRe, evenIm) = (a + c, Unsafe.Add(ref a, 1) + Unsafe.Add(ref c, 1));
            var (oddRe, oddIm) = (a - c, Unsafe.Add(ref a, 1) - Unsafe.Add(ref c, 1));
            var (sumRe, sumIm) = (b + d, Unsafe.Add(ref b, 1) + Unsafe.Add(ref d, 1));
            var (restRe, restIm) = (b - d, Unsafe.Add(ref b, 1) - Unsafe.Add(ref d, 1));
            a = evenRe + sumRe;
            Unsafe.Add(ref a, 1) = evenIm + sumIm;
            Turn(ref b, oddRe + restIm, oddIm - restRe, in twiddles, 6 * j);
            Turn(ref c, evenRe - sumRe, evenIm - sumIm, in twiddles, 6 * j + 2);
            Turn(ref d, oddRe - restIm, oddIm + restRe, in twiddles, 6 * j + 4);
        }
    }

    /// <summary>Four parts of one number each, <paramref name="blocks"/> times: the last step, where every w^0 is 1.</summary>
    public static void LastRadix4<T>(ref T data, nint blocks) where T : unmanaged, ILanes<T>
    {
        for (nint block = 0; block < blocks; block++)
        {
            ref var x = ref Unsafe.Add(ref data, 8 * block);
            var (evenRe, evenIm) = (x + Unsafe.Add(ref x, 4), Unsafe.Add(ref x, 1) + Unsafe.Add(ref x, 5));
            var (oddRe, oddIm) = (x - Unsafe.Add(ref x, 4), Unsafe.Add(ref x, 1) - Unsafe.Add(ref x, 5));
            var (sumRe, sumIm) = (Unsafe.Add(ref x, 2) + Unsafe.Add(ref x, 6), Unsafe.Add(ref x, 3) + Unsafe.Add(ref x, 7));
            var (restRe, restIm) = (Unsafe.Add(ref x, 2) - Unsafe.Add(ref x, 6), Unsafe.Add(ref x, 3) - Unsafe.Add(ref x, 7));
            x = evenRe + sumRe;
            Unsafe.Add(ref x, 1) = evenIm + sumIm;
            Unsafe.Add(ref x, 2) = oddRe + restIm;
            Unsafe.Add(ref x, 3) = oddIm - restRe;
            Unsafe.Add(ref x, 4) = evenRe - sumRe;
            Unsafe.Add(ref x, 5) = evenIm - sumIm;
            Unsafe.Add(ref x, 6) = oddRe - restIm;
            Unsafe.Add(ref x, 7) = oddIm + restRe;
        }
    }

    /// <summary>Five parts; <paramref name="twiddles"/> holds w^j, w^2j, w^3j, w^4j for each j.</summary>
    public static void Radix5<T>(ref T data, nint part, ref readonly float twiddles) where T : unmanaged, ILanes<T>
    {
        var (cos1, cos2) = (T.Broadcast((float)Math.Cos(2 * Math.PI / 5)), T.Broadcast((float)Math.Cos(4 * Math.PI / 5)));
        var (sin1, sin2) = (T.Broadcast((float)Math.Sin(2 * Math.PI / 5)), T.Broadcast((float)Math.Sin(4 * Math.PI / 5)));
        for (nint j = 0; j < part; j++)
        {
            ref var a = ref Unsafe.Add(ref data, 2 * j);
            ref var b = ref Unsafe.Add(ref a, 2 * part);
            ref var c = ref Unsafe.Add(ref a, 4 * part);
            ref var d = ref Unsafe.Add(ref a, 6 * part);
            ref var e = ref Unsafe.Add(ref a, 8 * part);
            var (sum1Re, sum1Im) = (b + e, Unsafe.Add(ref b, 1) + Unsafe.Add(ref e, 1));
            var (sum2Re, sum2Im) = (c + d, Unsafe.Add(ref c, 1) + Unsafe.Add(ref d, 1));
            var (rest1Re, rest1Im) = (b - e, Unsafe.Add(ref b, 1) - Unsafe.Add(ref e, 1));
            var (rest2Re, rest2Im) = (c - d, Unsafe.Add(ref c, 1) - Unsafe.Add(ref d, 1));
            var (aRe, aIm) = (a, Unsafe.Add(ref a, 1));
            var near = (Re: T.MultiplyAdd(sum2Re, cos2, T.MultiplyAdd(sum1Re, cos1, aRe)),
                        Im: T.MultiplyAdd(sum2Im, cos2, T.MultiplyAdd(sum1Im, cos1, aIm)));
            var far = (Re: T.MultiplyAdd(sum2Re, cos1, T.MultiplyAdd(sum1Re, cos2, aRe)),
                       Im: T.MultiplyAdd(sum2Im, cos1, T.MultiplyAdd(sum1Im, cos2, aIm)));
            var nearSine = (Re: T.MultiplyAdd(rest2Re, sin2, rest1Re * sin1), Im: T.MultiplyAdd(rest2Im, sin2, rest1Im * sin1));
            var farSine = (Re: T.MultiplyAdd(-rest2Re, sin1, rest1Re * sin2), Im: T.MultiplyAdd(-rest2Im, sin1, rest1Im * sin2));
            a = aRe + sum1Re + sum2Re;
            Unsafe.Add(ref a, 1) = aIm + sum1Im + sum2Im;
            Turn(ref b, near.Re + nearSine.Im, near.Im - nearSine.Re, in twiddles, 8 * j);
            Turn(ref c, far.Re + farSine.Im, far.Im - farSine.Re, in twiddles, 8 * j + 2);
            Turn(ref d, far.Re - farSine.Im, far.Im + farSine.Re, in twiddles, 8 * j + 4);
            Turn(ref e, near.Re - nearSine.Im, near.Im + nearSine.Re, in twiddles, 8 * j + 6);
        }
    }

    // target = (re + i im) * twiddle
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Turn<T>(ref T target, T re, T im, ref readonly float twiddles, nint index) where T : unmanaged, ILanes<T>
    {
        var cos = T.Broadcast(Unsafe.Add(ref Unsafe.AsRef(in twiddles), index));
        var sin = T.Broadcast(Unsafe.Add(ref Unsafe.AsRef(in twiddles), index + 1));
        target = T.MultiplyAdd(-im, sin, re * cos);
        Unsafe.Add(ref target, 1) = T.MultiplyAdd(re, sin, im * cos);
    }
}

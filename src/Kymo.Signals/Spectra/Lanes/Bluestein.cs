using System.Runtime.CompilerServices;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>
/// The transform of any length N as a convolution with a chirp (Bluestein 1970):
/// <c>X[k] = c[k] * sum over n of (x[n] c[n]) conj(c[k - n])</c> with <c>c[n] = exp(-pi i n^2 / N)</c>, done by transforms of a
/// power of two of at least 2 N - 1.
/// </summary>
sealed class Bluestein
{
    readonly int _length;
    readonly ComplexPlan _plan;
    readonly float[] _chirp;
    readonly float[] _kernel;

    public Bluestein(int length)
    {
        _length = length;
        _plan = new((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(2 * length - 1)));
        _chirp = new float[2 * length];
        var kernel = new float[2 * _plan.Length];
        for (var n = 0; n < length; n++)
        {
            var (sin, cos) = Math.SinCos(-Math.PI * ((long)n * n % (2L * length)) / length);
            (_chirp[2 * n], _chirp[2 * n + 1]) = ((float)cos, (float)sin);
            // The conjugate chirp; the inverse transform's division by its length is taken here.
            (kernel[2 * n], kernel[2 * n + 1]) = ((float)(cos / _plan.Length), (float)(-sin / _plan.Length));
            if (n > 0) (kernel[^(2 * n)], kernel[^(2 * n - 1)]) = (kernel[2 * n], kernel[2 * n + 1]);
        }
        _plan.Forward(ref Unsafe.As<float, Lanes1>(ref kernel[0]));
        _kernel = kernel;
    }

    /// <summary>Rows of lanes the transform works in.</summary>
    public int Rows => 4 * _plan.Length;

    /// <summary>
    /// Transforms the complex numbers in the first 2 N rows and gives out the first <paramref name="count"/> bins.
    /// </summary>
    public void Forward<T, TBins>(ref T rows, int count, ref TBins bins)
        where T : unmanaged, ILanes<T>
        where TBins : struct, IBins<T>, allows ref struct
    {
        for (nint n = 0; n < _length; n++) Multiply(ref Unsafe.Add(ref rows, 2 * n), _chirp[2 * n], _chirp[2 * n + 1]);
        for (nint row = 2 * _length; row < 2 * _plan.Length; row++) Unsafe.Add(ref rows, row) = default;
        _plan.Forward(ref rows);
        ref var product = ref Unsafe.Add(ref rows, 2 * _plan.Length);
        for (nint k = 0; k < _plan.Length; k++)
        {
            // The conjugate goes into the second transform, so that the conjugate of what comes out is the inverse.
            nint position = 2 * _plan.Positions[k];
            ref var bin = ref Unsafe.Add(ref rows, position);
            Multiply(ref bin, _kernel[position], _kernel[position + 1]);
            Unsafe.Add(ref product, 2 * k) = bin;
            Unsafe.Add(ref product, 2 * k + 1) = -Unsafe.Add(ref bin, 1);
        }
        _plan.Forward(ref product);
        for (nint k = 0; k < count; k++)
        {
            ref var bin = ref Unsafe.Add(ref product, 2 * (nint)_plan.Positions[k]);
            Unsafe.Add(ref bin, 1) = -Unsafe.Add(ref bin, 1);
            Multiply(ref bin, _chirp[2 * k], _chirp[2 * k + 1]);
            bins.Put(k, bin, Unsafe.Add(ref bin, 1));
        }
    }

    static void Multiply<T>(ref T number, float cos, float sin) where T : unmanaged, ILanes<T>
    {
        var (re, im) = (number, Unsafe.Add(ref number, 1));
        var (c, s) = (T.Broadcast(cos), T.Broadcast(sin));
        number = T.MultiplyAdd(-im, s, re * c);
        Unsafe.Add(ref number, 1) = T.MultiplyAdd(re, s, im * c);
    }
}

using System.Runtime.CompilerServices;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>Takes the bins of a transform one by one.</summary>
interface IBins<T> where T : unmanaged, ILanes<T>
{
    /// <summary>Bin <paramref name="k"/> as real and imaginary part.</summary>
    void Put(nint k, T re, T im);
}

/// <summary>
/// The transform of real frames of any length N to their bins 0..N/2, over lanes: even lengths as a complex transform of half the
/// length, odd ones as a complex one, lengths with prime factors above 5 by Bluestein's convolution. Immutable.
/// </summary>
sealed class RealPlan
{
    readonly ComplexPlan? _plan;
    readonly Bluestein? _bluestein;
    readonly float[] _turns = [];

    public RealPlan(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 1 << 24);
        Length = length;
        IsPacked = length % 2 == 0 && ComplexPlan.Supports(length / 2);
        if (IsPacked)
        {
            _plan = new(length / 2);
            _turns = Turns(length);
            Rows = length;
        }
        else if (ComplexPlan.Supports(length))
        {
            _plan = new(length);
            Rows = 2 * length;
        }
        else
        {
            _bluestein = new(length);
            Rows = _bluestein.Rows;
        }
    }

    /// <summary>Samples in a frame.</summary>
    public int Length { get; }

    /// <summary>Bins of the result: N / 2 + 1.</summary>
    public int Bins => Length / 2 + 1;

    /// <summary>Rows of lanes the transform works in; the first <see cref="Length"/> hold the frame's samples before.</summary>
    public int Rows { get; }

    bool IsPacked { get; }

    /// <summary>
    /// Transforms the samples in <paramref name="rows"/> (overwritten) and gives each bin to <paramref name="bins"/>.
    /// </summary>
    public void Forward<T, TBins>(ref T rows, ref TBins bins)
        where T : unmanaged, ILanes<T>
        where TBins : struct, IBins<T>, allows ref struct
    {
        if (IsPacked)
        {
            _plan!.Forward(ref rows);
            Unpack(ref rows, ref bins);
            return;
        }
        for (nint n = Length - 1; n >= 0; n--)
        {
            Unsafe.Add(ref rows, 2 * n) = Unsafe.Add(ref rows, n);
            Unsafe.Add(ref rows, 2 * n + 1) = default;
        }
        if (_bluestein is not null)
        {
            _bluestein.Forward(ref rows, Bins, ref bins);
            return;
        }
        _plan!.Forward(ref rows);
        for (nint k = 0; k < Bins; k++)
        {
            ref var bin = ref Unsafe.Add(ref rows, 2 * (nint)_plan.Positions[k]);
            bins.Put(k, bin, Unsafe.Add(ref bin, 1));
        }
    }

    // With z[m] = x[2m] + i x[2m+1] and Z its transform of length M = N/2: 2 E = Z[k] + conj Z[M-k], 2 O = -i (Z[k] - conj
    // Z[M-k]), X[k] = E + exp(-2 pi i k / N) O and X[M-k] = conj(E - exp(-2 pi i k / N) O).
    void Unpack<T, TBins>(ref T rows, ref TBins bins)
        where T : unmanaged, ILanes<T>
        where TBins : struct, IBins<T>, allows ref struct
    {
        var positions = _plan!.Positions;
        nint half = Length / 2;
        bins.Put(0, rows + Unsafe.Add(ref rows, 1), default);
        bins.Put(half, rows - Unsafe.Add(ref rows, 1), default);
        for (nint k = 1; k <= half / 2; k++)
        {
            ref var a = ref Unsafe.Add(ref rows, 2 * (nint)positions[k]);
            ref var b = ref Unsafe.Add(ref rows, 2 * (nint)positions[half - k]);
            var (aIm, bIm) = (Unsafe.Add(ref a, 1), Unsafe.Add(ref b, 1));
            var (cos, sin) = (T.Broadcast(_turns[2 * k]), T.Broadcast(_turns[2 * k + 1]));
            var (oddRe, oddIm) = (aIm + bIm, b - a);
            var turnedRe = T.MultiplyAdd(-oddIm, sin, oddRe * cos);
            var turnedIm = T.MultiplyAdd(oddRe, sin, oddIm * cos);
            var point5 = T.Broadcast(0.5f);
            var (evenRe, evenIm) = ((a + b) * point5, (aIm - bIm) * point5);
            bins.Put(half - k, evenRe - turnedRe, turnedIm - evenIm);
            bins.Put(k, evenRe + turnedRe, evenIm + turnedIm);
        }
    }

    // Half of exp(-2 pi i k / N): the half of O's definition is taken here.
    static float[] Turns(int length)
    {
        var turns = new float[2 * (length / 4 + 1)];
        for (var k = 0; k <= length / 4; k++)
        {
            var (sin, cos) = Math.SinCos(-2 * Math.PI * k / length);
            turns[2 * k] = (float)(0.5 * cos);
            turns[2 * k + 1] = (float)(0.5 * sin);
        }
        return turns;
    }
}

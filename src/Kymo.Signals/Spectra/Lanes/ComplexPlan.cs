using System.Runtime.CompilerServices;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>
/// The discrete Fourier transform <c>X[k] = sum over n of x[n] exp(-2 pi i k n / N)</c> of a length whose prime factors are 2, 3
/// and 5, in place and over lanes. The bins come out in the order of <see cref="Positions"/>; twiddles are computed in double
/// precision and rounded once. Immutable, so that threads share a plan.
/// </summary>
sealed class ComplexPlan
{
    // Blocks up to this many bytes are finished step by step; larger ones are split first, so that the rest stays in the first
    // cache.
    const int CacheBytes = 16 * 1024;

    readonly Step[] _steps;

    readonly record struct Step(int Radix, int Part, float[] Twiddles);

    public ComplexPlan(int length)
    {
        var radices = Radices(length)
            ?? throw new ArgumentOutOfRangeException(nameof(length), length, "has a prime factor above 5");
        Length = length;
        _steps = new Step[radices.Count];
        var block = length;
        for (var i = 0; i < _steps.Length; i++)
        {
            _steps[i] = new(radices[i], block / radices[i], Twiddles(radices[i], block / radices[i]));
            block /= radices[i];
        }
        Positions = OutputPositions(length, radices);
    }

    public int Length { get; }

    /// <summary>
    /// Where each bin stands after <see cref="Forward"/>: bin k is complex number <c>Positions[k]</c> of the data.
    /// </summary>
    public int[] Positions { get; }

    /// <summary>Whether <paramref name="length"/> is a product of 2, 3 and 5.</summary>
    public static bool Supports(int length) => Radices(length) is not null;

    /// <summary>
    /// Transforms <see cref="Length"/> complex numbers (a row of real parts, then one of imaginary parts each).
    /// </summary>
    public void Forward<T>(ref T data) where T : unmanaged, ILanes<T> => Run(ref data, 0, 1);

    void Run<T>(ref T data, int step, nint blocks) where T : unmanaged, ILanes<T>
    {
        for (; step < _steps.Length; step++)
        {
            var (radix, part, _) = _steps[step];
            nint size = radix * part;
            Apply(ref data, _steps[step], blocks);
            blocks *= radix;
            if (blocks * part * 2 * Unsafe.SizeOf<T>() <= CacheBytes || blocks == radix && part == 1) continue;
            for (nint block = 0; block < blocks; block++) Run(ref Unsafe.Add(ref data, 2 * part * block), step + 1, 1);
            return;
        }
    }

    static void Apply<T>(ref T data, in Step step, nint blocks) where T : unmanaged, ILanes<T>
    {
        if (step is { Radix: 4, Part: 1 })
        {
            Butterflies.LastRadix4(ref data, blocks);
            return;
        }
        nint size = step.Radix * step.Part;
        for (nint block = 0; block < blocks; block++)
        {
            ref var start = ref Unsafe.Add(ref data, 2 * size * block);
            ref readonly var twiddles = ref step.Twiddles[0];
            switch (step.Radix)
            {
                case 2: Butterflies.Radix2(ref start, step.Part, in twiddles); break;
                case 3: Butterflies.Radix3(ref start, step.Part, in twiddles); break;
                case 4: Butterflies.Radix4(ref start, step.Part, in twiddles); break;
                default: Butterflies.Radix5(ref start, step.Part, in twiddles); break;
            }
        }
    }

    static List<int>? Radices(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        var radices = new List<int>();
        foreach (var radix in (ReadOnlySpan<int>)[5, 3, 2, 4])
            while (length % radix == 0 && !(radix == 2 && int.TrailingZeroCount(length) % 2 == 0))
            {
                radices.Add(radix);
                length /= radix;
            }
        return length == 1 ? radices : null;
    }

    static float[] Twiddles(int radix, int part)
    {
        var twiddles = new float[part * (radix - 1) * 2];
        var index = 0;
        for (var j = 0; j < part; j++)
            for (var r = 1; r < radix; r++)
            {
                var (sin, cos) = Math.SinCos(-2 * Math.PI * ((long)j * r) / ((long)radix * part));
                twiddles[index++] = (float)cos;
                twiddles[index++] = (float)sin;
            }
        return twiddles;
    }

    static int[] OutputPositions(int length, List<int> radices)
    {
        var positions = new int[length];
        for (var k = 0; k < length; k++)
        {
            var (rest, part, position) = (k, length, 0);
            foreach (var radix in radices)
            {
                part /= radix;
                position += rest % radix * part;
                rest /= radix;
            }
            positions[k] = position;
        }
        return positions;
    }
}

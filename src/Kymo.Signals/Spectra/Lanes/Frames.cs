using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>
/// Loads overlapping frames of a signal, times a window, with one frame in each lane (a windowed transposition).
/// </summary>
static class Frames
{
    /// <summary><c>rows[n * rowWidth + lane] = signal[lane * hop + n] * window[n]</c> for eight lanes.</summary>
    public static void Load8(
        ref readonly float signal, nint hop, ref readonly float window, int length, ref float rows, nint rowWidth)
    {
        nint n = 0;
        if (Avx.IsSupported)
            for (; n + 8 <= length; n += 8)
            {
                var scale = Vector256.LoadUnsafe(in window, (nuint)n);
                Block8(
                    ref Unsafe.Add(ref Unsafe.AsRef(in signal), n), hop, scale, ref Unsafe.Add(ref rows, n * rowWidth), rowWidth);
            }
        LoadEach(in signal, hop, in window, n, length, ref rows, rowWidth, lanes: 8);
    }

    /// <summary><c>rows[n * 4 + lane] = signal[lane * hop + n] * window[n]</c> for four lanes.</summary>
    public static void Load4(ref readonly float signal, nint hop, ref readonly float window, int length, ref float rows) =>
        LoadEach(in signal, hop, in window, 0, length, ref rows, rowWidth: 4, lanes: 4);

    static void LoadEach(
        ref readonly float signal, nint hop, ref readonly float window, nint start, nint length, ref float rows, nint rowWidth,
        int lanes)
    {
        for (nint lane = 0; lane < lanes; lane++)
        {
            ref var frame = ref Unsafe.Add(ref Unsafe.AsRef(in signal), lane * hop);
            for (var n = start; n < length; n++)
                Unsafe.Add(ref rows, n * rowWidth + lane) = Unsafe.Add(ref frame, n) * Unsafe.Add(ref Unsafe.AsRef(in window), n);
        }
    }

    // Rows i and i + 4 are loaded into one register half by half, so that two rounds of in-half shuffles finish the
    // transposition.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Block8(ref float signal, nint hop, Vector256<float> window, ref float rows, nint rowWidth)
    {
        var low = Avx.Permute2x128(window, window, 0x00);
        var high = Avx.Permute2x128(window, window, 0x11);
        var a0 = Halves(ref signal, 0 * hop, hop) * low;
        var a1 = Halves(ref signal, 1 * hop, hop) * low;
        var a2 = Halves(ref signal, 2 * hop, hop) * low;
        var a3 = Halves(ref signal, 3 * hop, hop) * low;
        Turn(a0, a1, a2, a3, ref rows, rowWidth);
        a0 = Halves(ref signal, 0 * hop + 4, hop) * high;
        a1 = Halves(ref signal, 1 * hop + 4, hop) * high;
        a2 = Halves(ref signal, 2 * hop + 4, hop) * high;
        a3 = Halves(ref signal, 3 * hop + 4, hop) * high;
        Turn(a0, a1, a2, a3, ref Unsafe.Add(ref rows, 4 * rowWidth), rowWidth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Halves(ref float signal, nint offset, nint hop) =>
        Vector256.Create(
            Vector128.LoadUnsafe(ref Unsafe.Add(ref signal, offset)),
            Vector128.LoadUnsafe(ref Unsafe.Add(ref signal, offset + 4 * hop)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Turn(
        Vector256<float> a0, Vector256<float> a1, Vector256<float> a2, Vector256<float> a3, ref float rows, nint rowWidth)
    {
        var b0 = Avx.UnpackLow(a0, a1);
        var b1 = Avx.UnpackHigh(a0, a1);
        var b2 = Avx.UnpackLow(a2, a3);
        var b3 = Avx.UnpackHigh(a2, a3);
        Avx.Shuffle(b0, b2, 0x44).StoreUnsafe(ref rows);
        Avx.Shuffle(b0, b2, 0xEE).StoreUnsafe(ref rows, (nuint)rowWidth);
        Avx.Shuffle(b1, b3, 0x44).StoreUnsafe(ref rows, (nuint)(2 * rowWidth));
        Avx.Shuffle(b1, b3, 0xEE).StoreUnsafe(ref rows, (nuint)(3 * rowWidth));
    }
}

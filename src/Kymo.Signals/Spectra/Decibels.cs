using System.Runtime.Intrinsics;

namespace Kymo.Signals.Spectra;

/// <summary>
/// Power to decibels as <c>librosa.power_to_db</c> and torchaudio's <c>AmplitudeToDB("power")</c> do it:
/// <c>10 log10(max(amin, S)) - 10 log10(max(amin, reference))</c>, then no value further than topDb below the largest.
/// </summary>
public static class Decibels
{
    /// <summary>The smallest power that is told from silence: -100 dB re 1.</summary>
    public const float DefaultAmin = 1e-10f;

    static readonly float s_perOctave = (float)(10 * Math.Log10(2));

    /// <summary>Converts in place.</summary>
    /// <param name="power">Power on input, dB re <paramref name="reference"/> on output; a NaN stays and leaves no floor.</param>
    /// <param name="reference">The power that becomes 0 dB.</param>
    /// <param name="topDb">The floor in dB below the largest value; positive infinity for none.</param>
    /// <param name="amin">Smaller powers count as this; at least 1.2e-38.</param>
    public static void FromPower(Span<float> power, float reference, float topDb = 80, float amin = DefaultAmin) =>
        FromPower(power, Maximum(power), reference, topDb, amin);

    internal static void FromPower(Span<float> power, float maximum, float reference, float topDb, float amin)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(amin, 1.1754944e-38f);
        var shift = -10 * Math.Log10(Math.Max(amin, reference));
        var lowest = 10 * Math.Log10(Math.Max(amin, maximum)) + shift - topDb;
        var floor = double.IsNaN(lowest) ? float.MinValue : (float)lowest;
        var width = Vector256<float>.Count;
        var whole = power.Length - power.Length % width;
        Convert(power[..whole], (float)shift, floor, amin);
        if (whole == power.Length) return;
        Span<float> rest = stackalloc float[width];
        power[whole..].CopyTo(rest);
        Convert(rest, (float)shift, floor, amin);
        rest[..(power.Length - whole)].CopyTo(power[whole..]);
    }

    // MaxNative gives its second argument where one is NaN (x86) or NaN itself (ARM): NaN stays either way.
    static void Convert(Span<float> blocks, float shift, float floor, float amin)
    {
        for (var i = 0; i < blocks.Length; i += Vector256<float>.Count)
        {
            ref var block = ref blocks[i];
            var octaves = Logarithm.Log2(Vector256.MaxNative(Vector256.Create(amin), Vector256.LoadUnsafe(ref block)));
            var level = Vector256.MultiplyAddEstimate(octaves, Vector256.Create(s_perOctave), Vector256.Create(shift));
            Vector256.MaxNative(Vector256.Create(floor), level).StoreUnsafe(ref block);
        }
    }

    /// <summary>The largest value; NaN where there is one, negative infinity of nothing.</summary>
    internal static float Maximum(ReadOnlySpan<float> values)
    {
        var width = Vector256<float>.Count;
        var largest = Vector256.Create(float.NegativeInfinity);
        var ordered = Vector256<float>.AllBitsSet;
        var i = 0;
        for (; i + width <= values.Length; i += width)
        {
            var block = Vector256.LoadUnsafe(in values[i]);
            largest = Vector256.MaxNative(largest, block);
            ordered &= Vector256.Equals(block, block);
        }
        if (ordered.AsInt32() != Vector256<int>.AllBitsSet) return float.NaN;
        var maximum = float.NegativeInfinity;
        for (var lane = 0; lane < width; lane++) maximum = MathF.Max(maximum, largest[lane]);
        for (; i < values.Length; i++) maximum = MathF.Max(maximum, values[i]);
        return maximum;
    }
}

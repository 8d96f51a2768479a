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

    static readonly float s_scale = (float)(10 * Math.Log10(2));

    /// <summary>Converts in place.</summary>
    /// <param name="power">Power on input, dB re <paramref name="reference"/> on output; NaN stays NaN.</param>
    /// <param name="reference">The power that becomes 0 dB.</param>
    /// <param name="topDb">The floor in dB below the largest value; positive infinity for none.</param>
    /// <param name="amin">Smaller powers count as this; above 0.</param>
    public static void FromPower(Span<float> power, float reference, float topDb = 80, float amin = DefaultAmin) =>
        FromPower(power, Maximum(power), reference, topDb, amin);

    internal static void FromPower(Span<float> power, float maximum, float reference, float topDb, float amin)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(amin);
        var offset = -10 * Math.Log10(Math.Max(amin, reference));
        var floor = (float)(10 * Math.Log10(Math.Max(amin, maximum)) + offset - topDb);
        var shift = (float)offset;
        var i = 0;
        for (; i + Vector256<float>.Count <= power.Length; i += Vector256<float>.Count)
        {
            ref var block = ref power[i];
            var bounded = Vector256.Max(Vector256.LoadUnsafe(ref block), Vector256.Create(amin));
            var level = Vector256.MultiplyAddEstimate(Vector256.Log2(bounded), Vector256.Create(s_scale), Vector256.Create(shift));
            Vector256.Max(level, Vector256.Create(floor)).StoreUnsafe(ref block);
        }
        for (; i < power.Length; i++)
            power[i] = MathF.Max(float.MultiplyAddEstimate(MathF.Log2(MathF.Max(power[i], amin)), s_scale, shift), floor);
    }

    /// <summary>The largest value; NaN where there is one, negative infinity of nothing.</summary>
    internal static float Maximum(ReadOnlySpan<float> values)
    {
        var maximum = float.NegativeInfinity;
        var i = 0;
        if (values.Length >= Vector256<float>.Count)
        {
            var block = Vector256.LoadUnsafe(in values[0]);
            for (i = Vector256<float>.Count; i + Vector256<float>.Count <= values.Length; i += Vector256<float>.Count)
                block = Vector256.Max(block, Vector256.LoadUnsafe(in values[i]));
            for (var lane = 0; lane < Vector256<float>.Count; lane++) maximum = MathF.Max(maximum, block[lane]);
        }
        for (; i < values.Length; i++) maximum = MathF.Max(maximum, values[i]);
        return maximum;
    }
}

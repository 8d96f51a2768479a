using System.Runtime.InteropServices;
using Kymo.Signals.Native;

namespace Kymo.Signals.Audio;

/// <summary>
/// Changes the sample rate by libsoxr with the meaning of <c>librosa.resample(res_type="soxr_hq", fix=True, scale=False)</c>: the
/// library's high-quality recipe (20 bits, linear phase, 91.3 % of the band kept), amplitudes kept, and exactly
/// <c>ceil(n * to / from)</c> samples out, cut or filled with zeros at the end.
/// </summary>
public static class Resampler
{
    // The library may give a few samples more than the rule; they are computed and cut off, as librosa does.
    const int Spare = 64;

    /// <summary>How many samples <paramref name="samples"/> become.</summary>
    public static int OutputLength(int samples, int fromRate, int toRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fromRate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(toRate);
        var length = Exact(samples, fromRate, toRate);
        if (length > Array.MaxLength - Spare)
            throw new ArgumentOutOfRangeException(nameof(toRate), toRate, $"makes {length:F0} samples, more than an array holds");
        return (int)length;
    }

    /// <summary>The same for sound that no array holds.</summary>
    internal static long OutputFrames(long samples, int fromRate, int toRate) => (long)Exact(samples, fromRate, toRate);

    /// <summary>Resamples one channel; the same samples come back where the rates are equal.</summary>
    /// <param name="samples">One channel.</param>
    /// <param name="fromRate">Its samples per second.</param>
    /// <param name="toRate">Samples per second wanted.</param>
    /// <returns>A new array of <see cref="OutputLength"/> samples.</returns>
    /// <exception cref="InvalidOperationException">libsoxr refuses, with its reason.</exception>
    /// <exception cref="DllNotFoundException">libsoxr is not installed.</exception>
    public static unsafe float[] Resample(ReadOnlySpan<float> samples, int fromRate, int toRate)
    {
        var length = OutputLength(samples.Length, fromRate, toRate);
        if (fromRate == toRate || length == 0) return samples.ToArray();
        var output = new float[length + Spare];
        nuint done;
        fixed (float* input = samples, result = output)
        {
            var quality = Soxr.Quality(new(Soxr.HighQuality), new(0));
            var error = Soxr.Oneshot(
                fromRate, toRate, 1, input, (nuint)samples.Length, null, result, (nuint)output.Length, &done, null, &quality,
                null);
            if (error != 0)
                throw new InvalidOperationException(
                    $"libsoxr cannot resample {fromRate} Hz to {toRate} Hz: {Marshal.PtrToStringUTF8(error)}");
        }
        output.AsSpan(Math.Min((int)done, length)).Clear();
        Array.Resize(ref output, length);
        return output;
    }

    static double Exact(long samples, int fromRate, int toRate) => Math.Ceiling(samples * ((double)toRate / fromRate));
}

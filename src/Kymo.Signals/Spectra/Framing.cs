namespace Kymo.Signals.Spectra;

/// <summary>
/// Cuts a signal into overlapping frames. Centred frames, as in librosa and <c>torch.stft</c> with <c>pad_mode="constant"</c>:
/// frame i is centred on sample <c>i * hop</c>, samples outside the signal count as zero, and there are <c>1 + N / hop</c> frames
/// (rounded down; plus what an odd frame length takes away). Frames that are not centred begin at <c>i * hop</c> and lie wholly
/// inside.
/// </summary>
public static class Framing
{
    /// <summary>How many frames a signal of <paramref name="samples"/> has.</summary>
    /// <param name="samples">Length of the signal, from 0.</param>
    /// <param name="frameLength">Length of a frame in samples, from 1.</param>
    /// <param name="hop">Samples between the starts of two frames, from 1.</param>
    /// <param name="center">Whether frames are centred (see above).</param>
    public static int Count(int samples, int frameLength, int hop, bool center)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameLength);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hop);
        var padded = samples + (center ? 2L * (frameLength / 2) : 0);
        return padded < frameLength ? 0 : checked((int)(1 + (padded - frameLength) / hop));
    }

    /// <summary>Copies frame <paramref name="index"/>, with zeros where it reaches out of the signal.</summary>
    /// <param name="signal">The samples.</param>
    /// <param name="index">Which frame, from 0.</param>
    /// <param name="hop">Samples between the starts of two frames.</param>
    /// <param name="center">Whether frames are centred.</param>
    /// <param name="frame">Receives the frame; its length is the frame length.</param>
    public static void Copy(ReadOnlySpan<float> signal, int index, int hop, bool center, Span<float> frame)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hop);
        CopyPadded(signal, (long)index * hop - (center ? frame.Length / 2 : 0), frame);
    }

    /// <summary>Copies the samples from <paramref name="start"/> on, zero where there are none.</summary>
    internal static void CopyPadded(ReadOnlySpan<float> signal, long start, Span<float> target)
    {
        var first = (int)Math.Clamp(-start, 0, target.Length);
        var last = (int)Math.Clamp(signal.Length - start, first, target.Length);
        target[..first].Clear();
        if (last > first) signal.Slice((int)(start + first), last - first).CopyTo(target[first..]);
        target[last..].Clear();
    }
}

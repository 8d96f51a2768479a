namespace Kymo.Signals.Spectra;

/// <summary>The shapes a frame can be weighted with.</summary>
public enum WindowKind
{
    /// <summary>All ones.</summary>
    Rectangular,

    /// <summary>0.5 - 0.5 cos(2 pi n / N).</summary>
    Hann,

    /// <summary>0.54 - 0.46 cos(2 pi n / N).</summary>
    Hamming,

    /// <summary>0.42 - 0.5 cos(2 pi n / N) + 0.08 cos(4 pi n / N).</summary>
    Blackman,
}

/// <summary>
/// Windows as <c>scipy.signal.get_window</c> and <c>torch.hann_window</c> define them. Periodic windows (the default there and
/// here) divide by N, symmetric ones by N - 1. A window of one sample is 1.
/// </summary>
public static class Windows
{
    /// <summary>Writes a window.</summary>
    /// <param name="kind">The shape.</param>
    /// <param name="window">Receives the N weights; may be empty.</param>
    /// <param name="periodic">
    /// Whether the window is one period of a periodic sequence (for spectra), not symmetric (for filters).
    /// </param>
    public static void Fill(WindowKind kind, Span<float> window, bool periodic = true)
    {
        if (window.Length == 1)
        {
            window[0] = 1;
            return;
        }
        var step = 2 * Math.PI / (periodic ? window.Length : window.Length - 1);
        for (var n = 0; n < window.Length; n++)
            window[n] = (float)(kind switch
            {
                WindowKind.Rectangular => 1,
                WindowKind.Hann => 0.5 - 0.5 * Math.Cos(step * n),
                WindowKind.Hamming => 0.54 - 0.46 * Math.Cos(step * n),
                WindowKind.Blackman => 0.42 - 0.5 * Math.Cos(step * n) + 0.08 * Math.Cos(2 * step * n),
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is no window"),
            });
    }

    /// <summary>A new window of <paramref name="length"/> samples; see <see cref="Fill"/>.</summary>
    public static float[] Create(WindowKind kind, int length, bool periodic = true)
    {
        var window = new float[length];
        Fill(kind, window, periodic);
        return window;
    }

    /// <summary>
    /// A periodic window of <paramref name="winLength"/> in the middle of <paramref name="nFft"/> zeros, as <c>torch.stft</c> and
    /// librosa place it: <c>(nFft - winLength) / 2</c> zeros to the left (rounded down).
    /// </summary>
    public static float[] Centered(WindowKind kind, int winLength, int nFft)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(winLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(winLength, nFft);
        var window = new float[nFft];
        Fill(kind, window.AsSpan((nFft - winLength) / 2, winLength));
        return window;
    }
}

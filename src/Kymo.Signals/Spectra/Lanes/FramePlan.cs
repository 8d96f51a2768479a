using System.Runtime.CompilerServices;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>What is needed to load windowed frames of a signal into lanes. Immutable.</summary>
sealed class FramePlan
{
    readonly float[] _window;
    readonly int _firstSample;
    readonly int _lastSample;

    public FramePlan(float[] window, int hop, bool center)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hop);
        (_window, Hop, Center) = (window, hop, center);
        // Zeros around a short window are written, not multiplied; blocks of eight samples are kept whole.
        _firstSample = Math.Max(0, Array.FindIndex(window, weight => weight != 0)) & ~7;
        _lastSample = Math.Min(window.Length, (Array.FindLastIndex(window, weight => weight != 0) + 8) & ~7);
    }

    public int Length => _window.Length;

    public int Hop { get; }

    public bool Center { get; }

    /// <summary>Samples that <paramref name="lanes"/> frames reach over.</summary>
    public int Reach(int lanes) => checked((lanes - 1) * Hop + Length);

    /// <summary>
    /// Loads the frames from <paramref name="firstFrame"/> on, one in each lane, samples outside the signal as zero. Returns
    /// false, with nothing loaded, where all of them lie outside.
    /// </summary>
    public bool Load<T>(ReadOnlySpan<float> signal, int firstFrame, ref T rows, Span<float> scratch)
        where T : unmanaged, ILanes<T>
    {
        var start = (long)firstFrame * Hop - (Center ? Length / 2 : 0);
        var reach = Reach(T.Count);
        if (signal.IsEmpty || start >= signal.Length || start + reach <= 0) return false;
        ref readonly var source = ref signal[0];
        if (start >= 0 && start + reach <= signal.Length) source = ref signal[(int)start];
        else
        {
            Framing.CopyPadded(signal, start, scratch[..reach]);
            source = ref scratch[0];
        }
        for (nint row = 0; row < _firstSample; row++) Unsafe.Add(ref rows, row) = default;
        for (nint row = _lastSample; row < Length; row++) Unsafe.Add(ref rows, row) = default;
        T.LoadFrames(
            ref Unsafe.Add(ref Unsafe.AsRef(in source), _firstSample), Hop, in _window[_firstSample], _lastSample - _firstSample,
            ref Unsafe.Add(ref rows, _firstSample));
        return true;
    }
}

using System.Runtime.CompilerServices;
using Kymo.Signals.Spectra.Lanes;

namespace Kymo.Signals.Spectra;

/// <summary>
/// Triangular filters evenly spaced on a mel scale, kept as the few non-zero taps of each. Between the edges <c>f[i] .. f[i +
/// 2]</c>
/// filter i rises to 1 at <c>f[i + 1]</c> and falls again: <c>max(0, min((f - f[i]) / (f[i + 1] - f[i]), (f[i + 2] - f) / (f[i +
/// 2] - f[i + 1])))</c>, times <c>2 / (f[i + 2] - f[i])</c> with Slaney's area norm. Follows <c>librosa.filters.mel</c> and
/// <c>torchaudio.functional.melscale_fbanks</c>. Filters too narrow to hold a bin stay empty, as they do there.
/// </summary>
public sealed class MelFilterBank
{
    readonly int[] _firstBins;
    readonly int[] _starts;
    readonly float[] _weights;

    /// <summary>Computes the filters in double precision and rounds them once.</summary>
    /// <param name="sampleRate">Samples per second, in Hz.</param>
    /// <param name="nFft">
    /// Length of the transform in samples; the bins are k * sampleRate / nFft for k from 0 to nFft / 2.
    /// </param>
    /// <param name="nMels">Number of filters, from 1.</param>
    /// <param name="fMin">Lower edge of the first filter in Hz, from 0.</param>
    /// <param name="fMax">Upper edge of the last filter in Hz, above fMin.</param>
    /// <param name="formula">The mel scale; Slaney by default.</param>
    /// <param name="areaNorm">
    /// Whether every filter has the area 1 over Hz (Slaney's norm, the default) and not the peak 1.
    /// </param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public MelFilterBank(
        double sampleRate, int nFft, int nMels, double fMin, double fMax, MelFormula formula = MelFormula.Slaney,
        bool areaNorm = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(nFft);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(nMels);
        ArgumentOutOfRangeException.ThrowIfNegative(fMin);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(fMax, fMin);
        MelCount = nMels;
        BinCount = nFft / 2 + 1;
        var edges = MelScale.Frequencies(nMels + 2, fMin, fMax, formula);
        _firstBins = new int[nMels];
        _starts = new int[nMels + 1];
        var weights = new List<float>();
        for (var mel = 0; mel < nMels; mel++)
        {
            AddFilter(weights, edges.AsSpan(mel, 3), sampleRate / nFft, areaNorm, out _firstBins[mel]);
            _starts[mel + 1] = weights.Count;
        }
        _weights = [.. weights];
    }

    /// <summary>Number of filters.</summary>
    public int MelCount { get; }

    /// <summary>Number of bins of the spectra it is applied to.</summary>
    public int BinCount { get; }

    /// <summary>The first bin of a filter and the weights from there on; none for a filter without bins.</summary>
    public (int FirstBin, ReadOnlyMemory<float> Weights) Filter(int mel) =>
        (_firstBins[mel], _weights.AsMemory(_starts[mel], _starts[mel + 1] - _starts[mel]));

    /// <summary>The filters as a dense matrix (mel, bin).</summary>
    public float[,] ToMatrix()
    {
        var matrix = new float[MelCount, BinCount];
        for (var mel = 0; mel < MelCount; mel++)
            for (var tap = _starts[mel]; tap < _starts[mel + 1]; tap++)
                matrix[mel, _firstBins[mel] + tap - _starts[mel]] = _weights[tap];
        return matrix;
    }

    /// <summary>Filters one spectrum: <paramref name="mels"/>[i] = sum of weight times bin.</summary>
    /// <param name="bins">The spectrum, <see cref="BinCount"/> values.</param>
    /// <param name="mels">Receives <see cref="MelCount"/> values.</param>
    public void Apply(ReadOnlySpan<float> bins, Span<float> mels)
    {
        if (bins.Length != BinCount)
            throw new ArgumentException($"has {bins.Length} values, expected {BinCount} bins", nameof(bins));
        if (mels.Length != MelCount)
            throw new ArgumentException($"has room for {mels.Length} values, expected {MelCount}", nameof(mels));
        ApplyRows(in Unsafe.As<float, Lanes1>(ref Unsafe.AsRef(in bins[0])), ref mels[0], 1);
    }

    /// <summary>
    /// Filters as many spectra as there are lanes: row k of <paramref name="bins"/> holds bin k of each, and row m of the result
    /// begins at <paramref name="mels"/> + m * <paramref name="stride"/>.
    /// </summary>
    internal void ApplyRows<T>(ref readonly T bins, ref float mels, nint stride) where T : unmanaged, ILanes<T>
    {
        for (nint mel = 0; mel < MelCount; mel++)
        {
            ref var row = ref Unsafe.Add(ref Unsafe.AsRef(in bins), (nint)_firstBins[mel]);
            var taps = _weights.AsSpan(_starts[mel], _starts[mel + 1] - _starts[mel]);
            var (even, odd) = (default(T), default(T));
            nint tap = 0;
            for (; tap + 2 <= taps.Length; tap += 2)
            {
                even = T.MultiplyAdd(Unsafe.Add(ref row, tap), T.Broadcast(taps[(int)tap]), even);
                odd = T.MultiplyAdd(Unsafe.Add(ref row, tap + 1), T.Broadcast(taps[(int)tap + 1]), odd);
            }
            if (tap < taps.Length) even = T.MultiplyAdd(Unsafe.Add(ref row, tap), T.Broadcast(taps[(int)tap]), even);
            Unsafe.As<float, T>(ref Unsafe.Add(ref mels, mel * stride)) = even + odd;
        }
    }

    void AddFilter(List<float> weights, ReadOnlySpan<double> edges, double binWidth, bool areaNorm, out int firstBin)
    {
        var norm = areaNorm ? 2 / (edges[2] - edges[0]) : 1;
        firstBin = 0;
        var any = false;
        for (var bin = 0; bin < BinCount; bin++)
        {
            var hertz = bin * binWidth;
            var rising = (hertz - edges[0]) / (edges[1] - edges[0]);
            var falling = (edges[2] - hertz) / (edges[2] - edges[1]);
            var weight = (float)(norm * Math.Min(rising, falling));
            if (weight <= 0)
            {
                if (any) return;
                continue;
            }
            if (!any) firstBin = bin;
            any = true;
            weights.Add(weight);
        }
    }
}

using System.Runtime.CompilerServices;
using Kymo.Signals.Spectra.Lanes;

namespace Kymo.Signals.Spectra;

/// <summary>
/// The short-time Fourier transform (bin, frame), not scaled, as <c>librosa.stft</c> and <c>torch.stft</c> with
/// <c>pad_mode="constant"</c>: a periodic window in the middle of the frame, frames centred on multiples of the hop, zeros
/// outside the signal. Safe to use from many threads.
/// </summary>
public sealed class Stft
{
    readonly SpectralFrames _spectra;

    /// <summary>Prepares the transform.</summary>
    /// <param name="nFft">Length of a frame in samples, from 1.</param>
    /// <param name="winLength">Length of the window, from 1 to <paramref name="nFft"/>.</param>
    /// <param name="hopLength">Samples between two frames, from 1.</param>
    /// <param name="window">Shape of the window; Hann by default.</param>
    /// <param name="center">Whether frame i is centred on sample i * hop (the default) or begins there.</param>
    public Stft(int nFft, int winLength, int hopLength, WindowKind window = WindowKind.Hann, bool center = true) =>
        _spectra = new(Windows.Centered(window, winLength, nFft), hopLength, center);

    /// <summary>Length of a frame in samples.</summary>
    public int NFft => _spectra.Frames.Length;

    /// <summary>Bins of a frame: nFft / 2 + 1.</summary>
    public int BinCount => _spectra.Fourier.Bins;

    /// <summary>Frames of a signal of <paramref name="samples"/> samples.</summary>
    public int FrameCount(int samples) =>
        Framing.Count(samples, NFft, _spectra.Frames.Hop, _spectra.Frames.Center);

    /// <summary>Transforms a signal.</summary>
    /// <param name="samples">The signal.</param>
    /// <param name="real">Receives the real parts (bin, frame).</param>
    /// <param name="imaginary">Receives the imaginary parts (bin, frame).</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Transform(ReadOnlySpan<float> samples, Span<float> real, Span<float> imaginary)
    {
        CheckLength(samples, real, nameof(real));
        CheckLength(samples, imaginary, nameof(imaginary));
        Walk(samples, real, imaginary);
    }

    /// <summary>The power spectrogram, re^2 + im^2.</summary>
    /// <param name="samples">The signal.</param>
    /// <param name="power">Receives the power (bin, frame).</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Power(ReadOnlySpan<float> samples, Span<float> power)
    {
        CheckLength(samples, power, nameof(power));
        Walk(samples, power, []);
    }

    void CheckLength(ReadOnlySpan<float> samples, Span<float> target, string name)
    {
        var expected = checked(BinCount * FrameCount(samples.Length));
        if (target.Length != expected)
            throw new ArgumentException($"has room for {target.Length} values, expected {expected}", name);
    }

    void Walk(ReadOnlySpan<float> samples, Span<float> first, Span<float> second)
    {
        var workspace = _spectra.Rent();
        switch (workspace.Lanes)
        {
            case 16: Walk<Lanes16>(samples, first, second, workspace); break;
            case 8: Walk<Lanes8>(samples, first, second, workspace); break;
            default: Walk<Lanes4>(samples, first, second, workspace); break;
        }
        _spectra.Return(workspace);
    }

    void Walk<T>(ReadOnlySpan<float> samples, Span<float> first, Span<float> second, SpectralFrames.Workspace workspace)
        where T : unmanaged, ILanes<T>
    {
        var frames = FrameCount(samples.Length);
        ref var real = ref workspace.Bins.Rows<T>();
        ref var imaginary = ref Unsafe.Add(ref real, BinCount);
        for (var frame = 0; frame < frames; frame += T.Count)
        {
            bool any;
            if (second.IsEmpty)
            {
                var power = new PowerBins<T>(ref real);
                any = _spectra.Transform<T, PowerBins<T>>(samples, frame, workspace, ref power);
            }
            else
            {
                var both = new ComplexBins<T>(ref real, ref imaginary);
                any = _spectra.Transform<T, ComplexBins<T>>(samples, frame, workspace, ref both);
            }
            if (!any) workspace.Bins.Span.Clear();
            var count = Math.Min(T.Count, frames - frame);
            Copy(workspace.Bins.Span, T.Count, count, first[frame..], frames);
            if (!second.IsEmpty) Copy(workspace.Bins.Span[(BinCount * T.Count)..], T.Count, count, second[frame..], frames);
        }
    }

    void Copy(ReadOnlySpan<float> rows, int width, int count, Span<float> target, int stride)
    {
        for (var bin = 0; bin < BinCount; bin++) rows.Slice(bin * width, count).CopyTo(target[(bin * stride)..]);
    }
}

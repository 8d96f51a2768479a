using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Kymo.Signals.Spectra.Lanes;

namespace Kymo.Signals.Spectra;

/// <summary>
/// The discrete Fourier transform of real frames: <c>X[k] = sum over n of x[n] exp(-2 pi i k n / N)</c> for k = 0 .. N / 2, not
/// scaled, as <c>numpy.fft.rfft</c>. Any length: products of 2, 3 and 5 directly, others by Bluestein's convolution. Single
/// precision, with twiddles computed in double. Safe to use from many threads.
/// </summary>
public sealed class RealFourier
{
    readonly RealPlan _plan;
    readonly float[] _ones;
    readonly ConcurrentBag<AlignedBuffer> _buffers = [];

    /// <summary>Prepares the transform of frames of <paramref name="length"/> samples, from 1 to 16,777,216.</summary>
    public RealFourier(int length)
    {
        _plan = new(length);
        _ones = Windows.Create(WindowKind.Rectangular, length);
    }

    /// <summary>Samples in a frame.</summary>
    public int Length => _plan.Length;

    /// <summary>Bins of a spectrum: Length / 2 + 1.</summary>
    public int BinCount => _plan.Bins;

    /// <summary>Transforms one frame or several, eight or so at a time; every frame gives the same bits either way.</summary>
    /// <param name="frames">Samples (frame, sample).</param>
    /// <param name="real">Receives the real parts (frame, bin).</param>
    /// <param name="imaginary">Receives the imaginary parts (frame, bin).</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Transform(ReadOnlySpan<float> frames, Span<float> real, Span<float> imaginary)
    {
        var count = frames.Length / Length;
        if (frames.Length % Length != 0)
            throw new ArgumentException($"has {frames.Length} samples, expected a multiple of {Length}", nameof(frames));
        var expected = checked(count * BinCount);
        if (real.Length != expected)
            throw new ArgumentException($"has room for {real.Length}, expected {expected}", nameof(real));
        if (imaginary.Length != expected)
            throw new ArgumentException($"has room for {imaginary.Length}, expected {expected}", nameof(imaginary));
        if (!_buffers.TryTake(out var buffer)) buffer = new(checked((_plan.Rows + 2 * BinCount) * Lanes8.Count));
        var done = 0;
        for (; done + Lanes8.Count <= count; done += Lanes8.Count) Block<Lanes8>(frames, real, imaginary, done, buffer);
        for (; done < count; done++) Block<Lanes1>(frames, real, imaginary, done, buffer);
        _buffers.Add(buffer);
    }

    void Block<T>(ReadOnlySpan<float> frames, Span<float> real, Span<float> imaginary, int first, AlignedBuffer buffer)
        where T : unmanaged, ILanes<T>
    {
        ref var rows = ref buffer.Rows<T>();
        ref var realRows = ref Unsafe.Add(ref rows, _plan.Rows);
        ref var imaginaryRows = ref Unsafe.Add(ref realRows, BinCount);
        T.LoadFrames(in frames[first * Length], Length, in _ones[0], Length, ref rows);
        var bins = new ComplexBins<T>(ref realRows, ref imaginaryRows);
        _plan.Forward(ref rows, ref bins);
        Spread(ref realRows, real[(first * BinCount)..]);
        Spread(ref imaginaryRows, imaginary[(first * BinCount)..]);
    }

    void Spread<T>(ref T rows, Span<float> spectra) where T : unmanaged, ILanes<T>
    {
        ref var values = ref Unsafe.As<T, float>(ref rows);
        for (var lane = 0; lane < T.Count; lane++)
            for (var bin = 0; bin < BinCount; bin++)
                spectra[lane * BinCount + bin] = Unsafe.Add(ref values, bin * T.Count + lane);
    }
}

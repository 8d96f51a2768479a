using System.Collections.Concurrent;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>
/// From a signal to the spectra of its windowed frames, a row of lanes at a time: the part that every spectrogram shares. Safe to
/// use from many threads: each takes a workspace and gives it back.
/// </summary>
sealed class SpectralFrames(float[] window, int hop, bool center)
{
    readonly ConcurrentBag<Workspace> _workspaces = [];

    /// <summary>Framing and window.</summary>
    public FramePlan Frames { get; } = new(window, hop, center);

    /// <summary>The transform of one frame.</summary>
    public RealPlan Fourier { get; } = new(window.Length);

    /// <summary>Buffers for one thread.</summary>
    public sealed class Workspace(SpectralFrames owner, int lanes)
    {
        /// <summary>Frames at a time.</summary>
        public int Lanes { get; } = lanes;

        /// <summary>Rows of samples, then of the transform.</summary>
        public AlignedBuffer Rows { get; } = new(checked(owner.Fourier.Rows * lanes));

        /// <summary>Two rows per bin: real and imaginary parts, or power in the first half.</summary>
        public AlignedBuffer Bins { get; } = new(checked(2 * owner.Fourier.Bins * lanes));

        /// <summary>Samples of frames that reach out of the signal.</summary>
        public float[] Scratch { get; } = new float[owner.Frames.Reach(lanes)];
    }

    public Workspace Rent() => _workspaces.TryTake(out var workspace) ? workspace : new(this, LaneWidth.Preferred);

    public void Return(Workspace workspace) => _workspaces.Add(workspace);

    /// <summary>
    /// Gives out the bins of the frames from <paramref name="firstFrame"/> on; false, and nothing given out, where all of them
    /// lie outside the signal and every bin is zero.
    /// </summary>
    public bool Transform<T, TBins>(ReadOnlySpan<float> signal, int firstFrame, Workspace workspace, ref TBins bins)
        where T : unmanaged, ILanes<T>
        where TBins : struct, IBins<T>, allows ref struct
    {
        ref var rows = ref workspace.Rows.Rows<T>();
        if (!Frames.Load(signal, firstFrame, ref rows, workspace.Scratch)) return false;
        Fourier.Forward(ref rows, ref bins);
        return true;
    }
}

using System.Buffers;
using Kymo.Signals.Spectra;
using Kymo.Signals.Spectra.Lanes;

namespace Kymo.Signals.Features;

/// <summary>
/// Samples in, log-mel spectrogram (mel, frame) out, by <see cref="LogMelOptions"/>. Safe to use from many threads at once; after
/// the first call on each thread nothing is allocated.
/// </summary>
public sealed class LogMelExtractor
{
    const string NotFinite = "hold NaN, infinity or values whose power single precision cannot hold";

    readonly SpectralFrames _spectra;
    readonly MelFilterBank _filters;

    /// <summary>Prepares window, transform and filters.</summary>
    /// <param name="options">What to compute.</param>
    /// <exception cref="ArgumentException">The options cannot be used; the message lists every reason.</exception>
    public LogMelExtractor(LogMelOptions options)
    {
        var problems = options.Problems();
        if (problems.Count > 0) throw new ArgumentException(string.Join("; ", problems), nameof(options));
        Options = options;
        _spectra = new(Windows.Centered(WindowKind.Hann, options.WinLength, options.NFft), options.HopLength, center: true);
        _filters = new(options.SampleRate, options.NFft, options.NMels, options.FMin, options.FMax);
    }

    /// <summary>What is computed.</summary>
    public LogMelOptions Options { get; }

    /// <summary>Number of mel bands.</summary>
    public int MelCount => Options.NMels;

    /// <summary>
    /// Number of frames a clip of <paramref name="samples"/> samples gives (where the duration is fixed, any clip).
    /// </summary>
    public int FrameCount(int samples) =>
        Framing.Count(Options.ClipSamples ?? samples, Options.NFft, Options.HopLength, center: true);

    /// <summary>Length of the result of a clip of <paramref name="samples"/> samples: bands times frames.</summary>
    public int OutputLength(int samples) => checked(MelCount * FrameCount(samples));

    /// <summary>Computes the spectrogram of one clip.</summary>
    /// <param name="samples">Mono samples at <see cref="LogMelOptions.SampleRate"/>, at least one, in [-1, 1] by custom.</param>
    /// <param name="destination">Receives dB values (mel, frame); <see cref="OutputLength"/> values.</param>
    /// <exception cref="ArgumentException">
    /// No samples, samples that are not finite, or a destination of another length.
    /// </exception>
    public void Extract(ReadOnlySpan<float> samples, Span<float> destination)
    {
        if (!TryExtract(samples, destination)) throw new ArgumentException(NotFinite, nameof(samples));
    }

    /// <summary>
    /// The same, but false where the power of the samples is not finite; the destination holds nothing of use then.
    /// </summary>
    internal bool TryExtract(ReadOnlySpan<float> samples, Span<float> destination)
    {
        var workspace = _spectra.Rent();
        try
        {
            return TryExtract(samples, destination, workspace);
        }
        finally
        {
            _spectra.Return(workspace);
        }
    }

    /// <summary>
    /// Computes the spectrogram of one clip into a new array; see <see cref="Extract(ReadOnlySpan{float}, Span{float})"/>.
    /// </summary>
    public float[] Extract(ReadOnlySpan<float> samples)
    {
        var result = new float[OutputLength(samples.Length)];
        Extract(samples, result);
        return result;
    }

    /// <summary>The same with a given number of frames at a time (1, 4, 8, 16), for tests.</summary>
    internal bool TryExtract(ReadOnlySpan<float> samples, Span<float> destination, int lanes) =>
        TryExtract(samples, destination, new SpectralFrames.Workspace(_spectra, lanes));

    bool TryExtract(ReadOnlySpan<float> samples, Span<float> destination, SpectralFrames.Workspace workspace)
    {
        if (samples.IsEmpty) throw new ArgumentException("has no samples, expected at least one", nameof(samples));
        var expected = OutputLength(samples.Length);
        if (destination.Length != expected)
            throw new ArgumentException($"has room for {destination.Length} values, expected {expected}", nameof(destination));
        float[]? repeated = null;
        var clip = Clip(samples, ref repeated);
        var frames = FrameCount(samples.Length);
        switch (workspace.Lanes)
        {
            case 16: MelPower<Lanes16>(clip, frames, destination, workspace); break;
            case 8: MelPower<Lanes8>(clip, frames, destination, workspace); break;
            case 4: MelPower<Lanes4>(clip, frames, destination, workspace); break;
            default: MelPower<Lanes1>(clip, frames, destination, workspace); break;
        }
        if (repeated is not null) ArrayPool<float>.Shared.Return(repeated);
        return ToDecibels(destination);
    }

    // The samples that count: zeros to the right need not be written, the framing takes them for granted.
    ReadOnlySpan<float> Clip(ReadOnlySpan<float> samples, ref float[]? repeated)
    {
        if (Options.ClipSamples is not { } length) return samples;
        if (samples.Length >= length) return samples[..length];
        if (Options.ShortClips == ShortClipRule.Zero) return samples;
        var clip = (repeated = ArrayPool<float>.Shared.Rent(length)).AsSpan(0, length);
        for (var filled = 0; filled < length; filled += samples.Length)
            samples[..Math.Min(samples.Length, length - filled)].CopyTo(clip[filled..]);
        return clip;
    }

    void MelPower<T>(ReadOnlySpan<float> clip, int frames, Span<float> destination, SpectralFrames.Workspace workspace)
        where T : unmanaged, ILanes<T>
    {
        ref var power = ref workspace.Bins.Rows<T>();
        for (var frame = 0; frame < frames; frame += T.Count)
        {
            var count = Math.Min(T.Count, frames - frame);
            var bins = new PowerBins<T>(ref power);
            if (!_spectra.Transform<T, PowerBins<T>>(clip, frame, workspace, ref bins))
                for (var mel = 0; mel < MelCount; mel++) destination.Slice(mel * frames + frame, count).Clear();
            else if (count == T.Count) _filters.ApplyRows(in power, ref destination[frame], frames);
            else ApplyToLast(ref power, workspace.Rows, count, destination[frame..], frames);
        }
    }

    // Fewer frames than lanes: the rows' own buffer, which is free by now, takes the bands before the frames are copied.
    void ApplyToLast<T>(ref T power, AlignedBuffer buffer, int count, Span<float> destination, int frames)
        where T : unmanaged, ILanes<T>
    {
        var mels = buffer.Length >= MelCount * T.Count ? buffer.Span : new float[MelCount * T.Count];
        _filters.ApplyRows(in power, ref mels[0], T.Count);
        for (var mel = 0; mel < MelCount; mel++) mels.Slice(mel * T.Count, count).CopyTo(destination[(mel * frames)..]);
    }

    bool ToDecibels(Span<float> power)
    {
        var maximum = Decibels.Maximum(power);
        if (!float.IsFinite(maximum)) return false;
        var fixedReference = Options.Reference == DecibelReference.Fixed;
        if (!fixedReference && Options.Silence == SilenceRule.Floor && maximum <= Decibels.DefaultAmin)
        {
            power.Fill((float)-Options.TopDb);
            return true;
        }
        var reference = fixedReference ? (float)Options.ReferencePower : maximum;
        Decibels.FromPower(power, maximum, reference, (float)Options.TopDb, Decibels.DefaultAmin);
        return true;
    }
}

using System.Numerics;
using System.Runtime.InteropServices;

namespace Kymo.Signals.Audio;

/// <summary>Sound in memory: (channel, time), in [-1, 1] by custom.</summary>
/// <param name="sampleRate">Samples per second, in Hz.</param>
/// <param name="channels">Number of channels.</param>
/// <param name="samples">All samples of channel 0, then of channel 1, and so on; kept, not copied.</param>
public sealed class AudioClip(int sampleRate, int channels, float[] samples)
{
    /// <summary>Samples per second, in Hz.</summary>
    public int SampleRate { get; } = sampleRate;

    /// <summary>Number of channels.</summary>
    public int Channels { get; } = channels;

    /// <summary>Samples per channel.</summary>
    public int Frames { get; } = samples.Length / channels;

    /// <summary>All samples (channel, time).</summary>
    public ReadOnlySpan<float> Samples => samples;

    /// <summary>The samples of one channel, from 0.</summary>
    public ReadOnlySpan<float> Channel(int channel) => samples.AsSpan(channel * Frames, Frames);

    /// <summary>The mean over channels, resampled per channel before that, as the urban-sounds front end orders it.</summary>
    /// <param name="sampleRate">Samples per second wanted; the clip's own by default.</param>
    /// <returns>A new array, or the clip's own samples where there is nothing to do.</returns>
    public float[] ToMono(int? sampleRate = null)
    {
        var rate = sampleRate ?? SampleRate;
        if (Channels == 1) return rate == SampleRate ? samples : Resampler.Resample(samples, SampleRate, rate);
        var sum = Resampler.Resample(Channel(0), SampleRate, rate);
        for (var channel = 1; channel < Channels; channel++)
            Add(rate == SampleRate ? Channel(channel) : Resampler.Resample(Channel(channel), SampleRate, rate), sum);
        foreach (ref var sample in sum.AsSpan()) sample /= Channels;
        return sum;
    }

    static void Add(ReadOnlySpan<float> samples, Span<float> sum)
    {
        var from = MemoryMarshal.Cast<float, Vector<float>>(samples);
        var to = MemoryMarshal.Cast<float, Vector<float>>(sum);
        for (var i = 0; i < to.Length; i++) to[i] += from[i];
        for (var i = to.Length * Vector<float>.Count; i < sum.Length; i++) sum[i] += samples[i];
    }
}

using Kymo.Signals.Audio;
using Kymo.Signals.Features;

namespace Kymo.Lab.Data;

/// <summary>Log-mel spectrograms as the cache builder wants them.</summary>
public static class LogMelFeatures
{
    /// <summary>Largest sample of what <c>trim</c> takes for silence: 80 dB below full scale.</summary>
    public const float SilentSample = 1e-4f;

    /// <summary>The kind of feature that some settings describe.</summary>
    /// <param name="options">The spectrogram settings.</param>
    /// <param name="trim">Whether silence at a recording's end is cut off first; one that is silent throughout stays as it is.</param>
    public static FeatureKind Kind(LogMelOptions options, bool trim = false) => new(
        Text(options, trim), options.NMels, Frames(options), () =>
        {
            var extractor = new LogMelExtractor(options);
            return (path, destination) =>
            {
                var samples = AudioFile.ReadMono(path, options.SampleRate);
                extractor.Extract(trim ? WithoutSilentEnd(samples) : samples, destination);
            };
        });

    /// <summary>The settings in a stable text form.</summary>
    /// <param name="options">The spectrogram settings.</param>
    /// <param name="trim">Whether silence at a recording's end is cut off first.</param>
    public static string Text(LogMelOptions options, bool trim) => options.ToCanonicalText() + (trim ? " trim=end" : "");

    /// <summary>The samples up to the last one above <see cref="SilentSample"/>.</summary>
    public static ReadOnlySpan<float> WithoutSilentEnd(ReadOnlySpan<float> samples)
    {
        var length = samples.Length;
        while (length > 0 && Math.Abs(samples[length - 1]) <= SilentSample) length--;
        return length == 0 ? samples : samples[..length];
    }

    /// <summary>Frames of one spectrogram.</summary>
    public static int Frames(LogMelOptions options) => new LogMelExtractor(options).FrameCount(options.ClipSamples!.Value);
}

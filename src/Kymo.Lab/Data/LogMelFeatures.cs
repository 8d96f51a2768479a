using Kymo.Signals.Audio;
using Kymo.Signals.Features;

namespace Kymo.Lab.Data;

/// <summary>Log-mel spectrograms as the cache builder wants them.</summary>
public static class LogMelFeatures
{
    /// <summary>The kind of feature that some settings describe.</summary>
    public static FeatureKind Kind(LogMelOptions options) => new(options.ToCanonicalText(), options.NMels, Frames(options), () =>
    {
        var extractor = new LogMelExtractor(options);
        return (path, destination) => extractor.Extract(AudioFile.ReadMono(path, options.SampleRate), destination);
    });

    /// <summary>Frames of one spectrogram.</summary>
    public static int Frames(LogMelOptions options) => new LogMelExtractor(options).FrameCount(options.ClipSamples!.Value);
}

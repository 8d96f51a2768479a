namespace Kymo.Signals.Audio;

/// <summary>What a sound file says about itself.</summary>
/// <param name="SampleRate">Samples per second and channel, in Hz.</param>
/// <param name="Channels">Number of channels.</param>
/// <param name="Frames">Samples per channel; null where the file does not say.</param>
/// <param name="Container">The kind of file: WAV, FLAC, OGG, MP3, AIFF, AU, CAF, W64, RF64.</param>
/// <param name="Encoding">How samples are stored, such as "PCM 16", "float 32", "MS ADPCM", "Vorbis".</param>
public sealed record AudioInfo(int SampleRate, int Channels, long? Frames, string Container, string Encoding)
{
    /// <summary>Length in seconds; null where <see cref="Frames"/> is.</summary>
    public double? Seconds => Frames / (double)SampleRate;
}

using System.Buffers;
using Kymo.Signals.Spectra;

namespace Kymo.Signals.Features;

/// <summary>
/// Mel-frequency cepstral coefficients (coefficient, frame): the orthonormal cosine transform (type II) of a log-mel spectrogram
/// in dB re 1, as <c>librosa.feature.mfcc</c> and torchaudio's <c>MFCC</c> with its mel options set alike. Safe to use from many
/// threads.
/// </summary>
public sealed class MfccExtractor
{
    readonly LogMelExtractor _logMel;
    readonly CosineTransform _cosines;

    /// <summary>Prepares the extraction.</summary>
    /// <param name="options">The log-mel spectrogram beneath; its reference is taken as fixed.</param>
    /// <param name="count">Coefficients kept, from 1 to the number of mel bands; 20 by default.</param>
    /// <exception cref="ArgumentException">The options cannot be used, or <paramref name="count"/> is out of range.</exception>
    public MfccExtractor(LogMelOptions options, int count = 20)
    {
        _logMel = new(options with { Reference = DecibelReference.Fixed });
        _cosines = new(options.NMels, count);
    }

    /// <summary>Coefficients per frame.</summary>
    public int CoefficientCount => _cosines.Count;

    /// <summary>Number of frames of a clip of <paramref name="samples"/> samples.</summary>
    public int FrameCount(int samples) => _logMel.FrameCount(samples);

    /// <summary>Computes the coefficients of one clip.</summary>
    /// <param name="samples">Mono samples at the options' rate, at least one.</param>
    /// <param name="destination">Receives the coefficients (coefficient, frame).</param>
    /// <exception cref="ArgumentException">
    /// No samples, samples that are not finite, or a destination of another length.
    /// </exception>
    public void Extract(ReadOnlySpan<float> samples, Span<float> destination)
    {
        var length = _logMel.OutputLength(samples.Length);
        var levels = ArrayPool<float>.Shared.Rent(length);
        _logMel.Extract(samples, levels.AsSpan(0, length));
        _cosines.Transform(levels.AsSpan(0, length), destination);
        ArrayPool<float>.Shared.Return(levels);
    }
}

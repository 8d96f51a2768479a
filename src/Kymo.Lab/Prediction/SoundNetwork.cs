using Kymo.Lab.Data;
using Kymo.Signals.Features;

namespace Kymo.Lab.Prediction;

/// <summary>A network that names sounds, whatever computes it.</summary>
/// <param name="Classes">Class names.</param>
/// <param name="Features">The spectrogram settings.</param>
/// <param name="Probabilities">Class probabilities of spectrograms in dB as extracted, (batch, mel, frame); the array is not changed.</param>
/// <param name="Close">Gives its memory back.</param>
public sealed record SoundNetwork(IReadOnlyList<string> Classes, LogMelOptions Features, Func<float[], int, float[][]> Probabilities, Action Close)
{
    /// <summary>Whether silence at a recording's end was cut off before its features were computed, and is again.</summary>
    public bool Trim { get; init; }

    /// <summary>Whether many threads may ask at once.</summary>
    public bool IsConcurrent { get; init; }

    /// <summary>An export whose graph takes spectrograms in dB, (batch, mel, frame), and puts out logits.</summary>
    public static SoundNetwork Of(ExportedNetwork export, IReadOnlyList<string> classes, LogMelOptions features)
    {
        var (bands, frames) = (features.NMels, LogMelFeatures.Frames(features));
        return new SoundNetwork(classes, features, (clips, batch) =>
        {
            var logits = export.Run(clips.AsSpan(0, batch * bands * frames), batch, bands, frames);
            return [.. logits.Chunk(classes.Count).Select(row => Softmax.Of(row))];
        }, export.Dispose)
        { IsConcurrent = true };
    }
}

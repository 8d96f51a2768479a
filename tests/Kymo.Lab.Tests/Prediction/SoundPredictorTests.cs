using Kymo.Lab.Prediction;
using Kymo.Signals.Audio;
using Kymo.Signals.Features;

namespace Kymo.Lab.Tests.Prediction;

public sealed class SoundPredictorTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Silence_at_the_end_is_cut_off_where_it_was_in_training(bool trim)
    {
        var options = new LogMelOptions { SampleRate = 8000, NFft = 256, WinLength = 256, HopLength = 128, NMels = 16, FMin = 0, FMax = 4000, Duration = 1, ShortClips = ShortClipRule.Repeat };
        using var predictor = new SoundPredictor("test", [new SoundNetwork(["a", "b"], options, Loudness, () => { }) { Trim = trim }]);
        float[] tone = [.. Enumerable.Range(0, 3000).Select(i => MathF.Sin(0.3f * i))];
        float[] padded = [.. tone, .. new float[4000]];
        var (plain, filled) = (predictor.Hear("tone", tone).Probabilities, predictor.Hear("padded", padded).Probabilities);
        Assert.Equal(trim, plain.SequenceEqual(filled));
    }

    [Theory]
    [InlineData(true, 90 * 8000, 0.5)]
    [InlineData(false, (90 * 8000) + 1, 0.5)]
    [InlineData(true, (64 * 8000) + 4321, 0.37)]
    [InlineData(true, 200 * 8000, 7)]
    [InlineData(true, (61 * 8000) + 4000, 0.5)]
    public void Long_recording_read_in_pieces_is_heard_as_one_read_whole(bool isConcurrent, int length, double hop)
    {
        var options = new LogMelOptions { SampleRate = 8000, NFft = 256, WinLength = 256, HopLength = 128, NMels = 16, FMin = 0, FMax = 4000, Duration = 1 };
        using var folder = new TempFolder();
        var numbers = new LogMelExtractor(options).OutputLength(8000);
        float[][] Levels(float[] clips, int batch) => [.. clips.Take(batch * numbers).Chunk(numbers).Select(clip => new[] { clip.Average(), clip.Max() })];
        using var predictor = new SoundPredictor("test", [new SoundNetwork(["a", "b"], options, Levels, () => { }) { IsConcurrent = isConcurrent }]);
        float[] samples = [.. Enumerable.Range(0, length).Select(i => MathF.Sin(0.3f * i) * (0.5f + (0.4f * MathF.Sin(i * 1e-5f))))];
        AudioFile.WriteWav(folder["long.wav"], new AudioClip(8000, 1, samples), WavEncoding.Float32);
        var (whole, pieces) = (predictor.Hear("long.wav", samples, hop), predictor.Predict(folder["long.wav"], hop));
        Assert.Equal(whole.Windows.Select(window => (window.Start, window.End)), pieces.Windows.Select(window => (window.Start, window.End)));
        Assert.Equal(whole.Windows.SelectMany(window => window.Probabilities), pieces.Windows.SelectMany(window => window.Probabilities));
        Assert.Equal(whole.Probabilities, pieces.Probabilities);
        Assert.Equal(length / 8000.0, pieces.Windows[^1].End);
    }

    // The mean level of each clip, in both classes.
    static float[][] Loudness(float[] clips, int batch) => [.. clips.Chunk(clips.Length / batch).Select(clip => new[] { clip.Average(), -clip.Average() })];
}

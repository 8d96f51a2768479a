using Kymo.Lab.Prediction;
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

    // The mean level of each clip, in both classes.
    static float[][] Loudness(float[] clips, int batch) => [.. clips.Chunk(clips.Length / batch).Select(clip => new[] { clip.Average(), -clip.Average() })];
}

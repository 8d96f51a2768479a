using Kymo.Signals.Spectra;

namespace Kymo.Signals.Tests.Spectra;

public sealed class FramingTests
{
    [Fact]
    public void Count_and_Copy_of_every_length_equal_frames_cut_from_a_padded_copy()
    {
        for (var length = 0; length <= 256; length++)
            foreach (var (frameLength, hop) in new[] { (1, 1), (8, 3), (7, 2), (16, 16), (5, 9), (200, 50) })
                foreach (var center in new[] { false, true })
                {
                    var signal = SignalOracle.Noise(length, length);
                    var pad = new float[center ? frameLength / 2 : 0];
                    float[] padded = [.. pad, .. signal, .. pad];
                    var starts = Enumerable.Range(0, padded.Length + 1).Where(
                        start => start % hop == 0 && start + frameLength <= padded.Length);
                    var frames = starts.Select(start => padded[start..(start + frameLength)]).ToArray();
                    Assert.Equal(frames.Length, Framing.Count(length, frameLength, hop, center));
                    var frame = new float[frameLength];
                    for (var i = 0; i < frames.Length; i++)
                    {
                        Framing.Copy(signal, i, hop, center, frame);
                        Assert.Equal(frames[i], frame);
                    }
                }
    }

    [Fact]
    public void Copy_far_outside_gives_zeros()
    {
        var frame = new float[] { 1, 1, 1 };
        Framing.Copy([1, 2, 3], int.MaxValue, int.MaxValue, center: false, frame);
        Assert.Equal([0f, 0, 0], frame);
    }
}

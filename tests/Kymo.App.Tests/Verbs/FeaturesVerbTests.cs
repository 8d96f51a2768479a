using Kymo.Signals.Arrays;

namespace Kymo.App.Tests.Verbs;

/// <summary>One recording's features from the command line: the golden numbers of the urban-sounds front end.</summary>
public sealed class FeaturesVerbTests : IDisposable
{
    // The front end of urban-sounds: Slaney mel, 2048-point frames, hop 512, 128 bands to 11025 Hz, 4 s.
    static readonly string[] s_settings =
        ["sample_rate=22050", "n_fft=2048", "win_length=2048", "hop_length=512", "n_mels=128", "f_min=0", "f_max=11025", "duration=4.0"];

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tone_of_440_Hz_gives_the_golden_levels()
    {
        var samples = Enumerable.Range(0, Sounds.Rate).Select(i => (short)(32767 * Math.Sin(2 * Math.PI * 440 * i / Sounds.Rate)));
        var levels = Features([.. samples]);
        float[] expected = [-50.689f, -10.360f, 0, -7.809f, -50.023f];
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], levels[((14 + i) * 173) + 20], 0.002f);
        Assert.Equal(-78.791, levels.Average(), 0.001);
        Assert.Equal(0.9560, levels.Count(level => level == -80) / (double)levels.Length, 0.0001);
        float[] first = [-4.403f, -0.396f];
        for (var frame = 0; frame < first.Length; frame++) Assert.Equal(first[frame], levels[(16 * 173) + frame], 0.002f);
    }

    [Fact]
    public void Impulse_gives_the_golden_levels()
    {
        // The largest 16-bit number stands for the unit: levels are relative to the loudest cell.
        var samples = new short[Sounds.Rate];
        samples[0] = short.MaxValue;
        var levels = Features(samples);
        foreach (var (band, zero, one) in new[] { (0, -0.282f, -6.302f), (64, -0.165f, -6.186f), (127, -0.162f, -6.183f) })
        {
            Assert.Equal(zero, levels[band * 173], 0.002f);
            Assert.Equal(one, levels[(band * 173) + 1], 0.002f);
            Assert.Equal(-80, levels[(band * 173) + 2]);
        }
    }

    float[] Features(short[] samples)
    {
        File.WriteAllBytes(_folder["sound.wav"], Sounds.Pcm16(samples));
        var answer = KymoProgram.Succeed(_folder.Path, ["features", "logmel", "sound.wav", "--out", "x.npy", "--json", .. s_settings]).Json;
        Assert.Equal("[128,173]", answer["shape"]!.ToJsonString());
        return NpyFile.Read(_folder["x.npy"]).AsFloat32().ToArray();
    }
}

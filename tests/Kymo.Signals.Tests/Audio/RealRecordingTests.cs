using Kymo.Signals.Audio;

namespace Kymo.Signals.Tests.Audio;

/// <summary>Files of the public sets, as they are.</summary>
public sealed class RealRecordingTests
{
    [Fact]
    public void ReadMono_of_every_tenth_urban_clip_has_the_rate_and_length_of_the_table()
    {
        var files = Directory.GetFiles(Repository.Shared("data", "urbansound8k", "audio"), "*.flac", SearchOption.AllDirectories);
        Assert.Equal(417, files.Length);
        foreach (var file in files.Order(StringComparer.Ordinal).Where((_, index) => index % 10 == 0))
        {
            var info = AudioFile.ReadInfo(file);
            Assert.Equal((22050, 1, "FLAC", "PCM 16"), (info.SampleRate, info.Channels, info.Container, info.Encoding));
            Assert.InRange(info.Seconds!.Value, 0.05, 4.01);
            var samples = AudioFile.ReadMono(file, 22050);
            Assert.Equal(info.Frames, samples.Length);
            Assert.InRange(samples.Max(), 1e-4f, 1);
            Assert.All(samples, sample => Assert.Equal(0, sample * 32768 % 1));
        }
    }

    [Fact]
    public void ReadMono_of_a_spoken_digit_doubles_its_rate()
    {
        var file = Repository.Shared("data", "fsdd", "recordings", "7_jackson_10.wav");
        var info = AudioFile.ReadInfo(file);
        Assert.Equal((8000, 1, "WAV", "PCM 16"), (info.SampleRate, info.Channels, info.Container, info.Encoding));
        Assert.Equal(2 * info.Frames, AudioFile.ReadMono(file, 16000).Length);
    }
}

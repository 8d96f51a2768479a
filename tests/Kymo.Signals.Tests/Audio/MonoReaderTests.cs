using Kymo.Signals.Audio;

namespace Kymo.Signals.Tests.Audio;

public sealed class MonoReaderTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(44_100, 2, 22_050, 300_001)]
    [InlineData(48_000, 1, 22_050, 200_000)]
    [InlineData(22_050, 2, 22_050, 200_000)]
    [InlineData(22_050, 1, 22_050, 65_536)]
    [InlineData(8_000, 3, 44_100, 70_000)]
    [InlineData(44_100, 1, 22_050, 1)]
    [InlineData(11_025, 1, 48_000, 7)]
    public void Read_in_blocks_of_any_size_gives_what_the_whole_file_gives(int from, int channels, int to, int frames)
    {
        var random = new Random(1);
        float[] samples = [.. Enumerable.Range(0, frames * channels).Select(i => (float)((0.4 * Math.Sin(i * 0.01)) + (0.2 * random.NextDouble())))];
        AudioFile.WriteWav(_folder["sound.wav"], new AudioClip(from, channels, samples), WavEncoding.Float32);
        var whole = AudioFile.ReadMono(_folder["sound.wav"], to);
        using var reader = MonoReader.Open(_folder["sound.wav"], to);
        var parts = new List<float>();
        var part = new float[10_007];
        int count;
        while ((count = reader.Read(part)) > 0) parts.AddRange(part.AsSpan(0, count));
        Assert.Equal(whole.Length, parts.Count);
        for (var i = 0; i < whole.Length; i++) Assert.Equal(whole[i], parts[i], 1e-6f);
    }

    [Fact]
    public void Silence_and_damage_are_refused_as_by_the_reader_of_whole_files()
    {
        AudioFile.WriteWav(_folder["silent.wav"], new AudioClip(44_100, 1, new float[200_000]));
        using (var silent = MonoReader.Open(_folder["silent.wav"], 22_050))
            Assert.Contains("silent", Assert.Throws<DataException>(() => silent.Read(new float[200_000])).Message, StringComparison.Ordinal);
        var bytes = File.ReadAllBytes(_folder["silent.wav"]);
        File.WriteAllBytes(_folder["cut.wav"], bytes[..(bytes.Length / 2)]);
        Assert.Throws<DataException>(() =>
        {
            using var cut = MonoReader.Open(_folder["cut.wav"], 22_050);
            cut.Read(new float[400_000]);
        });
        Assert.Throws<DataException>(() => MonoReader.Open(_folder["none.wav"], 22_050));
    }
}

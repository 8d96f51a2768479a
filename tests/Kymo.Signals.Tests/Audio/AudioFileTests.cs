using Kymo.Signals.Audio;

namespace Kymo.Signals.Tests.Audio;

public sealed class AudioFileTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string Write(byte[] content, string name = "sound.wav")
    {
        File.WriteAllBytes(_folder[name], content);
        return _folder[name];
    }

    static string Fixture(string name) => Repository.PathOf("tests", "Oracles", "data", "audio", name);

    static double Left(int n) => 0.5 * Math.Sin(2 * Math.PI * 440 * n / 22050);

    static double Right(int n) => 0.25 * Math.Sin(2 * Math.PI * 1000 * n / 22050);

    static readonly double[] s_values = [0, 0.5, -0.5, 0.25, -1, 0.9921875, -0.0078125];

    static byte[] Integer(double value, int bits)
    {
        if (bits == 8) return [(byte)(128 + value * 128)];
        var number = BitConverter.GetBytes((long)(value * (1L << (bits - 1))));
        return number[..(bits / 8)];
    }

    [Theory]
    [InlineData(8), InlineData(16), InlineData(24), InlineData(32)]
    public void Read_of_integers_scales_by_the_power_of_two_of_their_width(int bits)
    {
        byte[] data = [.. s_values.SelectMany(value => Integer(value, bits))];
        byte[][] files =
        [
            Wav.File(Wav.Format(1, 1, 8000, bits), Wav.Chunk("data", data)),
            Wav.File(Wav.Format(0xFFFE, 1, 8000, bits, Wav.Extension(bits, 1)), Wav.Chunk("data", data)),
        ];
        foreach (var file in files)
        {
            var clip = AudioFile.Read(Write(file));
            Assert.Equal((8000, 1, 7), (clip.SampleRate, clip.Channels, clip.Frames));
            Assert.Equal(s_values, clip.Samples.ToArray().Select(sample => (double)sample));
            Assert.Equal(bits == 8 ? "PCM 8" : $"PCM {bits}", AudioFile.ReadInfo(_folder["sound.wav"]).Encoding);
        }
    }

    [Theory]
    [InlineData(32, 3), InlineData(64, 3), InlineData(32, 0xFFFE)]
    public void Read_of_floats_takes_them_as_they_are(int bits, int tag)
    {
        double[] values = [.. s_values, 1.5, -3];
        byte[] data = [.. values.SelectMany(
            value => bits == 32 ? BitConverter.GetBytes((float)value) : BitConverter.GetBytes(value))];
        var format = Wav.Format(tag, 1, 44100, bits, tag == 3 ? null : Wav.Extension(bits, 3));
        var clip = AudioFile.Read(Write(Wav.File(format, Wav.Chunk("data", data))));
        Assert.Equal(values, clip.Samples.ToArray().Select(sample => (double)sample));
    }

    [Fact]
    public void Read_steps_over_odd_and_unknown_chunks_before_and_after_the_samples()
    {
        var data = Wav.Chunk("data", [.. s_values.SelectMany(value => Integer(value, 16))]);
        var file = Wav.File(
            Wav.Chunk("JUNK", new byte[27]), Wav.Format(1, 1, 8000, 16),
            Wav.Chunk("LIST", [.. "INFOISFT"u8, 3, 0, 0, 0, 65, 66, 0, 0]),
            Wav.Chunk("cue ", new byte[4]), data, Wav.Chunk("xyz!", new byte[5]));
        Assert.Equal(s_values, AudioFile.Read(Write(file)).Samples.ToArray().Select(sample => (double)sample));
    }

    [Fact]
    public void Read_takes_a_stream_whose_recorder_left_the_length_open()
    {
        var data = Wav.Chunk("data", [.. s_values.SelectMany(value => Integer(value, 16))], uint.MaxValue);
        Assert.Equal(7, AudioFile.Read(Write(Wav.File(Wav.Format(1, 1, 8000, 16), data))).Frames);
    }

    [Theory]
    [InlineData("mono-ms-adpcm.wav", "WAV", "MS ADPCM", 30)]
    [InlineData("mono-ima-adpcm.wav", "WAV", "IMA ADPCM", 30)]
    [InlineData("mono-mu-law.wav", "WAV", "mu-law", 30)]
    [InlineData("mono-pcm16.flac", "FLAC", "PCM 16", 85)]
    [InlineData("mono.mp3", "MP3", "MPEG layer 3", 20)]
    [InlineData("mono-pcm16.aiff", "AIFF", "PCM 16", 85)]
    [InlineData("mono-pcm16.au", "AU", "PCM 16", 85)]
    [InlineData("mono-pcm16.caf", "CAF", "PCM 16", 85)]
    [InlineData("mono-pcm16.w64", "W64", "PCM 16", 85)]
    [InlineData("mono-pcm16.rf64", "RF64", "PCM 16", 85)]
    public void Read_of_a_format_gives_the_sine_that_went_in(string name, string container, string encoding, double decibels)
    {
        var info = AudioFile.ReadInfo(Fixture(name));
        Assert.Equal((22050, 1, container, encoding), (info.SampleRate, info.Channels, info.Container, info.Encoding));
        var clip = AudioFile.Read(Fixture(name));
        Assert.InRange(clip.Frames, 5512, 6200);
        AssertSnr(clip.Channel(0)[..5512], Left, decibels);
    }

    [Theory]
    [InlineData("stereo-pcm24.flac", 120)]
    [InlineData("stereo-vorbis.ogg", 15)]
    public void Read_of_two_channels_keeps_them_apart_and_mono_is_their_mean(string name, double decibels)
    {
        var clip = AudioFile.Read(Fixture(name));
        Assert.Equal((2, 5512), (clip.Channels, clip.Frames));
        AssertSnr(clip.Channel(0), Left, decibels);
        AssertSnr(clip.Channel(1), Right, decibels);
        var mono = AudioFile.ReadMono(Fixture(name));
        for (var n = 0; n < 5512; n++) Assert.Equal((clip.Channel(0)[n] + clip.Channel(1)[n]) / 2, mono[n]);
    }

    static void AssertSnr(ReadOnlySpan<float> actual, Func<int, double> expected, double decibels)
    {
        var (signal, noise) = (0.0, 0.0);
        for (var n = 0; n < actual.Length; n++)
        {
            signal += expected(n) * expected(n);
            noise += (actual[n] - expected(n)) * (actual[n] - expected(n));
        }
        Assert.True(10 * Math.Log10(signal / noise) >= decibels, $"{10 * Math.Log10(signal / noise):F1} dB, expected {decibels}");
    }

    [Theory]
    [InlineData("mono-pcm16.flac", "FLAC")]
    [InlineData("mono.mp3", "MP3")]
    [InlineData("stereo-vorbis.ogg", "OGG")]
    [InlineData("mono-ms-adpcm.wav", "WAV")]
    public void Read_of_renamed_audio_goes_by_the_content(string name, string container)
    {
        foreach (var other in new[] { "a.wav", "a.flac", "a.mp3", "a.raw", "a.gsm", "a.txt", "a" })
            Assert.Equal(container, AudioFile.ReadInfo(Write(File.ReadAllBytes(Fixture(name)), other)).Container);
    }

    [Fact]
    public void Reader_gives_the_same_samples_block_by_block_and_after_a_seek()
    {
        var whole = AudioFile.Read(Fixture("stereo-pcm24.flac"));
        foreach (var frames in new[] { 1, 7, 1000, 5512, 9999 })
        {
            using var reader = AudioReader.Open(Fixture("stereo-pcm24.flac"));
            var (block, position) = (new float[2 * frames], 0);
            for (int read; (read = reader.Read(block)) > 0; position += read)
                for (var i = 0; i < read; i++)
                    Assert.Equal(
                        (whole.Channel(0)[position + i], whole.Channel(1)[position + i]), (block[2 * i], block[2 * i + 1]));
            Assert.Equal((5512, 5512L), (position, reader.Position));
            Assert.Equal(0, reader.Read(block));
            reader.Seek(1234);
            Assert.Equal(1, reader.Read(block.AsSpan(0, 2)));
            Assert.Equal(whole.Channel(0)[1234], block[0]);
        }
    }

    [Fact]
    public void WriteWav_of_16_bits_gives_back_what_was_read_and_has_44_bytes_of_header()
    {
        var samples = Enumerable.Range(-32768, 65536).Select(value => value / 32768f).ToArray();
        AudioFile.WriteWav(_folder["out.wav"], new(44100, 2, samples));
        Assert.Equal(44 + 2 * 65536, new FileInfo(_folder["out.wav"]).Length);
        var clip = AudioFile.Read(_folder["out.wav"]);
        Assert.Equal((44100, 2, 32768), (clip.SampleRate, clip.Channels, clip.Frames));
        Assert.Equal(samples, clip.Samples);
        AudioFile.WriteWav(_folder["out.wav"], new(8000, 1, [0, 1.5f, -1.5f, 1, 0.4f / 32768, 0.6f / 32768]));
        var written = AudioFile.Read(_folder["out.wav"]).Samples.ToArray();
        Assert.Equal([0, 32767, -32768, 32767, 0, 1], written.Select(sample => sample * 32768));
        Assert.Equal(["out.wav"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void WriteWav_of_floats_gives_back_every_bit()
    {
        var samples = SignalOracle.Noise(999);
        AudioFile.WriteWav(_folder["out.wav"], new(96000, 3, samples), WavEncoding.Float32);
        var clip = AudioFile.Read(_folder["out.wav"]);
        Assert.Equal((96000, 3, 333), (clip.SampleRate, clip.Channels, clip.Frames));
        Assert.Equal(samples, clip.Samples);
        Assert.Throws<ArgumentException>("clip", () => AudioFile.WriteWav(_folder["bad.wav"], new(8000, 1, [0, float.NaN])));
        Assert.False(File.Exists(_folder["bad.wav"]));
    }

    [Fact]
    public void A_missing_library_names_the_package()
    {
        var error = Assert.Throws<DllNotFoundException>(
            () => Kymo.Signals.Native.NativeLibraries.Load(["libnowhere.so.9"], "libsndfile", "libsndfile1"));
        Assert.Contains("libsndfile is not installed", error.Message);
        Assert.Contains("apt-get install libsndfile1", error.Message);
    }
}

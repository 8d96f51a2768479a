using System.Buffers.Binary;
using Kymo.Signals.Audio;

namespace Kymo.Signals.Tests.Audio;

/// <summary>Files that are not what they should be: each names itself and what was expected.</summary>
public sealed class BadAudioTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static byte[] Fixture(string name) => File.ReadAllBytes(Repository.PathOf("tests", "Oracles", "data", "audio", name));

    void AssertRefused(byte[] content, string expected, AudioReadOptions? options = null, string name = "clip.wav")
    {
        File.WriteAllBytes(_folder[name], content);
        var error = Assert.Throws<DataException>(() => AudioFile.Read(_folder[name], options));
        Assert.Equal(_folder[name], error.Path);
        Assert.Contains(expected, error.Problem);
    }

    [Fact]
    public void Absent_file() =>
        Assert.Contains("does not exist", Assert.Throws<DataException>(() => AudioFile.Read(_folder["none/none.wav"])).Message);

    [Fact]
    public void Folder() =>
        Assert.Contains("is a folder", Assert.Throws<DataException>(() => AudioFile.Read(_folder.Path)).Message);

    [Fact]
    public void Empty_file() => AssertRefused([], "is empty (0 bytes)");

    [Theory]
    [InlineData("clip.wav"), InlineData("clip.mp3"), InlineData("clip.raw"), InlineData("clip.gsm"), InlineData("clip.vox")]
    public void Garbage_of_any_name(string name)
    {
        var random = new Random(4);
        for (var length = 1; length < 3000; length += 97)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            bytes[0] = 1;
            AssertRefused(bytes, "expected WAV, FLAC, OGG, MP3", name: name);
        }
        AssertRefused("just some text that is no sound at all"u8.ToArray(), "begins with 6A757374", name: name);
    }

    [Fact]
    public void Right_first_bytes_and_garbage_after()
    {
        var random = new Random(5);
        foreach (
            var name in new[] { "mono-pcm16.flac", "stereo-vorbis.ogg", "mono-pcm16.aiff", "mono-pcm16.caf", "mono-mu-law.wav" })
        {
            var bytes = Fixture(name);
            random.NextBytes(bytes.AsSpan(12));
            AssertRefused(bytes, "", name: name);
        }
    }

    [Fact]
    public void No_samples() => AssertRefused(Wav.File(Wav.Format(1, 1, 8000, 16), Wav.Chunk("data", [])), "zero length");

    [Fact]
    public void No_data_chunk() => AssertRefused(Wav.File(Wav.Format(1, 1, 8000, 16), Wav.Chunk("LIST", new byte[40])), "");

    [Theory]
    [InlineData("mono-ms-adpcm.wav"), InlineData("mono-ima-adpcm.wav"), InlineData("mono-mu-law.wav")]
    [InlineData("mono-pcm16.flac")]
    [InlineData("stereo-pcm24.flac"), InlineData("stereo-vorbis.ogg"), InlineData("mono-pcm16.aiff")]
    [InlineData("mono-pcm16.au"), InlineData("mono-pcm16.caf"), InlineData("mono-pcm16.w64"), InlineData("mono-pcm16.rf64")]
    public void Truncated_anywhere(string name)
    {
        var whole = Fixture(name);
        var bytes = name.EndsWith(".caf", StringComparison.Ordinal) ? whole.Length : whole.Length - 8;
        for (var length = 1; length < bytes; length += 1 + bytes / 60) AssertRefused(whole[..length], "", name: name);
    }

    [Fact]
    public void Truncated_mp3()
    {
        // Few lengths: the decoder beneath writes a warning of its own for each.
        var whole = Fixture("mono.mp3");
        foreach (var length in new[] { 100, 600, 1400 }) AssertRefused(whole[..length], "", name: "clip.mp3");
    }

    [Fact]
    public void Truncated_pcm_says_where_and_may_be_allowed()
    {
        var whole = Wav.Pcm16([.. Enumerable.Range(1, 1000).Select(value => (short)value)]);
        AssertRefused(whole[..1044], "is truncated: the header puts 2000 bytes of samples at byte 44, the file ends at 1044");
        Assert.Equal(500, AudioFile.Read(_folder["clip.wav"], new() { AllowTruncated = true }).Frames);
    }

    [Fact]
    public void All_silent_may_be_allowed()
    {
        AssertRefused(Wav.Pcm16(new short[100]), "is silent: all 100 frames are zero");
        Assert.Equal(100, AudioFile.Read(_folder["clip.wav"], new() { AllowSilence = true }).Frames);
        var samples = new short[100];
        samples[99] = 1;
        File.WriteAllBytes(_folder["clip.wav"], Wav.Pcm16(samples));
        Assert.Equal(100, AudioFile.Read(_folder["clip.wav"]).Frames);
    }

    [Theory]
    [InlineData(float.NaN), InlineData(float.PositiveInfinity), InlineData(float.NegativeInfinity)]
    public void Not_finite(float value)
    {
        for (var place = 0; place < 40; place++)
        {
            var samples = Enumerable.Repeat(0.5f, 40).ToArray();
            samples[place] = value;
            AssertRefused(Wav.Float32(samples), $"at frame {place}, channel 0, expected finite samples");
        }
    }

    [Theory]
    [InlineData(0, 8000), InlineData(65535, 8000), InlineData(65, 8000), InlineData(1, 0), InlineData(1, -5)]
    [InlineData(1, 2_000_000_000)]
    public void Absurd_channels_or_rate(int channels, int rate)
    {
        var bytes = Wav.Pcm16([.. Enumerable.Range(1, 5000).Select(value => (short)value)]);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(22), (ushort)channels);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), rate);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(32), (ushort)(2 * channels));
        AssertRefused(bytes, "");
    }

    [Fact]
    public void Length_stated_beyond_the_file_is_refused_before_anything_is_allocated()
    {
        var wav = Wav.Pcm16(1, 2, 3, 4);
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(40), 0xFFFFFFF0);
        AssertRefused(wav, "is truncated: the header puts 4294967280 bytes");

        var rf64 = Fixture("mono-pcm16.rf64");
        BinaryPrimitives.WriteUInt64LittleEndian(rf64.AsSpan(28), ulong.MaxValue - 100);
        AssertRefused(rf64, "is truncated: the header puts 18446744073709551515 bytes");

        var flac = Fixture("mono-pcm16.flac");
        // STREAMINFO: the low four bits of byte 21 and the four after are the number of frames, 36 bits.
        flac[21] |= 0x0F;
        flac.AsSpan(22, 4).Fill(0xFF);
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(flac, "");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Flac_that_states_no_length_is_read_to_its_end()
    {
        var flac = Fixture("mono-pcm16.flac");
        flac[21] &= 0xF0;
        flac.AsSpan(22, 4).Clear();
        File.WriteAllBytes(_folder["clip.flac"], flac);
        Assert.Equal(5512, AudioFile.Read(_folder["clip.flac"]).Frames);
    }

    [Fact]
    public void Longer_than_allowed() =>
        AssertRefused(
            Wav.Pcm16([.. Enumerable.Range(1, 1000).Select(value => (short)value)]), "expected at most 999",
            new() { MaxSamples = 999 });

    [Fact]
    public void Resampled_longer_than_allowed()
    {
        File.WriteAllBytes(_folder["clip.wav"], Wav.Pcm16([.. Enumerable.Range(1, 1000).Select(value => (short)value)]));
        var error = Assert.Throws<DataException>(
            () => AudioFile.ReadMono(_folder["clip.wav"], 10_000_000, new() { MaxSamples = 100_000 }));
        Assert.Contains("more than 100000 at 10000000 Hz", error.Problem);
    }

    [Fact]
    public void Damaged_flac_frame()
    {
        var flac = Fixture("stereo-pcm24.flac");
        for (var i = 9000; i < 9100; i++) flac[i] ^= 0x5A;
        AssertRefused(flac, "");
    }
}

using Kymo.Signals.Audio;

namespace Kymo.Signals.Tests.Audio;

/// <summary>
/// Damaged headers: whatever a file says, it is read or refused with <see cref="DataException"/>, in bounded memory.
/// </summary>
public sealed class AudioFuzzTests
{
    // The environment asks for a longer search than a test run has time for.
    static readonly int s_rounds =
        int.TryParse(Environment.GetEnvironmentVariable("KYMO_FUZZ_ROUNDS"), out var rounds) ? rounds : 1500;

    static readonly AudioReadOptions s_options = new() { MaxSamples = 1 << 20, AllowSilence = true };

    [Theory]
    [InlineData("mono-pcm16.flac"), InlineData("stereo-pcm24.flac"), InlineData("mono-ms-adpcm.wav")]
    [InlineData("mono-ima-adpcm.wav")]
    [InlineData("mono-mu-law.wav"), InlineData("mono-pcm16.aiff"), InlineData("mono-pcm16.au"), InlineData("mono-pcm16.caf")]
    [InlineData("mono-pcm16.w64"), InlineData("mono-pcm16.rf64"), InlineData("stereo-vorbis.ogg")]
    public void Read_of_mutated_headers_throws_nothing_else(string name)
    {
        using var folder = new TempFolder();
        var whole = File.ReadAllBytes(Repository.PathOf("tests", "Oracles", "data", "audio", name));
        var random = new Random(7);
        var (read, refused) = (0, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < s_rounds; round++)
        {
            var bytes = Mutate(whole, random);
            File.WriteAllBytes(folder["sound"], bytes);
            try
            {
                var clip = AudioFile.Read(folder["sound"], s_options with { AllowTruncated = round % 2 == 0 });
                Assert.InRange(clip.Samples.Length, 1, s_options.MaxSamples);
                read++;
            }
            catch (DataException)
            {
                refused++;
            }
        }
        Assert.True(refused > s_rounds / 50, $"{refused} of {s_rounds} refused");
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / s_rounds, 0, 4 << 20);
        Assert.Equal(s_rounds, read + refused);
    }

    static byte[] Mutate(byte[] whole, Random random)
    {
        var bytes = whole.ToArray();
        var header = Math.Min(bytes.Length, 128);
        for (var count = random.Next(1, 5); count > 0; count--)
            switch (random.Next(6))
            {
                case 0: bytes[random.Next(4, header)] = (byte)random.Next(256); break;
                case 1: bytes[random.Next(4, header)] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.AsSpan(random.Next(4, header - 4), 4).Fill(0xFF); break;
                case 3: bytes.AsSpan(random.Next(4, header - 4), random.Next(1, 5)).Clear(); break;
                case 4: bytes[random.Next(bytes.Length)] = (byte)random.Next(256); break;
                default:
                    bytes = bytes[..random.Next(Math.Min(64, bytes.Length), bytes.Length + 1)];
                    header = Math.Min(header, bytes.Length);
                    break;
            }
        return bytes;
    }
}

using System.Runtime.InteropServices;

namespace Kymo.Signals.Audio;

/// <summary>How a WAV file stores samples.</summary>
public enum WavEncoding
{
    /// <summary>16-bit integers: round(32768 x), clipped; what was read from 16 bits is written back unchanged.</summary>
    Pcm16,

    /// <summary>32-bit floats as they are.</summary>
    Float32,
}

/// <summary>
/// Writes RIFF WAVE: 44 bytes of header for PCM; a longer format chunk and a fact chunk for floats, as the format wants.
/// </summary>
static class WavWriter
{
    public static void Write(string path, AudioClip clip, WavEncoding encoding)
    {
        var bad = SampleChecks.FirstNotFinite(clip.Samples);
        if (bad >= 0)
            throw new ArgumentException($"holds {clip.Samples[bad]} at sample {bad}, expected finite samples", nameof(clip));
        var width = encoding == WavEncoding.Pcm16 ? 2 : 4;
        var bytes = (long)clip.Samples.Length * width;
        if (bytes > uint.MaxValue - 64) throw new ArgumentException($"has {bytes} bytes, expected less than 4 GiB", nameof(clip));
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew))
            {
                file.Write(Header(clip, encoding, width, (uint)bytes));
                WriteSamples(file, clip, encoding);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    static byte[] Header(AudioClip clip, WavEncoding encoding, int width, uint bytes)
    {
        var isFloat = encoding == WavEncoding.Float32;
        using var header = new MemoryStream();
        using var writer = new BinaryWriter(header);
        writer.Write("RIFF"u8);
        writer.Write((isFloat ? 50u : 36u) + bytes);
        writer.Write("WAVEfmt "u8);
        writer.Write(isFloat ? 18 : 16);
        writer.Write((ushort)(isFloat ? 3 : 1));
        writer.Write((ushort)clip.Channels);
        writer.Write(clip.SampleRate);
        writer.Write(clip.SampleRate * clip.Channels * width);
        writer.Write((ushort)(clip.Channels * width));
        writer.Write((ushort)(8 * width));
        if (isFloat)
        {
            writer.Write((ushort)0);
            writer.Write("fact"u8);
            writer.Write(4);
            writer.Write(clip.Frames);
        }
        writer.Write("data"u8);
        writer.Write(bytes);
        return header.ToArray();
    }

    static void WriteSamples(FileStream file, AudioClip clip, WavEncoding encoding)
    {
        const int BlockFrames = 4096;
        var floats = new float[BlockFrames * clip.Channels];
        var shorts = new short[floats.Length];
        for (var start = 0; start < clip.Frames; start += BlockFrames)
        {
            var frames = Math.Min(BlockFrames, clip.Frames - start);
            for (var channel = 0; channel < clip.Channels; channel++)
                for (var frame = 0; frame < frames; frame++)
                    floats[frame * clip.Channels + channel] = clip.Channel(channel)[start + frame];
            var count = frames * clip.Channels;
            if (encoding == WavEncoding.Float32)
            {
                file.Write(MemoryMarshal.AsBytes(floats.AsSpan(0, count)));
                continue;
            }
            for (var i = 0; i < count; i++)
                shorts[i] = (short)Math.Clamp(MathF.Round(floats[i] * 32768), short.MinValue, short.MaxValue);
            file.Write(MemoryMarshal.AsBytes(shorts.AsSpan(0, count)));
        }
    }
}

using System.Runtime.InteropServices;

namespace Kymo.Signals.Audio;

/// <summary>
/// Reads whole sound files through libsndfile (WAV with PCM 8/16/24/32, float and ADPCM, FLAC, OGG, MP3, AIFF, AU, CAF) and
/// writes WAV. Integers are scaled to [-1, 1) by the power of two of their width. The file's content decides what it is, not its
/// name.
/// </summary>
public static class AudioFile
{
    /// <summary>Rate, channels, length and format of a file, without its samples.</summary>
    /// <exception cref="DataException">The file is absent, empty, no known sound format, damaged or truncated.</exception>
    public static AudioInfo ReadInfo(string path, AudioReadOptions? options = null)
    {
        using var reader = AudioReader.Open(path, options);
        return reader.Info;
    }

    /// <summary>Reads all channels.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is accepted; by default truncated and all-silent files are refused.</param>
    /// <exception cref="DataException">
    /// The file is absent, empty, no known sound format, damaged, truncated, silent, too long, or holds NaN or infinity.
    /// </exception>
    /// <exception cref="DllNotFoundException">libsndfile is not installed; the message names the package.</exception>
    public static AudioClip Read(string path, AudioReadOptions? options = null)
    {
        options ??= new();
        using var reader = AudioReader.Open(path, options);
        float[] interleaved = [];
        var filled = ReadInterleaved(reader, path, options, ref interleaved);
        Array.Resize(ref interleaved, filled);
        var channels = reader.Info.Channels;
        return new(reader.Info.SampleRate, channels, channels == 1 ? interleaved : Separate(interleaved, channels));
    }

    /// <summary>Reads a file as one channel: resampled per channel, then the mean over channels.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sampleRate">Samples per second wanted; the file's own by default.</param>
    /// <param name="options">What is accepted.</param>
    /// <returns>The samples at <paramref name="sampleRate"/>.</returns>
    /// <exception cref="DataException">As <see cref="Read"/>, and where the resampled sound would be too long.</exception>
    /// <exception cref="DllNotFoundException">libsndfile or libsoxr is not installed; the message names the package.</exception>
    public static float[] ReadMono(string path, int? sampleRate = null, AudioReadOptions? options = null)
    {
        float[] buffer = [];
        var samples = ReadMono(path, sampleRate, options ?? new(), ref buffer);
        var isWhole = MemoryMarshal.TryGetArray(samples, out var segment) && segment.Count == segment.Array!.Length;
        return isWhole ? segment.Array! : samples.ToArray();
    }

    /// <summary>
    /// The same, in <paramref name="buffer"/> where it can be: it is replaced by a larger one where it is too small.
    /// </summary>
    internal static ReadOnlyMemory<float> ReadMono(string path, int? sampleRate, AudioReadOptions options, ref float[] buffer)
    {
        using var reader = AudioReader.Open(path, options);
        var filled = ReadInterleaved(reader, path, options, ref buffer);
        var (from, channels) = (reader.Info.SampleRate, reader.Info.Channels);
        var to = sampleRate ?? from;
        if (channels == 1 && from == to) return buffer.AsMemory(0, filled);
        if ((double)filled / channels * to / from > options.MaxSamples)
            throw new DataException(
                path, $"has {filled / channels} frames at {from} Hz, which are more than {options.MaxSamples} at {to} Hz");
        try
        {
            var interleaved = buffer.AsSpan(0, filled);
            if (channels == 1) return Resampler.Resample(interleaved, from, to);
            return new AudioClip(from, channels, Separate(interleaved, channels)).ToMono(to);
        }
        catch (InvalidOperationException error)
        {
            throw new DataException(path, error.Message, error);
        }
    }

    /// <summary>
    /// Writes a WAV file under a temporary name, flushes it and gives it its name; an existing file is replaced.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="clip">The sound.</param>
    /// <param name="encoding">How samples are stored; 16-bit PCM by default, which clips to [-1, 1).</param>
    /// <exception cref="ArgumentException">Samples are not finite, or more than a WAV file holds.</exception>
    public static void WriteWav(string path, AudioClip clip, WavEncoding encoding = WavEncoding.Pcm16) =>
        WavWriter.Write(path, clip, encoding);

    // The header is trusted for the first allocation only as far as the file's size bears it out; after that the buffer grows
    // with what is decoded.
    static int ReadInterleaved(AudioReader reader, string path, AudioReadOptions options, ref float[] samples)
    {
        var channels = reader.Info.Channels;
        var limit = Math.Min(options.MaxSamples, Array.MaxLength) / channels * channels;
        CheckLimit(reader.Info.Frames * (decimal?)channels ?? 0);
        var plausible = Math.Max(1 << 16, reader.FileBytes * 8) / channels * channels;
        var stated = (reader.Info.Frames ?? 0) * channels;
        var first = Math.Clamp(Math.Min(stated, plausible), channels, Math.Max(limit, channels));
        if (samples.Length < first) samples = GC.AllocateUninitializedArray<float>((int)first);
        var filled = 0;
        while (true)
        {
            var room = (int)Math.Min(samples.Length, limit) / channels * channels;
            filled += reader.Read(samples.AsSpan(filled, room - filled)) * channels;
            if (filled < room || reader.Position == reader.Info.Frames) break;
            if (room == limit && !reader.AtEnd()) CheckLimit(limit + 1m);
            if (room == limit) break;
            Array.Resize(ref samples, (int)Math.Min(limit, Math.Max(2L * filled, 4096L * channels)));
        }
        if (!options.AllowSilence && SampleChecks.AreSilent(samples.AsSpan(0, filled)))
            throw new DataException(path, $"is silent: all {filled / channels} frames are zero, expected sound");
        return filled;

        void CheckLimit(decimal count)
        {
            if (count > limit) throw new DataException(path, $"holds {count} samples or more, expected at most {limit}");
        }
    }

    static float[] Separate(ReadOnlySpan<float> interleaved, int channels)
    {
        var separate = GC.AllocateUninitializedArray<float>(interleaved.Length);
        var frames = interleaved.Length / channels;
        for (var channel = 0; channel < channels; channel++)
        {
            var target = separate.AsSpan(channel * frames, frames);
            for (int frame = 0, index = channel; frame < target.Length; frame++, index += channels)
                target[frame] = interleaved[index];
        }
        return separate;
    }
}

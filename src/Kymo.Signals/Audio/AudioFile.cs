namespace Kymo.Signals.Audio;

/// <summary>
/// Reads whole sound files through libsndfile (WAV with PCM 8/16/24/32, float and ADPCM, FLAC, OGG, MP3, AIFF, AU, CAF) and writes
/// WAV. Integers are scaled to [-1, 1) by the power of two of their width. The file's content decides what it is, not its name.
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
        var interleaved = ReadInterleaved(reader, path, options);
        if (!options.AllowSilence && SampleChecks.AreSilent(interleaved))
            throw new DataException(path, $"is silent: all {interleaved.Length / reader.Info.Channels} frames are zero, expected sound");
        return new(reader.Info.SampleRate, reader.Info.Channels, Separate(interleaved, reader.Info.Channels));
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
        options ??= new();
        var clip = Read(path, options);
        var rate = sampleRate ?? clip.SampleRate;
        if ((double)clip.Frames * rate / clip.SampleRate > options.MaxSamples)
            throw new DataException(
                path, $"has {clip.Frames} frames at {clip.SampleRate} Hz, which are more than {options.MaxSamples} at {rate} Hz");
        try
        {
            return clip.ToMono(rate);
        }
        catch (InvalidOperationException error)
        {
            throw new DataException(path, error.Message, error);
        }
    }

    /// <summary>Writes a WAV file under a temporary name, flushes it and gives it its name; an existing file is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="clip">The sound.</param>
    /// <param name="encoding">How samples are stored; 16-bit PCM by default, which clips to [-1, 1).</param>
    /// <exception cref="ArgumentException">Samples are not finite, or more than a WAV file holds.</exception>
    public static void WriteWav(string path, AudioClip clip, WavEncoding encoding = WavEncoding.Pcm16) =>
        WavWriter.Write(path, clip, encoding);

    // The header is trusted for the first allocation only as far as the file's size bears it out; after that the buffer grows with
    // what is decoded.
    static float[] ReadInterleaved(AudioReader reader, string path, AudioReadOptions options)
    {
        var channels = reader.Info.Channels;
        var limit = Math.Min(options.MaxSamples, Array.MaxLength) / channels * channels;
        CheckLimit(reader.Info.Frames * (decimal?)channels ?? 0);
        var plausible = Math.Max(1 << 16, reader.FileBytes * 8);
        var stated = Math.Min((long)Math.Min(reader.Info.Frames ?? 0, (decimal)limit) * channels, plausible);
        var samples = new float[Math.Clamp(stated / channels, 1, limit / channels) * channels];
        var filled = 0;
        while (true)
        {
            var frames = reader.Read(samples.AsSpan(filled));
            filled += frames * channels;
            if (frames == 0 || reader.Position == reader.Info.Frames) break;
            if (filled < samples.Length) continue;
            if (filled >= limit) CheckLimit(filled + 1);
            Array.Resize(ref samples, (int)Math.Min(limit, Math.Max(2L * filled, 4096L * channels)));
        }
        if (filled < samples.Length) Array.Resize(ref samples, filled);
        return samples;

        void CheckLimit(decimal count)
        {
            if (count > limit) throw new DataException(path, $"holds {count} samples or more, expected at most {limit}");
        }
    }

    static float[] Separate(float[] interleaved, int channels)
    {
        if (channels == 1) return interleaved;
        var separate = new float[interleaved.Length];
        var frames = interleaved.Length / channels;
        for (var channel = 0; channel < channels; channel++)
        {
            var target = separate.AsSpan(channel * frames, frames);
            for (int frame = 0, index = channel; frame < target.Length; frame++, index += channels) target[frame] = interleaved[index];
        }
        return separate;
    }
}

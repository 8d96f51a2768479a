using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kymo.Signals.Native;

namespace Kymo.Signals.Audio;

/// <summary>
/// Reads a sound file block by block through libsndfile, which decides by the file's content what it is. For one thread at a
/// time.
/// </summary>
public sealed unsafe class AudioReader : IDisposable
{
    // libsndfile's own "as long as it goes".
    const long UnknownFrames = long.MaxValue;

    readonly string _path;
    readonly AudioReadOptions _options;
    readonly FileSource _source;
    GCHandle _handle;
    nint _file;

    AudioReader(string path, AudioReadOptions options)
    {
        (_path, _options) = (path, options);
        _source = OpenSource(path);
        _handle = GCHandle.Alloc(_source);
        Info = new(0, 0, null, "", "");
    }

    /// <summary>Rate, channels, length and format.</summary>
    public AudioInfo Info { get; private set; }

    /// <summary>Frames read so far.</summary>
    public long Position { get; private set; }

    internal long FileBytes => _source.Length;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file; its name and extension have no say in how it is read.</param>
    /// <param name="options">What is accepted; the defaults refuse truncated files.</param>
    /// <exception cref="DataException">The file is absent, empty, no known sound format, damaged or truncated.</exception>
    /// <exception cref="DllNotFoundException">libsndfile is not installed; the message names the package.</exception>
    public static AudioReader Open(string path, AudioReadOptions? options = null)
    {
        var reader = new AudioReader(path, options ?? new());
        try
        {
            reader.OpenContent();
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next frames, channels interleaved.</summary>
    /// <param name="samples">Receives the samples; its length is a multiple of the channels.</param>
    /// <returns>Frames read: as many as there is room for, or fewer at the end of the sound, then 0.</returns>
    /// <exception cref="DataException">The file is damaged, ends too early, or holds NaN or infinity.</exception>
    public int Read(Span<float> samples)
    {
        ObjectDisposedException.ThrowIf(_file == 0, this);
        var room = samples.Length / Info.Channels;
        if (samples.Length % Info.Channels != 0)
            throw new ArgumentException(
                $"has room for {samples.Length} samples, expected a multiple of {Info.Channels}", nameof(samples));
        if (room == 0) return 0;
        long frames;
        fixed (float* target = samples) frames = SndFile.ReadFrames(_file, target, room);
        if (_source.Error is { } error)
            throw new DataException(_path, $"cannot be read at byte {_source.Position}: {error.Message}", error);
        if (SndFile.Error(_file) != 0 && !(_options.AllowTruncated && frames >= 0))
            throw new DataException(_path, $"is damaged after frame {Position}: {SndFile.Message(_file)}");
        frames = Math.Clamp(frames, 0, room);
        CheckFinite(samples[..((int)frames * Info.Channels)]);
        Position += frames;
        if (frames < room) CheckEnd();
        return (int)frames;
    }

    /// <summary>Whether no frame is left; what is left of the file's length goes unread.</summary>
    internal bool AtEnd() => Read(stackalloc float[Info.Channels]) == 0;

    /// <summary>Goes to a frame, so that the next read begins there.</summary>
    /// <param name="frame">Counted from the start of the sound, from 0 to its length.</param>
    /// <exception cref="DataException">The file is damaged there or too short.</exception>
    public void Seek(long frame)
    {
        ObjectDisposedException.ThrowIf(_file == 0, this);
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        if (SndFile.Seek(_file, frame, 0) != frame)
            throw new DataException(_path, $"has no frame {frame}: {SndFile.Message(_file)}");
        Position = frame;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        if (_file != 0) _ = SndFile.Close(_file);
        _file = 0;
        if (_handle.IsAllocated) _handle.Free();
        _source.Dispose();
    }

    static FileSource OpenSource(string path)
    {
        try
        {
            if (Directory.Exists(path)) throw new DataException(path, "is a folder, expected a sound file");
            return new(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException(path, "does not exist, expected a sound file", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, $"cannot be opened: {error.Message}", error);
        }
    }

    void OpenContent()
    {
        if (_source.Length == 0) throw new DataException(_path, $"is empty (0 bytes), expected {SoundContent.Known}");
        Span<byte> head = stackalloc byte[12];
        var read = _source.Read(head);
        if (SoundContent.Container(head[..read]) is not { } container)
            throw new DataException(
                _path, $"is no sound file: it begins with {Convert.ToHexString(head[..read])}, expected {SoundContent.Known}");
        CheckWhole(container);
        _source.Seek(0, 0);
        var io = new SndFile.VirtualIo { GetLength = &GetLength, Seek = &Seek, Read = &Read, Write = &Write, Tell = &Tell };
        SndFile.Info info = default;
        _file = SndFile.OpenVirtual(&io, SndFile.ModeRead, &info, GCHandle.ToIntPtr(_handle));
        if (_source.Error is { } error) throw new DataException(_path, $"cannot be read: {error.Message}", error);
        if (_file == 0) throw new DataException(_path, $"is no sound {container} file: {SndFile.Message(0)}");
        Accept(info);
    }

    void CheckWhole(string container)
    {
        if (_options.AllowTruncated) return;
        if (SoundContent.StatedData(_source, container) is ({ } start, { } bytes)
            && (start > _source.Length || bytes > (ulong)(_source.Length - start)))
            throw new DataException(
                _path,
                $"is truncated: the header puts {bytes} bytes of samples at byte {start}, the file ends at {_source.Length}");
        if (container == "OGG" && !SoundContent.EndsLikeOgg(_source))
            throw new DataException(
                _path, $"is truncated: the file ends at byte {_source.Length} without the stream's last page");
    }

    void Accept(in SndFile.Info info)
    {
        if (info.SampleRate is < 1 or > 10_000_000)
            throw new DataException(_path, $"states a sample rate of {info.SampleRate} Hz, expected 1 to 10,000,000");
        if (info.Channels < 1 || info.Channels > _options.MaxChannels)
            throw new DataException(_path, $"states {info.Channels} channels, expected 1 to {_options.MaxChannels}");
        if (info.Frames < 0) throw new DataException(_path, $"states {info.Frames} frames, expected 0 or more");
        long? frames = info.Frames == UnknownFrames ? null : info.Frames;
        if (frames == 0) throw new DataException(_path, "holds no samples (zero length), expected at least one");
        Info = new(
            info.SampleRate, info.Channels, frames, SoundFormats.Container(info.Format), SoundFormats.Encoding(info.Format));
    }

    void CheckFinite(ReadOnlySpan<float> samples)
    {
        var bad = SampleChecks.FirstNotFinite(samples);
        if (bad < 0) return;
        var (frame, channel) = (Position + bad / Info.Channels, bad % Info.Channels);
        throw new DataException(_path, $"holds {samples[bad]} at frame {frame}, channel {channel}, expected finite samples");
    }

    void CheckEnd()
    {
        if (Position == 0) throw new DataException(_path, "holds no samples that can be decoded, expected at least one");
        if (_options.AllowTruncated || Info.Frames is not { } stated || Position >= stated) return;
        throw new DataException(_path, $"is truncated: the header states {stated} frames, the sound ends after {Position}");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static long GetLength(nint data) => Source(data).Length;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static long Seek(long offset, int whence, nint data) => Source(data).Seek(offset, whence);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static long Read(byte* target, long count, nint data) =>
        Source(data).Read(new(target, (int)Math.Clamp(count, 0, int.MaxValue)));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static long Write(byte* source, long count, nint data) => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static long Tell(nint data) => Source(data).Position;

    static FileSource Source(nint data) => (FileSource)GCHandle.FromIntPtr(data).Target!;
}

using Microsoft.Win32.SafeHandles;

namespace Kymo.Signals.Audio;

/// <summary>
/// A file as libsndfile's callbacks read it: at a position of its own, through one buffer. Keeps the first error.
/// </summary>
sealed class FileSource : IDisposable
{
    readonly SafeFileHandle _file;
    readonly byte[] _buffer;
    long _bufferStart;
    int _buffered;

    public FileSource(string path)
    {
        _file = File.OpenHandle(path);
        Length = RandomAccess.GetLength(_file);
        _buffer = new byte[(int)Math.Clamp(Length, 1, 1 << 16)];
    }

    public long Length { get; }

    public long Position { get; private set; }

    public Exception? Error { get; private set; }

    public long Seek(long offset, int whence)
    {
        var target = whence switch { 0 => offset, 1 => Position + offset, _ => Length + offset };
        if (target < 0) return -1;
        return Position = target;
    }

    public int Read(Span<byte> target)
    {
        var total = 0;
        while (total < target.Length && Error is null)
        {
            var offset = Position - _bufferStart;
            if (offset < 0 || offset >= _buffered)
            {
                if (!Refill()) break;
                offset = 0;
            }
            var count = Math.Min(target.Length - total, _buffered - (int)offset);
            _buffer.AsSpan((int)offset, count).CopyTo(target[total..]);
            total += count;
            Position += count;
        }
        return total;
    }

    public void Dispose() => _file.Dispose();

    bool Refill()
    {
        try
        {
            _buffered = Position >= Length ? 0 : RandomAccess.Read(_file, _buffer, Position);
        }
        catch (IOException error)
        {
            (_buffered, Error) = (0, error);
        }
        _bufferStart = Position;
        return _buffered > 0;
    }
}

namespace Kymo.Signals.Arrays;

/// <summary>Passes on what it reads and keeps its CRC-32 (polynomial 0xEDB88320, reflected), as zip files have it.</summary>
sealed class Crc32Stream(Stream inner) : Stream
{
    static readonly uint[] s_table = [.. Enumerable.Range(0, 256).Select(b => Step((uint)b))];
    uint _crc = ~0u;

    /// <summary>The checksum of all bytes read so far.</summary>
    public uint Checksum => ~_crc;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        var crc = _crc;
        foreach (var b in buffer[..count]) crc = s_table[(byte)(crc ^ b)] ^ crc >> 8;
        _crc = crc;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    static uint Step(uint b)
    {
        for (var bit = 0; bit < 8; bit++) b = (b & 1) == 0 ? b >> 1 : b >> 1 ^ 0xEDB88320;
        return b;
    }
}

using System.Buffers.Binary;
using Kymo.Signals;

namespace Kymo.Lab.Runs.Trackers;

/// <summary>
/// The framing of <c>.wandb</c> files: a header, then LevelDB's log format in blocks of 32,768 bytes, with plain CRC-32 over the
/// type byte and the data. The file's header counts as the beginning of the first block.
/// </summary>
static class WandbLog
{
    const int BlockSize = 32_768;
    const int FrameSize = 7;
    const byte Full = 1, First = 2, Middle = 3, Last = 4;
    const long LargestFile = 1L << 31;

    /// <summary><c>:W&amp;B</c>, the magic number 0xBEE1, version 0.</summary>
    public static ReadOnlySpan<byte> Header => [(byte)':', (byte)'W', (byte)'&', (byte)'B', 0xE1, 0xBE, 0];

    /// <summary>Appends a record at the stream's position.</summary>
    public static void Append(Stream stream, ReadOnlySpan<byte> record)
    {
        for (var first = true; ; first = false)
        {
            var left = BlockSize - (int)(stream.Position % BlockSize);
            if (left < FrameSize)
            {
                stream.Write(new byte[left]);
                left = BlockSize;
            }
            var part = record[..Math.Min(record.Length, left - FrameSize)];
            record = record[part.Length..];
            Fragment(stream, (first, record.IsEmpty) switch
            {
                (true, true) => Full,
                (true, false) => First,
                (false, false) => Middle,
                _ => Last,
            }, part);
            if (record.IsEmpty) return;
        }
    }

    /// <summary>
    /// All whole records. What was not written to its end is ignored; <paramref name="whole"/> says where it begins.
    /// </summary>
    /// <exception cref="DataException">The header is another, or a record before the end is damaged.</exception>
    public static List<byte[]> Read(string path, out long whole)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new DataException(path, "no such file");
        if (file.Length > LargestFile) throw new DataException(path, $"{file.Length} bytes: at most {LargestFile} are read");
        var bytes = File.ReadAllBytes(path);
        if (!bytes.AsSpan().StartsWith(Header)) throw new DataException(path, "no .wandb file: expected to begin with :W&B");
        var records = new List<byte[]>();
        var open = new List<byte>();
        var (offset, inside) = (Header.Length, false);
        whole = offset;
        while (true)
        {
            if (BlockSize - offset % BlockSize is var left and < FrameSize) offset += left;
            if (offset + FrameSize > bytes.Length) return records;
            var (type, data) = Fragment(path, bytes, offset);
            if (type == 0) return records;
            if (inside != type is Middle or Last)
                throw new DataException(path, $"the record at byte {offset} is of type {type}, which cannot stand there");
            open.AddRange(data);
            offset += FrameSize + data.Length;
            inside = type is First or Middle;
            if (inside) continue;
            records.Add([.. open]);
            open.Clear();
            whole = offset;
        }
    }

    static void Fragment(Stream stream, byte type, ReadOnlySpan<byte> data)
    {
        Span<byte> frame = stackalloc byte[FrameSize];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Checksums.Crc32(type, data));
        BinaryPrimitives.WriteUInt16LittleEndian(frame[4..], (ushort)data.Length);
        frame[6] = type;
        stream.Write(frame);
        stream.Write(data);
    }

    /// <summary>The fragment at an offset; type 0 where it is cut off at the end of the file.</summary>
    static (byte Type, byte[] Data) Fragment(string path, byte[] bytes, int offset)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(offset + 4));
        var type = bytes[offset + 6];
        if (type is < Full or > Last)
            throw new DataException(path, $"the record at byte {offset} is of type {type}: expected 1 to 4");
        if (offset % BlockSize + FrameSize + length > BlockSize)
            throw new DataException(path, $"the record at byte {offset} has {length} bytes and would leave its block");
        if (offset + FrameSize + length > bytes.Length) return (0, []);
        var data = bytes.AsSpan(offset + FrameSize, length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset)) != Checksums.Crc32(type, data))
            throw new DataException(path, $"the record at byte {offset} is damaged: its checksum does not fit");
        return (type, data.ToArray());
    }
}

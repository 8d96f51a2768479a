using System.Buffers.Binary;
using System.Text;

namespace Kymo.Torch.Checkpoints;

/// <summary>
/// Writes a zip archive laid out as PyTorch does, so that its files can be memory-mapped: stored entries whose content begins
/// at a multiple of 64 bytes (an extra field <c>FB</c> filled with <c>Z</c> pads the local header), sizes in data descriptors,
/// and a 64-bit end record always.
/// </summary>
/// <param name="stream">Where to write; offsets count from its start.</param>
sealed class ZipWriter(Stream stream)
{
    const int Alignment = 64;

    // Bit 3: sizes follow the content (not for empty content, as PyTorch does). Bit 11: names are UTF-8.
    const ushort Flags = 0x0808, FlagsOfEmpty = 0x0800;
    readonly List<(byte[] Name, uint Checksum, long Size, long Offset)> _entries = [];

    /// <summary>Adds an entry (at most 2 GiB, as memory holds no more).</summary>
    public void Add(string name, ReadOnlySpan<byte> content)
    {
        var offset = stream.Position;
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var start = offset + 30 + nameBytes.Length + 4;
        var padding = (int)((Alignment - start % Alignment) % Alignment);
        var header = new byte[30 + nameBytes.Length + 4 + padding];
        Put(header, 0, 0x04034b50u);
        Put(header, 6, content.IsEmpty ? FlagsOfEmpty : Flags);
        Put(header, 26, (ushort)nameBytes.Length);
        Put(header, 28, (ushort)(4 + padding));
        nameBytes.CopyTo(header, 30);
        var extra = header.AsSpan(30 + nameBytes.Length);
        "FB"u8.CopyTo(extra);
        BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], (ushort)padding);
        extra[4..].Fill((byte)'Z');
        stream.Write(header);
        stream.Write(content);

        var checksum = Crc32.Append(0, content);
        _entries.Add((nameBytes, checksum, content.Length, offset));
        if (content.IsEmpty) return;
        var descriptor = new byte[16];
        Put(descriptor, 0, 0x08074b50u);
        Put(descriptor, 4, checksum);
        Put(descriptor, 8, (uint)content.Length);
        Put(descriptor, 12, (uint)content.Length);
        stream.Write(descriptor);
    }

    /// <summary>Writes the directory and the end records.</summary>
    public void Finish()
    {
        var offset = stream.Position;
        foreach (var entry in _entries) stream.Write(CentralHeader(entry.Name, entry.Checksum, entry.Size, entry.Offset));
        var end = stream.Position;
        var record = new byte[56 + 20 + 22];
        Put(record, 0, 0x06064b50u);
        Put(record, 4, 44L);
        Put(record, 12, (ushort)0x031e);
        Put(record, 14, (ushort)45);
        Put(record, 24, (long)_entries.Count);
        Put(record, 32, (long)_entries.Count);
        Put(record, 40, end - offset);
        Put(record, 48, offset);
        Put(record, 56, 0x07064b50u);
        Put(record, 64, end);
        Put(record, 72, 1u);
        Put(record, 76, 0x06054b50u);
        Put(record, 84, (ushort)Math.Min(_entries.Count, ushort.MaxValue));
        Put(record, 86, (ushort)Math.Min(_entries.Count, ushort.MaxValue));
        Put(record, 88, (uint)Math.Min(end - offset, uint.MaxValue));
        Put(record, 92, (uint)Math.Min(offset, uint.MaxValue));
        stream.Write(record);
    }

    static byte[] CentralHeader(byte[] name, uint checksum, long size, long offset)
    {
        var far = offset >= uint.MaxValue;
        var header = new byte[46 + name.Length + (far ? 12 : 0)];
        Put(header, 0, 0x02014b50u);
        Put(header, 6, (ushort)(far ? 45 : 0));
        Put(header, 8, size == 0 ? FlagsOfEmpty : Flags);
        Put(header, 16, checksum);
        Put(header, 20, (uint)size);
        Put(header, 24, (uint)size);
        Put(header, 28, (ushort)name.Length);
        Put(header, 30, (ushort)(far ? 12 : 0));
        Put(header, 42, far ? uint.MaxValue : (uint)offset);
        name.CopyTo(header, 46);
        if (!far) return header;
        Put(header, 46 + name.Length, (ushort)1);
        Put(header, 48 + name.Length, (ushort)8);
        Put(header, 50 + name.Length, offset);
        return header;
    }

    static void Put(byte[] bytes, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), value);

    static void Put(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    static void Put(byte[] bytes, int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), value);
}

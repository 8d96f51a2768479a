using System.Buffers.Binary;

namespace Kymo.Torch.Checkpoints;

/// <summary>The CRC-32 of zip files (polynomial 0xEDB88320, reflected), eight bytes at a time.</summary>
static class Crc32
{
    static readonly uint[] s_table = MakeTable();

    /// <summary>The checksum of <paramref name="bytes"/>; give the last result to go on.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        var table = s_table;
        crc = ~crc;
        while (bytes.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = table[0x700 + (low & 0xFF)] ^ table[0x600 + (low >> 8 & 0xFF)] ^ table[0x500 + (low >> 16 & 0xFF)]
                ^ table[0x400 + (low >> 24)] ^ table[0x300 + (high & 0xFF)] ^ table[0x200 + (high >> 8 & 0xFF)]
                ^ table[0x100 + (high >> 16 & 0xFF)] ^ table[high >> 24];
            bytes = bytes[8..];
        }
        foreach (var b in bytes) crc = table[(byte)(crc ^ b)] ^ crc >> 8;
        return ~crc;
    }

    /// <summary>Row k, entry b: what byte b does to the checksum when k more bytes follow.</summary>
    static uint[] MakeTable()
    {
        var table = new uint[8 * 256];
        for (uint b = 0; b < 256; b++)
        {
            var crc = b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB88320;
            table[b] = crc;
        }
        for (var i = 256; i < table.Length; i++) table[i] = table[(byte)table[i - 256]] ^ table[i - 256] >> 8;
        return table;
    }
}

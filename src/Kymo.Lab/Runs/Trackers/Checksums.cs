using System.Numerics;

namespace Kymo.Lab.Runs.Trackers;

/// <summary>The two checksums of the trackers' files.</summary>
static class Checksums
{
    const uint MaskOffset = 0xA282EAD8;
    const uint IeeePolynomial = 0xEDB88320;

    static readonly uint[] s_ieee = IeeeTable();

    /// <summary>CRC-32C (Castagnoli), masked as in TensorFlow's record files: rotated right by 15, plus a constant.</summary>
    public static uint MaskedCrc32C(ReadOnlySpan<byte> bytes) => BitOperations.RotateRight(Crc32C(bytes), 15) + MaskOffset;

    /// <summary>CRC-32C (Castagnoli).</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    /// <summary>CRC-32 (IEEE, as zlib's) over one byte and what follows it.</summary>
    public static uint Crc32(byte first, ReadOnlySpan<byte> rest)
    {
        var crc = Step(uint.MaxValue, first);
        foreach (var b in rest) crc = Step(crc, b);
        return ~crc;
    }

    static uint Step(uint crc, byte b) => s_ieee[(byte)crc ^ b] ^ (crc >> 8);

    static uint[] IeeeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? IeeePolynomial ^ (value >> 1) : value >> 1;
            table[i] = value;
        }
        return table;
    }
}

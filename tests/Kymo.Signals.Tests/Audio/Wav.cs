using System.Text;

namespace Kymo.Signals.Tests.Audio;

/// <summary>RIFF files put together chunk by chunk, right or wrong.</summary>
static class Wav
{
    public static byte[] File(params byte[][] chunks)
    {
        var body = chunks.SelectMany(chunk => chunk).ToArray();
        return [.. "RIFF"u8, .. BitConverter.GetBytes(4 + body.Length), .. "WAVE"u8, .. body];
    }

    public static byte[] Chunk(string id, byte[] content, uint? size = null) =>
    [
        .. Encoding.ASCII.GetBytes(id), .. BitConverter.GetBytes(size ?? (uint)content.Length), .. content,
        .. new byte[content.Length % 2],
    ];

    public static byte[] Format(int tag, int channels, int rate, int bits, byte[]? extension = null)
    {
        var frame = channels * bits / 8;
        return Chunk("fmt ",
        [
            .. BitConverter.GetBytes((ushort)tag), .. BitConverter.GetBytes((ushort)channels), .. BitConverter.GetBytes(rate),
            .. BitConverter.GetBytes(rate * frame), .. BitConverter.GetBytes((ushort)frame), .. BitConverter.GetBytes(
                (ushort)bits),
            .. extension ?? [],
        ]);
    }

    /// <summary>The 22 bytes that WAVE_FORMAT_EXTENSIBLE adds, with the sub-format's tag.</summary>
    public static byte[] Extension(int bits, int tag) =>
    [
        22, 0, .. BitConverter.GetBytes((ushort)bits), 0, 0, 0, 0, .. BitConverter.GetBytes((ushort)tag),
        0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71,
    ];

    public static byte[] Pcm16(params short[] samples) =>
        File(Format(1, 1, 22050, 16), Chunk("data", [.. samples.SelectMany(BitConverter.GetBytes)]));

    public static byte[] Float32(params float[] samples) =>
        File(Format(3, 1, 22050, 32), Chunk("data", [.. samples.SelectMany(BitConverter.GetBytes)]));
}

using System.Buffers.Binary;

namespace Kymo.Signals.Audio;

/// <summary>
/// Looks at a file's first bytes: names the container (the file's name has no say) and finds out whether a file that states the
/// length of its sound holds all of it.
/// </summary>
static class SoundContent
{
    /// <summary>The kinds of file that are read, as error messages list them.</summary>
    public const string Known = "WAV, FLAC, OGG, MP3, AIFF, AU, CAF, W64 or RF64";

    // A file of nothing but empty chunks is not searched for ever.
    const int MaxChunks = 10_000;

    /// <summary>The container by its first bytes; null for anything else.</summary>
    public static string? Container(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12) return null;
        if (head.StartsWith("RIFF"u8) || head.StartsWith("RIFX"u8)) return head[8..].StartsWith("WAVE"u8) ? "WAV" : null;
        if (head.StartsWith("RF64"u8)) return head[8..].StartsWith("WAVE"u8) ? "RF64" : null;
        if (head.StartsWith("FORM"u8)) return head[8..].StartsWith("AIF"u8) ? "AIFF" : null;
        if (head.StartsWith("fLaC"u8)) return "FLAC";
        if (head.StartsWith("OggS"u8)) return "OGG";
        if (head.StartsWith(".snd"u8) || head.StartsWith("dns."u8)) return "AU";
        if (head.StartsWith("caff"u8)) return "CAF";
        if (head.StartsWith("riff"u8) && head[4] == 0x2E && head[5] == 0x91) return "W64";
        return head.StartsWith("ID3"u8) || IsMpegFrame(head) ? "MP3" : null;
    }

    /// <summary>
    /// The bytes a file states its samples take and where they begin, for containers that state it; null where they do not, or say
    /// "until the end" as recorders do that write to a pipe.
    /// </summary>
    public static (long Start, long Bytes)? StatedData(FileSource source, string container)
    {
        Span<byte> head = stackalloc byte[16];
        source.Seek(0, 0);
        if (source.Read(head) < head.Length) return null;
        if (container == "AU")
        {
            var big = head[0] == '.';
            var size = Number(head[8..], big);
            return size == uint.MaxValue ? null : (Number(head[4..], big), size);
        }
        return container is "WAV" or "AIFF" ? Chunk(source, container == "AIFF" || head[3] == 'X', container == "AIFF") : null;
    }

    static (long Start, long Bytes)? Chunk(FileSource source, bool big, bool aiff)
    {
        Span<byte> chunk = stackalloc byte[8];
        long position = 12;
        for (var count = 0; count < MaxChunks && position + 8 <= source.Length; count++)
        {
            source.Seek(position, 0);
            if (source.Read(chunk) < 8) return null;
            var size = Number(chunk[4..], big);
            position += 8;
            if (chunk.StartsWith(aiff ? "SSND"u8 : "data"u8)) return size is 0 or uint.MaxValue ? null : (position, size);
            position += size + size % 2;
        }
        return null;
    }

    static uint Number(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    // Eleven bits of sync, then a version, layer, bit rate and sample rate that exist.
    static bool IsMpegFrame(ReadOnlySpan<byte> head) =>
        head[0] == 0xFF && (head[1] & 0xE0) == 0xE0 && (head[1] & 0x18) != 0x08 && (head[1] & 0x06) != 0 &&
        (head[2] & 0xF0) != 0xF0 && (head[2] & 0x0C) != 0x0C;
}

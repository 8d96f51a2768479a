using System.Buffers.Binary;
using System.Text;

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
    /// The bytes a file states its samples take and where they begin, for containers that state it; no bytes where it says
    /// "until the end", as recorders do that write to a pipe.
    /// </summary>
    public static (long Start, ulong? Bytes)? StatedData(FileSource source, string container)
    {
        Span<byte> head = stackalloc byte[48];
        source.Seek(0, 0);
        head = head[..source.Read(head)];
        if (head.Length < 48) return null;
        switch (container)
        {
            case "WAV": return Find(source, new("data", 4, 4, 12, BigEndian: head[3] == 'X'));
            case "AIFF": return Find(source, new("SSND", 4, 4, 12, BigEndian: true));
            case "CAF": return Find(source, new("data", 4, 8, 8, BigEndian: true));
            case "W64": return Find(source, new("data", 16, 8, 40, BigEndian: false, Align: 8, CountsHeader: true));
            case "RF64" when head[12..].StartsWith("ds64"u8):
                return Find(source, new("data", 4, 4, 12, BigEndian: false)) is var (start, _)
                    ? (start, Number(head[28..36], bigEndian: false))
                    : null;
            case "AU":
                var size = Number(head[8..12], bigEndian: head[0] == '.');
                return ((long)Number(head[4..8], bigEndian: head[0] == '.'), size == uint.MaxValue ? null : size);
            default: return null;
        }
    }

    /// <summary>Whether the last page of an OGG file is whole and marked as the last of its stream.</summary>
    public static bool EndsLikeOgg(FileSource source)
    {
        // A page has at most 27 + 255 + 255 * 255 bytes.
        var tail = new byte[Math.Min(source.Length, 65307)];
        source.Seek(source.Length - tail.Length, 0);
        var page = tail.AsSpan(0, source.Read(tail));
        if (page.LastIndexOf("OggS"u8) is not (>= 0 and var start)) return false;
        page = page[start..];
        if (page.Length < 27 || page.Length < 27 + page[26]) return false;
        var bytes = 27 + page[26];
        foreach (var segment in page.Slice(27, page[26])) bytes += segment;
        return page.Length >= bytes && (page[5] & 4) != 0;
    }

    /// <summary>How a container lays out its chunks: an identifier, a size, then the content, one after the other.</summary>
    readonly record struct Chunks(
        string Wanted, int IdBytes, int SizeBytes, int Start, bool BigEndian, int Align = 2, bool CountsHeader = false);

    // The first chunk of the wanted name. A size of nothing but ones, or of zero as a recorder leaves it before it is done, is
    // unknown.
    static (long Start, ulong? Bytes)? Find(FileSource source, Chunks chunks)
    {
        var headerBytes = chunks.IdBytes + chunks.SizeBytes;
        Span<byte> header = stackalloc byte[headerBytes];
        var position = (ulong)chunks.Start;
        for (var count = 0; count < MaxChunks && position + (ulong)headerBytes <= (ulong)source.Length; count++)
        {
            source.Seek((long)position, 0);
            if (source.Read(header) < headerBytes) return null;
            var size = Number(header[chunks.IdBytes..], chunks.BigEndian);
            var unknown = size == 0 || size == ulong.MaxValue >> (64 - 8 * chunks.SizeBytes);
            if (chunks.CountsHeader) size = size < (ulong)headerBytes ? 0 : size - (ulong)headerBytes;
            position += (ulong)headerBytes;
            if (Ascii.Equals(header[..4], chunks.Wanted)) return ((long)position, unknown ? null : size);
            if (size > (ulong)source.Length) return null;
            position += (size + (ulong)chunks.Align - 1) / (ulong)chunks.Align * (ulong)chunks.Align;
        }
        return null;
    }

    static ulong Number(ReadOnlySpan<byte> bytes, bool bigEndian) => (bytes.Length, bigEndian) switch
    {
        (4, true) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (_, true) => BinaryPrimitives.ReadUInt64BigEndian(bytes),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
    };

    // Eleven bits of sync, then a version, layer, bit rate and sample rate that exist.
    static bool IsMpegFrame(ReadOnlySpan<byte> head) =>
        head[0] == 0xFF && (head[1] & 0xE0) == 0xE0 && (head[1] & 0x18) != 0x08 && (head[1] & 0x06) != 0 &&
        (head[2] & 0xF0) != 0xF0 && (head[2] & 0x0C) != 0x0C;
}

using System.IO.Compression;

namespace Kymo.Torch.Checkpoints;

/// <summary>
/// Takes the entries of a zip archive out: stored or deflated, checked against size and checksum, inflation bounded.
/// </summary>
/// <param name="file">The archive.</param>
/// <param name="maxInflatedBytes">How much all deflated entries together may grow to.</param>
sealed class ZipContent(CheckpointSource file, long maxInflatedBytes)
{
    readonly Dictionary<string, ZipEntry> _entries = ZipDirectory.Read(file).ToDictionary(e => e.Name);
    long _inflated;

    /// <summary>The names of all entries.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>The entry of that name, or null.</summary>
    public ZipEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>The content of an entry.</summary>
    public byte[] Read(ZipEntry entry)
    {
        var packed = file.Read(entry.DataOffset, entry.PackedSize);
        var content = entry.Method == ZipEntry.Stored ? packed : Inflate(entry, packed);
        var checksum = Crc32.Append(0, content);
        if (checksum != entry.Checksum)
            throw file.Fault($"zip entry '{entry.Name}' at offset {entry.DataOffset} is damaged: "
                + $"its checksum is {checksum:x8}, expected {entry.Checksum:x8}");
        return content;
    }

    byte[] Inflate(ZipEntry entry, byte[] packed)
    {
        if (entry.Size > maxInflatedBytes - _inflated)
            throw file.Fault($"zip entry '{entry.Name}' would inflate to {entry.Size} bytes, past the limit of "
                + $"{maxInflatedBytes} for the file; unpack and store it without compression if it is to be trusted");
        // No deflate stream grows more than 1032-fold, so a larger claim is a lie and not worth the memory.
        if (entry.Size > packed.LongLength * 1032 + 64 || entry.Size > Array.MaxLength)
            throw file.Fault($"zip entry '{entry.Name}' claims to inflate from {packed.Length} to {entry.Size} bytes, which "
                + "cannot be");
        _inflated += entry.Size;
        var content = new byte[entry.Size];
        try
        {
            using var inflater = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
            if (inflater.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) == content.Length
                && inflater.ReadByte() < 0)
                return content;
        }
        catch (InvalidDataException e)
        {
            throw file.Fault($"zip entry '{entry.Name}' at offset {entry.DataOffset} is no valid deflate stream: {e.Message}", e);
        }
        throw file.Fault($"zip entry '{entry.Name}' at offset {entry.DataOffset} does not inflate to the {entry.Size} bytes it "
            + "claims");
    }
}

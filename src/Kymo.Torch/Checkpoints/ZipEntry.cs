namespace Kymo.Torch.Checkpoints;

/// <summary>One file of a zip archive, as its central directory describes it.</summary>
/// <param name="Name">Path inside the archive; it is never used as a path on disk.</param>
/// <param name="Method">0 stored, 8 deflated.</param>
/// <param name="Checksum">CRC-32 of the content.</param>
/// <param name="PackedSize">Bytes in the archive.</param>
/// <param name="Size">Bytes of the content.</param>
/// <param name="HeaderOffset">File offset of the local header.</param>
sealed record ZipEntry(string Name, int Method, uint Checksum, long PackedSize, long Size, long HeaderOffset)
{
    public const int Stored = 0, Deflated = 8;

    /// <summary>File offset of the content, known once the local header has been read.</summary>
    public long DataOffset { get; init; }

    /// <summary>File offset behind the content.</summary>
    public long DataEnd => DataOffset + PackedSize;
}

using System.IO.Compression;

namespace Kymo.Signals.Arrays;

/// <summary>
/// NumPy archives (.npz): zip files of <c>NAME.npy</c>, stored or deflated, as <c>numpy.savez</c> and <c>savez_compressed</c>
/// write.
/// </summary>
public static class NpzFile
{
    /// <summary>How many bytes of arrays one archive may hold, unless the caller allows more: 1 GiB.</summary>
    public const long DefaultMaxBytes = 1L << 30;

    /// <summary>Reads every array of the archive.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">How many bytes of arrays are read before the archive is refused.</param>
    /// <returns>Names (without <c>.npy</c>) and arrays in the archive's order.</returns>
    /// <exception cref="DataException">
    /// The file is missing, damaged, too large, or holds something else than arrays of numbers.
    /// </exception>
    public static IReadOnlyList<(string Name, NpyArray Array)> Read(string path, long maxBytes = DefaultMaxBytes)
    {
        using var stream = AtomicArrayFile.Open(path);
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            var arrays = new List<(string, NpyArray)>();
            var names = new HashSet<string>();
            foreach (var entry in zip.Entries)
            {
                if (!entry.FullName.EndsWith(".npy", StringComparison.Ordinal))
                    throw new DataException(path,
                        $"entry '{entry.FullName}' is no .npy file, expected an archive of numpy.savez");
                var name = entry.FullName[..^".npy".Length];
                if (!names.Add(name)) throw new DataException(path, $"two entries have the name '{entry.FullName}'");
                if (entry.Length > maxBytes)
                    throw new DataException(path,
                        $"entry '{entry.FullName}' of {entry.Length} bytes passes the limit of bytes for the whole file");
                maxBytes -= entry.Length;
                arrays.Add((name, Read(path, entry)));
            }
            return arrays;
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or ArgumentException or IOException)
        {
            throw new DataException(path, $"is no whole zip archive: {e.Message}", e);
        }
    }

    /// <summary>
    /// Writes arrays as <c>numpy.savez</c> does: stored, dated 1980-01-01 so that equal arrays give equal files. The file is
    /// written under a temporary name, flushed and renamed.
    /// </summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="arrays">Names (without <c>.npy</c>) and arrays.</param>
    /// <exception cref="ArgumentException">A name comes twice.</exception>
    public static void Write(string path, IReadOnlyList<(string Name, NpyArray Array)> arrays)
    {
        if (arrays.DistinctBy(a => a.Name).Count() != arrays.Count)
            throw new ArgumentException("two arrays have the same name", nameof(arrays));
        using var file = new AtomicArrayFile(path);
        using (var zip = new ZipArchive(file.Stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, array) in arrays)
            {
                var entry = zip.CreateEntry(name + ".npy", CompressionLevel.NoCompression);
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var content = entry.Open();
                NpyFile.Write(content, array);
            }
        file.Commit();
    }

    static NpyArray Read(string path, ZipArchiveEntry entry)
    {
        // No deflate stream grows more than 1032-fold: a larger claim is a lie and not worth the memory.
        if (entry.Length > entry.CompressedLength * 1032 + 64)
            throw new DataException(path,
                $"entry '{entry.FullName}' claims to grow from {entry.CompressedLength} to {entry.Length} bytes, "
                + "which cannot be");
        using var content = new Crc32Stream(entry.Open());
        var array = NpyFile.Read($"{path}[{entry.FullName}]", content, entry.Length);
        if (content.ReadByte() >= 0)
            throw new DataException(path, $"entry '{entry.FullName}' is longer than the {entry.Length} bytes it claims");
        if (content.Checksum != entry.Crc32)
            throw new DataException(path,
                $"entry '{entry.FullName}' is damaged: its checksum is {content.Checksum:x8}, expected {entry.Crc32:x8}");
        return array;
    }
}

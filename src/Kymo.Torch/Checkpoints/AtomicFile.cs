namespace Kymo.Torch.Checkpoints;

/// <summary>Files that are either whole or not there.</summary>
static class AtomicFile
{
    /// <summary>
    /// Writes to a new name beside <paramref name="path"/>, flushes it to the disk and renames it over <paramref name="path"/>.
    /// Where writing fails, the file that was there before is untouched and nothing is left behind.
    /// </summary>
    public static void Write(string path, Action<FileStream> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}

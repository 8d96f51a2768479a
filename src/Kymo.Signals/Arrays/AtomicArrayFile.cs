namespace Kymo.Signals.Arrays;

/// <summary>
/// An array file that is either whole or not there: written under a new name beside its own, flushed to the disk and renamed by
/// <see cref="Commit"/>. Without it the file that was there before is untouched and nothing is left behind.
/// </summary>
sealed class AtomicArrayFile : IDisposable
{
    readonly string _path, _temporary;

    /// <summary>Begins a file.</summary>
    public AtomicArrayFile(string path)
    {
        (_path, _temporary) = (path, $"{path}.{Guid.NewGuid():N}.tmp");
        Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
    }

    /// <summary>Where to write.</summary>
    public FileStream Stream { get; }

    /// <summary>Makes what was written the file.</summary>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stream.Dispose();
        File.Delete(_temporary);
    }

    /// <summary>Opens a file to read.</summary>
    /// <exception cref="DataException">It is missing or cannot be opened.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException(path, "no such file, expected a NumPy array file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, $"cannot be opened: {e.Message}", e);
        }
    }
}

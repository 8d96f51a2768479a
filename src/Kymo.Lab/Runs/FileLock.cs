namespace Kymo.Lab.Runs;

/// <summary>
/// An exclusive advisory lock on a file (<c>flock</c> on Unix, a sharing lock on Windows). It ends with the process at the latest,
/// so a killed holder blocks nobody. The file stays behind, empty.
/// </summary>
public sealed class FileLock : IDisposable
{
    const int RetryMilliseconds = 10;
    const int WouldBlockLinux = 11;
    const int WouldBlockMac = 35;
    const int SharingViolationWindows = unchecked((int)0x80070020);

    readonly FileStream _stream;

    FileLock(FileStream stream) => _stream = stream;

    /// <summary>Takes the lock, waiting for another holder to end.</summary>
    /// <param name="path">The lock file; made if absent.</param>
    /// <param name="wait">Longest time to wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="IOException">Somebody else still holds the lock when the time is over.</exception>
    public static FileLock Take(string path, TimeSpan wait, CancellationToken cancellation = default)
    {
        for (var waited = TimeSpan.Zero; ; waited += TimeSpan.FromMilliseconds(RetryMilliseconds))
        {
            if (TryTake(path) is { } taken) return taken;
            if (waited >= wait)
                throw new IOException(
                    $"{path}: locked by another process for {wait.TotalSeconds:0.#} s. End that process, or try again later.");
            cancellation.WaitHandle.WaitOne(RetryMilliseconds);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Takes the lock if it is free; null if somebody else, in this process or another, holds it.</summary>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.HResult is WouldBlockLinux or WouldBlockMac or SharingViolationWindows)
        {
            return null;
        }
    }

    /// <summary>Frees the lock.</summary>
    public void Dispose() => _stream.Dispose();
}

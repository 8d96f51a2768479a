namespace Kymo.Lab.Runs;

/// <summary>
/// An exclusive advisory lock on a file (<c>flock</c> on Unix, a sharing lock on Windows). It ends with the process at the
/// latest, so a killed holder blocks nobody. The file stays behind, empty.
/// </summary>
public sealed class FileLock : IDisposable
{
    const int WouldBlockLinux = 11;
    const int WouldBlockMac = 35;
    const int SharingViolationWindows = unchecked((int)0x80070020);

    static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(10);

    readonly FileStream _stream;

    FileLock(FileStream stream) => _stream = stream;

    /// <summary>Takes the lock, waiting for another holder to end.</summary>
    /// <param name="path">The lock file; made if absent.</param>
    /// <param name="wait">Longest time to wait.</param>
    /// <exception cref="IOException">Somebody else still holds the lock when the time is over.</exception>
    public static FileLock Take(string path, TimeSpan wait) => TryTake(path, wait) ?? throw new IOException(
        $"{path}: locked by another process for {wait.TotalSeconds:0.##} s. End that process, or try again later.");

    /// <summary>
    /// Takes the lock; null if somebody else, in this process or another, still holds it when the time is over.
    /// </summary>
    public static FileLock? TryTake(string path, TimeSpan wait = default)
    {
        for (var waited = TimeSpan.Zero; ; waited += s_retry)
        {
            if (TakeNow(path) is { } taken) return taken;
            if (waited >= wait) return null;
            Thread.Sleep(s_retry);
        }
    }

    /// <summary>Frees the lock.</summary>
    public void Dispose() => _stream.Dispose();

    static FileLock? TakeNow(string path)
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
}

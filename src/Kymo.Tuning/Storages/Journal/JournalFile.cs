using System.Text;

namespace Kymo.Tuning.Storages.Journal;

/// <summary>A file of lines that several processes append to, one at a time; the lock is Optuna's.</summary>
sealed class JournalFile
{
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(100);

    readonly string _path, _lockPath;
    readonly TimeProvider _time;
    readonly TimeSpan _lockLife;
    long _read;
    int _line;

    public JournalFile(string path, TimeProvider time, TimeSpan lockLife)
    {
        _path = Path.GetFullPath(path);
        _lockPath = _path + ".lock";
        (_time, _lockLife) = (time, lockLife);
        using var made = Open(FileMode.OpenOrCreate, FileAccess.ReadWrite);
    }

    /// <summary>Calls <paramref name="apply"/> with each whole line, and its number from 1, that was not read before.</summary>
    public void ReadNew(Action<string, int> apply)
    {
        using var stream = Open(FileMode.Open, FileAccess.Read);
        if (stream.Length < _read)
            throw new StudyException($"{_path} became shorter while it was open; another program wrote it");
        stream.Position = _read;
        var bytes = new byte[stream.Length - _read];
        stream.ReadExactly(bytes);
        var start = 0;
        while (Array.IndexOf(bytes, (byte)'\n', start) is >= 0 and var end)
        {
            apply(Encoding.UTF8.GetString(bytes, start, end - start), _line + 1);
            _line++;
            _read += end + 1 - start;
            start = end + 1;
        }
    }

    /// <summary>Appends whole lines behind all that was read. A part of a line that a dead writer left is cut off.</summary>
    /// <exception cref="StudyException">Another process wrote meanwhile, taking this one for dead.</exception>
    public void Append(IEnumerable<string> lines)
    {
        using var stream = Open(FileMode.Open, FileAccess.ReadWrite);
        stream.Position = _read;
        var torn = new byte[Math.Max(stream.Length - _read, 0)];
        stream.ReadExactly(torn);
        if (stream.Length < _read || torn.Contains((byte)'\n'))
        {
            throw new StudyException(
                $"{_path} was written while this process held its lock and stood still for {_lockLife}; try again");
        }
        stream.SetLength(_read);
        stream.Position = _read;
        stream.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Runs <paramref name="body"/> while no other process writes.</summary>
    public T Locked<T>(Func<T> body)
    {
        Lock();
        try
        {
            return body();
        }
        finally
        {
            Release();
        }
    }

    // Whoever makes the link has the lock. A link that stays the same for long belongs to a dead process and is moved away.
    void Lock()
    {
        var wait = TimeSpan.FromMilliseconds(1);
        var start = _time.GetTimestamp();
        var (seen, since) = (DateTime.MinValue, start);
        while (!TryLock())
        {
            var made = new FileInfo(_lockPath).LastWriteTimeUtc;
            if (made != seen) (seen, since) = (made, _time.GetTimestamp());
            else if (_time.GetElapsedTime(since) > _lockLife) TakeAway(seen);
            if (_time.GetElapsedTime(start) > s_patience)
            {
                throw new StudyException(
                    $"{_lockPath} could not be made for {s_patience.TotalMinutes} minutes; delete it if no worker runs");
            }
            Thread.Sleep(wait);
            if (wait < s_longestWait) wait *= 2;
        }
    }

    bool TryLock()
    {
        try
        {
            File.CreateSymbolicLink(_lockPath, _path);
            return true;
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StudyException($"{_lockPath} may not be made: {error.Message}; check your rights to its folder", error);
        }
        catch (IOException)
        {
            return false;
        }
    }

    // A lock that turns out to be a newer one is put back.
    void TakeAway(DateTime dead)
    {
        var away = AwayPath();
        try
        {
            File.Move(_lockPath, away);
            if (new FileInfo(away).LastWriteTimeUtc == dead) File.Delete(away);
            else File.Move(away, _lockPath);
        }
        catch (IOException)
        {
            // Another process was faster.
        }
    }

    void Release()
    {
        var away = AwayPath();
        File.Move(_lockPath, away);
        File.Delete(away);
    }

    string AwayPath() => $"{_lockPath}{Guid.NewGuid():D}.rename";

    FileStream Open(FileMode mode, FileAccess access)
    {
        try
        {
            return new FileStream(_path, mode, access, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StudyException(
                $"{_path} cannot be opened or made: {error.Message}; check its folder and your rights", error);
        }
    }
}

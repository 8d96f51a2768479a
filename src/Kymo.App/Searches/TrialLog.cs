namespace Kymo.App.Searches;

/// <summary>What a trial's process says, added to a file. A file that cannot be written stops the writing, not the trial.</summary>
sealed class TrialLog : IDisposable
{
    readonly Lock _gate = new();
    readonly Queue<string> _last = [];
    readonly int _remembered;
    StreamWriter? _file;

    /// <summary>Opens the file to add to it.</summary>
    public TrialLog(string path, int remembered)
    {
        _remembered = remembered;
        Try(() => _file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read)) { AutoFlush = true });
    }

    /// <summary>The last line that says what went wrong: the program's own (<c>kymo: ...</c>), else the last one that is not blank.</summary>
    public string LastLine
    {
        get
        {
            lock (_gate) return _last.LastOrDefault(line => line.StartsWith("kymo: ", StringComparison.Ordinal)) ?? _last.LastOrDefault(line => line.Trim().Length > 0) ?? "";
        }
    }

    /// <summary>Adds a line; null, the end of the output, is passed over.</summary>
    public void Add(string? line)
    {
        if (line is null) return;
        lock (_gate)
        {
            _last.Enqueue(line);
            if (_last.Count > _remembered) _last.Dequeue();
            Try(() => _file?.WriteLine(line));
        }
    }

    public void Dispose()
    {
        lock (_gate) Try(() => _file?.Dispose());
    }

    void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
            _file = null;
        }
    }
}

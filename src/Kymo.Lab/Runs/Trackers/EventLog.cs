using Kymo.Signals;

namespace Kymo.Lab.Runs.Trackers;

/// <summary>
/// <c>events.jsonl</c>: the one log that a run writes its scalars and texts to, and that all trackers' files are made from. Each
/// event goes to the operating system at once, so a killed process loses none; a line cut off by a power failure is ignored.
/// </summary>
public sealed class EventLog : IDisposable
{
    const long LargestFile = 1L << 31;

    readonly FileStream _stream;
    readonly IReadOnlyList<IEventSink> _sinks;

    EventLog(FileStream stream, IReadOnlyList<IEventSink> sinks) => (_stream, _sinks) = (stream, sinks);

    /// <summary>Length in bytes: what a checkpoint remembers, so that a resumed run goes on from there.</summary>
    public long Length => _stream.Position;

    /// <summary>Begins or continues a log, and tells the sinks all that is kept of it.</summary>
    /// <param name="path">The file; made if absent.</param>
    /// <param name="sinks">Trackers' files, just begun. They belong to the log from now on.</param>
    /// <param name="keep">Bytes to keep, as a checkpoint remembers them; null keeps all whole lines.</param>
    /// <exception cref="DataException">The log is shorter than <paramref name="keep"/>, or a line is no event.</exception>
    public static EventLog Open(string path, IReadOnlyList<IEventSink> sinks, long? keep = null)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        try
        {
            if (keep > stream.Length)
                throw new DataException(
                    path, $"{stream.Length} bytes, but the checkpoint was made at {keep}: events are missing");
            if (keep is { } length) stream.SetLength(length);
            var events = ReadAll(path, stream, out var whole);
            stream.SetLength(whole);
            stream.Seek(0, SeekOrigin.End);
            foreach (var logged in events)
                foreach (var sink in sinks) sink.Write(logged);
            return new EventLog(stream, sinks);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The events of a log. An unfinished last line is ignored.</summary>
    /// <exception cref="DataException">The file is absent, or a line is no event.</exception>
    public static IReadOnlyList<LoggedEvent> Read(string path)
    {
        if (!File.Exists(path)) throw new DataException(path, "no such file");
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return ReadAll(path, stream, out _);
    }

    /// <summary>Logs a number.</summary>
    public void Scalar(DateTimeOffset when, long step, string name, double value) =>
        Write(new LoggedEvent(when, step, name, value, null));

    /// <summary>Logs a number of an epoch.</summary>
    public void EpochScalar(DateTimeOffset when, long epoch, string name, double value) =>
        Write(new LoggedEvent(when, epoch, name, value, null) { IsEpoch = true });

    /// <summary>Logs a text.</summary>
    public void Text(DateTimeOffset when, long step, string name, string text) =>
        Write(new LoggedEvent(when, step, name, null, text));

    /// <summary>Brings everything to the disk; for checkpoints and ends of epochs.</summary>
    public void Sync()
    {
        _stream.Flush(flushToDisk: true);
        foreach (var sink in _sinks) sink.Flush();
    }

    /// <summary>Ends the log and its sinks.</summary>
    public void Dispose()
    {
        foreach (var sink in _sinks) sink.Dispose();
        _stream.Dispose();
    }

    void Write(LoggedEvent logged)
    {
        var (before, line) = (_stream.Position, AtomicFile.Utf8.GetBytes(logged.ToLine()));
        try
        {
            _stream.Write(line);
        }
        catch (IOException e)
        {
            _stream.SetLength(before);
            _stream.Seek(before, SeekOrigin.Begin);
            if (DiskFull.Is(e)) throw DiskFull.Error(_stream.Name, line.Length, e);
            throw;
        }
        foreach (var sink in _sinks) sink.Write(logged);
    }

    static List<LoggedEvent> ReadAll(string path, FileStream stream, out long whole)
    {
        if (stream.Length > LargestFile) throw new DataException(path, $"{stream.Length} bytes: at most {LargestFile} are read");
        var bytes = new byte[stream.Length];
        stream.Seek(0, SeekOrigin.Begin);
        stream.ReadExactly(bytes);
        var events = new List<LoggedEvent>();
        var start = 0;
        for (int length; (length = bytes.AsSpan(start).IndexOf((byte)'\n')) >= 0; start += length + 1)
            events.Add(LoggedEvent.OfLine($"{path}, line {events.Count + 1}", bytes.AsSpan(start, length)));
        whole = start;
        return events;
    }
}

namespace Kymo.Tuning;

/// <summary>Beats for a running trial until it is disposed, so that other workers know it is not lost.</summary>
public sealed class Heartbeat : IDisposable
{
    readonly Trial _trial;
    readonly ITimer _timer;
    int _isBeating;

    /// <summary>Beats at once and then in intervals.</summary>
    /// <param name="trial">The running trial.</param>
    /// <param name="interval">Time between beats; other workers should wait for at least twice as long.</param>
    /// <param name="time">The clock.</param>
    public Heartbeat(Trial trial, TimeSpan interval, TimeProvider time)
    {
        _trial = trial;
        Beat();
        _timer = time.CreateTimer(_ => Beat(), null, interval, interval);
    }

    /// <summary>
    /// Why the last beat failed; null while beats arrive. The trial itself meets the same storage and reports it.
    /// </summary>
    public StudyException? Problem { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    // One beat at a time: while a storage is away the last one still waits for it, and more would only hold threads.
    void Beat()
    {
        if (Interlocked.Exchange(ref _isBeating, 1) == 1) return;
        try
        {
            _trial.Study.Storage.Beat(_trial.Frozen.Id);
            Problem = null;
        }
        catch (StudyException error)
        {
            Problem = error;
        }
        finally
        {
            Volatile.Write(ref _isBeating, 0);
        }
    }
}

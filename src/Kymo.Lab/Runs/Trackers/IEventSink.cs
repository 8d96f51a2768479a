namespace Kymo.Lab.Runs.Trackers;

/// <summary>A tracker's own file, fed by <see cref="EventLog"/>. It can be thrown away and made again from the log.</summary>
public interface IEventSink : IDisposable
{
    /// <summary>Takes an event.</summary>
    void Write(LoggedEvent logged);

    /// <summary>Brings what was taken to the disk.</summary>
    void Flush();
}

namespace Kymo.Signals.Midi;

/// <summary>A change of tempo.</summary>
/// <param name="Tick">Where it begins.</param>
/// <param name="MicrosecondsPerQuarter">Length of a quarter from there on, above 0.</param>
public readonly record struct TempoChange(long Tick, int MicrosecondsPerQuarter);

/// <summary>
/// Ticks to seconds: piecewise linear between tempo changes, 500,000 microseconds per quarter until the first. Of several changes
/// at one tick the last counts. Files that count in SMPTE frames have one fixed rate.
/// </summary>
public sealed class TempoMap
{
    /// <summary>The tempo of a file that names none: 120 quarters a minute.</summary>
    public const int DefaultMicrosecondsPerQuarter = 500_000;

    readonly List<long> _ticks = [0];
    readonly List<double> _seconds = [0];
    readonly List<double> _secondsPerTick = [];

    /// <summary>A map of tempo changes.</summary>
    /// <param name="ticksPerQuarter">Ticks in a quarter, above 0.</param>
    /// <param name="changes">The changes in order of their ticks.</param>
    public TempoMap(int ticksPerQuarter, IEnumerable<TempoChange> changes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ticksPerQuarter);
        _secondsPerTick.Add(Rate(DefaultMicrosecondsPerQuarter));
        foreach (var (tick, tempo) in changes)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tempo);
            ArgumentOutOfRangeException.ThrowIfLessThan(tick, _ticks[^1]);
            if (tick > _ticks[^1])
            {
                _seconds.Add(SecondsAt(tick));
                _ticks.Add(tick);
                _secondsPerTick.Add(0);
            }
            _secondsPerTick[^1] = Rate(tempo);
        }

        double Rate(int tempo) => tempo / 1e6 / ticksPerQuarter;
    }

    /// <summary>A map of one fixed rate.</summary>
    /// <param name="ticksPerSecond">Ticks in a second, above 0.</param>
    public TempoMap(double ticksPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ticksPerSecond);
        _secondsPerTick.Add(1 / ticksPerSecond);
    }

    /// <summary>Seconds from the start of the file to <paramref name="tick"/>, which is 0 or more.</summary>
    public double SecondsAt(long tick)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tick);
        var index = IndexAt(tick);
        return _seconds[index] + (tick - _ticks[index]) * _secondsPerTick[index];
    }

    /// <summary>Seconds at a place between two ticks, 0 or more.</summary>
    public double SecondsAt(double tick)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tick);
        var index = IndexAt((long)tick);
        return _seconds[index] + (tick - _ticks[index]) * _secondsPerTick[index];
    }

    // Most files have one tempo, or their notes stand after the last change.
    int IndexAt(long tick)
    {
        if (tick >= _ticks[^1]) return _ticks.Count - 1;
        var index = _ticks.BinarySearch(tick);
        return index < 0 ? ~index - 1 : index;
    }

    /// <summary>The tick, with its fraction, at <paramref name="seconds"/> from the start, 0 or more.</summary>
    public double TickAt(double seconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seconds);
        var index = _seconds.BinarySearch(seconds);
        if (index < 0) index = ~index - 1;
        return _ticks[index] + (seconds - _seconds[index]) / _secondsPerTick[index];
    }
}

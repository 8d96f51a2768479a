namespace Kymo.Signals.Midi;

/// <summary>
/// Counts what was passed over and keeps the first of it, so that a hostile file fills no memory with complaints.
/// </summary>
sealed class MidiProblems
{
    const int Most = 100;
    readonly List<MidiProblem> _kept = [];

    public IReadOnlyList<MidiProblem> Kept => _kept;

    public int Count { get; private set; }

    public void Add(long offset, string text)
    {
        Count++;
        if (_kept.Count < Most) _kept.Add(new(offset, text));
    }
}

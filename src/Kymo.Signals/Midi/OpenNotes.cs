namespace Kymo.Signals.Midi;

/// <summary>
/// The notes of a track that sound, first in, first out for each channel and pitch; notes are numbered as they begin. One object serves
/// all tracks of a file, one after another: a file may have millions.
/// </summary>
sealed class OpenNotes
{
    const int Keys = 16 * 128;

    // One more than the number of the first and the last note that sounds, by channel and pitch, and of the next one, by note; 0 is none.
    readonly int[] _next = new int[Keys];
    readonly int[] _last = new int[Keys];
    int[] _after = new int[64];
    int _count;

    /// <summary>The next note begins.</summary>
    /// <param name="key">Channel and pitch: 128 * channel + pitch, channels from 0.</param>
    public void Begin(int key)
    {
        if (_count == _after.Length) Array.Resize(ref _after, 2 * _after.Length);
        _after[_count++] = 0;
        if (_next[key] == 0) _next[key] = _count;
        else _after[_last[key] - 1] = _count;
        _last[key] = _count;
    }

    /// <summary>The number, from 0, of the note that has sounded longest; it sounds no more. -1 where there is none.</summary>
    public int End(int key)
    {
        var note = _next[key] - 1;
        if (note >= 0) _next[key] = _after[note];
        return note;
    }

    /// <summary>Ends the track.</summary>
    /// <returns>The numbers of the notes that still sound.</returns>
    public List<int> EndTrack()
    {
        var left = new List<int>();
        if (_count == 0) return left;
        foreach (var first in _next)
            for (var note = first; note > 0; note = _after[note - 1]) left.Add(note - 1);
        Array.Clear(_next);
        _count = 0;
        return left;
    }
}

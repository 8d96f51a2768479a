namespace Kymo.Signals.Music;

/// <summary>The nine kinds of drum that pitches of the drum channel stand for.</summary>
public enum Drum
{
    /// <summary>Bass drum.</summary>
    Kick,

    /// <summary>Snare, side stick.</summary>
    Snare,

    /// <summary>Closed or pedalled hi-hat.</summary>
    ClosedHat,

    /// <summary>Open hi-hat.</summary>
    OpenHat,

    /// <summary>Floor tom.</summary>
    LowTom,

    /// <summary>Middle tom.</summary>
    MidTom,

    /// <summary>High tom.</summary>
    HighTom,

    /// <summary>Crash, splash, china.</summary>
    Crash,

    /// <summary>Ride and its bell.</summary>
    Ride,
}

/// <summary>Pitches of General MIDI's drum channel and of the Roland TD-11 (22 and 26 are hi-hat edges) as nine drums.</summary>
public static class DrumPitches
{
    /// <summary>Number of drums.</summary>
    public const int Count = 9;

    static readonly Drum?[] s_drums = Table(
        (Drum.Kick, [35, 36]), (Drum.Snare, [37, 38, 40]), (Drum.ClosedHat, [22, 42, 44]), (Drum.OpenHat, [26, 46]),
        (Drum.LowTom, [41, 43, 58]), (Drum.MidTom, [45, 47]), (Drum.HighTom, [48, 50]), (Drum.Crash, [49, 52, 55, 57]),
        (Drum.Ride, [51, 53, 59]));

    /// <summary>The drums' names, in their order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["kick", "snare", "closed_hat", "open_hat", "low_tom", "mid_tom", "high_tom", "crash", "ride"];

    /// <summary>The drum of a pitch, or null where it is none of the nine.</summary>
    public static Drum? Of(int pitch) => pitch is >= 0 and < 128 ? s_drums[pitch] : null;

    static Drum?[] Table(params ReadOnlySpan<(Drum Drum, int[] Pitches)> entries)
    {
        var table = new Drum?[128];
        foreach (var (drum, pitches) in entries)
            foreach (var pitch in pitches) table[pitch] = drum;
        return table;
    }
}

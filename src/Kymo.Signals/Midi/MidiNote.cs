namespace Kymo.Signals.Midi;

/// <summary>One note.</summary>
/// <param name="Start">Onset in seconds from the start of the file, through the tempo map.</param>
/// <param name="End">End in seconds, not before <paramref name="Start"/>.</param>
/// <param name="Pitch">MIDI pitch, 0 to 127; 60 is middle C.</param>
/// <param name="Velocity">1 to 127.</param>
/// <param name="Channel">1 to 16; 10 is drums by custom.</param>
/// <param name="Track">Index of the track chunk, from 0.</param>
/// <param name="StartTick">Onset in ticks.</param>
/// <param name="EndTick">End in ticks.</param>
public readonly record struct MidiNote(
    double Start, double End, int Pitch, int Velocity, int Channel, int Track, long StartTick, long EndTick)
{
    /// <summary>The channel that General MIDI gives to drums.</summary>
    public const int DrumChannel = 10;

    /// <summary>Whether the note stands on the drum channel.</summary>
    public bool IsDrum => Channel == DrumChannel;
}

/// <summary>A control change: a pedal, volume, expression and so on.</summary>
/// <param name="Time">Seconds from the start of the file, through the tempo map.</param>
/// <param name="Controller">0 to 127; 64 is the damper pedal, 66 the sostenuto, 67 the soft pedal, 11 expression.</param>
/// <param name="Value">0 to 127; a pedal is down from 64 on.</param>
/// <param name="Channel">1 to 16.</param>
/// <param name="Track">Index of the track chunk, from 0.</param>
/// <param name="Tick">When, in ticks.</param>
public readonly record struct MidiControl(double Time, int Controller, int Value, int Channel, int Track, long Tick)
{
    /// <summary>The controller of the damper pedal.</summary>
    public const int Damper = 64;
}

/// <summary>A metre from some tick on.</summary>
/// <param name="Tick">Where it begins.</param>
/// <param name="Numerator">Beats in a bar, from 1.</param>
/// <param name="Denominator">The note that is a beat: 1, 2, 4, 8 and so on.</param>
public readonly record struct TimeSignature(long Tick, int Numerator, int Denominator);

/// <summary>A key from some tick on.</summary>
/// <param name="Tick">Where it begins.</param>
/// <param name="Sharps">Number of sharps, negative for flats; -7 to 7.</param>
/// <param name="IsMinor">Whether the key is minor.</param>
public readonly record struct KeySignature(long Tick, int Sharps, bool IsMinor);

/// <summary>A track chunk.</summary>
/// <param name="Name">Its name event's text; empty without one.</param>
/// <param name="NoteCount">Notes in it.</param>
/// <param name="LastTick">Tick of its last event.</param>
public sealed record MidiTrack(string Name, int NoteCount, long LastTick);

/// <summary>What was not as the format wants it but left something to read.</summary>
/// <param name="Offset">Byte in the file.</param>
/// <param name="Text">What was found and what was expected.</param>
public readonly record struct MidiProblem(long Offset, string Text);

/// <summary>What is accepted from a Standard MIDI File.</summary>
public sealed record MidiReadOptions
{
    /// <summary>
    /// Whether a track with damage in its middle is read up to there, with the damage among <see cref="MidiFile.Problems"/>; an
    /// error by default. A last track that is cut off is read to its end either way.
    /// </summary>
    public bool AllowDamage { get; init; }

    /// <summary>Whether format 2 (independent patterns, each with its own tempo map) is read; an error by default.</summary>
    public bool AllowFormat2 { get; init; }

    /// <summary>The largest file; 64 MiB by default.</summary>
    public long MaxBytes { get; init; } = 64L << 20;
}

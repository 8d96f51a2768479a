using System.Runtime.InteropServices;
using Kymo.Signals.Midi;

namespace Kymo.Signals.Music;

/// <summary>One stroke on the grid of sixteenths.</summary>
/// <param name="Position">Sixteenths from the start of the file, as played.</param>
/// <param name="Step">The nearest sixteenth.</param>
/// <param name="Drum">What is struck.</param>
/// <param name="Velocity">1 to 127.</param>
/// <param name="Seconds">When, from the start of the file.</param>
/// <param name="StepSeconds">When the nearest sixteenth is.</param>
public readonly record struct DrumHit(double Position, int Step, Drum Drum, int Velocity, double Seconds, double StepSeconds)
{
    /// <summary>How late the stroke is, in sixteenths; from -0.5 to 0.5.</summary>
    public double Offset => Position - Step;
}

/// <summary>The strokes of a drum part against the grid of sixteenths of its first metre.</summary>
public sealed class DrumPattern
{
    // A damaged delta time must not make a grid of billions of steps; sixteen hours at 60 beats a minute fit.
    const int LastStep = 1 << 18;

    /// <summary>Fewer strokes make no pattern.</summary>
    public const int LeastHits = 8;

    readonly List<DrumHit> _hits;

    DrumPattern(List<DrumHit> hits, int stepsPerBar, int unmapped)
    {
        (_hits, StepsPerBar, Unmapped) = (hits, stepsPerBar, unmapped);
        FirstBar = FloorDivide(hits[0].Step, stepsPerBar);
        Bars = FloorDivide(hits[^1].Step, stepsPerBar) - FirstBar + 1;
    }

    /// <summary>The strokes in the order of time, then pitch.</summary>
    public IReadOnlyList<DrumHit> Hits => _hits;

    /// <summary>The same, to go through without a call for each.</summary>
    internal ReadOnlySpan<DrumHit> Strokes => CollectionsMarshal.AsSpan(_hits);

    /// <summary>Sixteenths in a bar.</summary>
    public int StepsPerBar { get; }

    /// <summary>Notes of the drum channel whose pitch is none of the nine drums.</summary>
    public int Unmapped { get; }

    /// <summary>The first bar with a stroke, counted from the start of the file.</summary>
    public int FirstBar { get; }

    /// <summary>Bars from the first to the last with a stroke.</summary>
    public int Bars { get; }

    /// <summary>Steps of all these bars.</summary>
    public int Steps => Bars * StepsPerBar;

    /// <summary>A stroke's step counted from the start of the first bar.</summary>
    public int StepInPattern(DrumHit hit) => hit.Step - (FirstBar * StepsPerBar);

    /// <summary>Reads the drum channel.</summary>
    /// <param name="midi">The file; ticks per quarter, not SMPTE frames.</param>
    /// <param name="reason">Why there is no pattern.</param>
    /// <returns>Null where the file counts in frames, its bar is no whole number of sixteenths, it has fewer than 8 strokes or lasts for days.</returns>
    public static DrumPattern? Read(MidiFile midi, out string? reason)
    {
        reason = null;
        if (midi.TicksPerQuarter is not { } ticks)
        {
            reason = "counts in SMPTE frames, expected ticks per quarter";
            return null;
        }
        var (numerator, denominator) = midi.TimeSignatures.Count == 0
            ? (4, 4) : (midi.TimeSignatures[0].Numerator, midi.TimeSignatures[0].Denominator);
        if (16 * numerator % denominator != 0)
        {
            reason = $"has bars of {numerator}/{denominator}, expected a whole number of sixteenths";
            return null;
        }
        var hits = new List<DrumHit>(midi.Notes.Count);
        var unmapped = 0;
        foreach (var note in midi.Notes)
        {
            if (!note.IsDrum) continue;
            if (DrumPitches.Of(note.Pitch) is not { } drum)
            {
                unmapped++;
                continue;
            }
            var position = 4.0 * note.StartTick / ticks;
            if (position > LastStep)
            {
                reason = $"has a stroke {(long)position} sixteenths from its start, expected at most {LastStep}";
                return null;
            }
            var step = (int)Math.Floor(position + 0.5);
            hits.Add(new(position, step, drum, note.Velocity, note.Start, midi.Tempo.SecondsAt(step * (double)ticks / 4)));
        }
        if (hits.Count >= LeastHits) return new(hits, 16 * numerator / denominator, unmapped);
        reason = $"has {hits.Count} strokes on the drum channel, expected at least {LeastHits}";
        return null;
    }

    static int FloorDivide(int value, int by) => (int)Math.Floor(value / (double)by);
}

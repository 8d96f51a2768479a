namespace Kymo.Signals.Midi;

/// <summary>
/// A Standard MIDI File (MIDI Manufacturers Association, RP-001, 1996) as notes in seconds: formats 0 and 1, and 2 where allowed;
/// running status; note-on with velocity 0 as note-off; tempo changes on any track; ticks per quarter or SMPTE frames.
/// </summary>
public sealed class MidiFile
{
    internal MidiFile(MidiReader reader, TempoMap tempo)
    {
        (Format, TicksPerQuarter, Tempo) = (reader.Format, reader.TicksPerQuarter, tempo);
        (Notes, Tracks, Problems) = (reader.Notes, reader.Tracks, reader.Problems.Kept);
        (Controls, TempoChanges) = (reader.Controls, reader.TempoChanges);
        (TimeSignatures, KeySignatures) = (reader.TimeSignatures, reader.KeySignatures);
        (HangingNotes, Length, ProblemCount) = (reader.HangingNotes, reader.Length, reader.Problems.Count);
    }

    /// <summary>0 (one track), 1 (tracks that sound together) or 2 (independent patterns).</summary>
    public int Format { get; }

    /// <summary>Ticks in a quarter; null where the file counts in SMPTE frames.</summary>
    public int? TicksPerQuarter { get; }

    /// <summary>Ticks to seconds, for all tracks; for format 2, for the first.</summary>
    public TempoMap Tempo { get; }

    /// <summary>All notes, in the order of onset tick, pitch, channel, track.</summary>
    public IReadOnlyList<MidiNote> Notes { get; }

    /// <summary>All control changes, in the order of their ticks, then tracks, then as written.</summary>
    public IReadOnlyList<MidiControl> Controls { get; }

    /// <summary>All changes of tempo as written, in the order of their ticks, then tracks; of several at one tick the last counts.</summary>
    public IReadOnlyList<TempoChange> TempoChanges { get; }

    /// <summary>The track chunks.</summary>
    public IReadOnlyList<MidiTrack> Tracks { get; }

    /// <summary>The metres in the order of their ticks, then tracks; without one, 4/4 is meant.</summary>
    public IReadOnlyList<TimeSignature> TimeSignatures { get; }

    /// <summary>The keys in the order of their ticks, then tracks.</summary>
    public IReadOnlyList<KeySignature> KeySignatures { get; }

    /// <summary>Notes that no note-off ended; they end with their track.</summary>
    public int HangingNotes { get; }

    /// <summary>Seconds to the last event of any track.</summary>
    public double Length { get; }

    /// <summary>
    /// What was passed over: chunks cut off, tracks missing, events of wrong lengths, damage where allowed. The first hundred.
    /// </summary>
    public IReadOnlyList<MidiProblem> Problems { get; }

    /// <summary>How many such problems there are.</summary>
    public int ProblemCount { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is accepted; the defaults refuse damage and format 2.</param>
    /// <exception cref="DataException">The file is absent, too large, no MIDI file, or damaged; with the byte offset.</exception>
    public static MidiFile Read(string path, MidiReadOptions? options = null)
    {
        options ??= new();
        byte[] bytes;
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            var size = RandomAccess.GetLength(file);
            if (size > options.MaxBytes) throw new DataException(path, $"has {size} bytes, expected at most {options.MaxBytes}");
            bytes = new byte[size];
            var read = 0;
            while (read < size && RandomAccess.Read(file, bytes.AsSpan(read), read) is > 0 and var count) read += count;
            if (read < size) throw new DataException(path, $"had {size} bytes when it was opened and {read} when it was read");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException(path, "does not exist, expected a MIDI file", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, $"cannot be read: {error.Message}", error);
        }
        return Parse(bytes, path, options);
    }

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="options">What is accepted.</param>
    /// <exception cref="DataException">The bytes are no MIDI file, or damaged; with the byte offset.</exception>
    public static MidiFile Parse(ReadOnlySpan<byte> bytes, string path, MidiReadOptions? options = null)
    {
        var reader = new MidiReader(path, options ?? new());
        return new(reader, reader.Read(bytes));
    }
}

using System.Buffers.Binary;

namespace Kymo.Signals.Midi;

/// <summary>Takes a file apart: header, track chunks, then ticks to seconds.</summary>
sealed class MidiReader(string path, MidiReadOptions options)
{
    readonly List<MidiTrackReader> _tracks = [];
    readonly OpenNotes _open = new();
    double _ticksPerSecond;

    public int Format { get; private set; }

    public int? TicksPerQuarter { get; private set; }

    public List<MidiNote> Notes { get; private set; } = [];

    public List<MidiControl> Controls { get; private set; } = [];

    public List<TempoChange> TempoChanges { get; private set; } = [];

    public List<MidiTrack> Tracks { get; } = [];

    public List<TimeSignature> TimeSignatures { get; private set; } = [];

    public List<KeySignature> KeySignatures { get; private set; } = [];

    public MidiProblems Problems { get; } = new();

    public int HangingNotes { get; private set; }

    public double Length { get; private set; }

    public TempoMap Read(ReadOnlySpan<byte> bytes)
    {
        var (position, stated) = ReadHeader(bytes);
        ReadChunks(bytes, position);
        if (_tracks.Count != stated) Problems.Add(10, $"the header states {stated} tracks, the file has {_tracks.Count}");
        return Collect();
    }

    DataException Damage(long offset, string text) => new(path, $"is damaged at byte {offset}: {text}");

    (int Position, int Tracks) ReadHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 14 || !bytes.StartsWith("MThd"u8))
        {
            var head = Convert.ToHexString(bytes[..Math.Min(4, bytes.Length)]);
            throw new DataException(
                path, $"is no MIDI file: {bytes.Length} bytes that begin with {head}, expected 4D546864 (MThd)");
        }
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        if (length < 6 || length > bytes.Length - 8)
            throw Damage(4, $"the header states {length} bytes, expected 6 up to the {bytes.Length - 8} there are");
        Format = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        if (Format > 2) throw Damage(8, $"format {Format}, expected 0, 1 or 2");
        if (Format == 2 && !options.AllowFormat2)
            throw new DataException(path, "has format 2 (independent patterns), expected 0 or 1");
        ReadDivision(BinaryPrimitives.ReadInt16BigEndian(bytes[12..]));
        return (8 + (int)length, BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]));
    }

    // Above zero: ticks per quarter. Below: minus the frames per second in the high byte, ticks per frame in the low one.
    void ReadDivision(short division)
    {
        if (division > 0)
        {
            TicksPerQuarter = division;
            return;
        }
        var (frames, ticks) = (-(division >> 8), division & 0xFF);
        if (division == 0 || ticks == 0 || frames is not (24 or 25 or 29 or 30))
            throw Damage(
                12, $"division 0x{(ushort)division:X4}, expected ticks per quarter or 24, 25, 29 or 30 frames with ticks");
        _ticksPerSecond = (frames == 29 ? 30000.0 / 1001 : frames) * ticks;
    }

    void ReadChunks(ReadOnlySpan<byte> bytes, int position)
    {
        while (position < bytes.Length)
        {
            if (bytes.Length - position < 8)
            {
                Problems.Add(position, $"{bytes.Length - position} bytes after the last chunk, expected none or a chunk");
                return;
            }
            var isTrack = bytes[position..].StartsWith("MTrk"u8);
            var stated = BinaryPrimitives.ReadUInt32BigEndian(bytes[(position + 4)..]);
            var start = position + 8;
            var length = (int)Math.Min(stated, (uint)(bytes.Length - start));
            var cutOff = length < stated;
            if (cutOff) Problems.Add(position, $"a chunk states {stated} bytes, {length} are left in the file");
            if (isTrack) ReadTrack(bytes.Slice(start, length), start, cutOff);
            position = start + length;
        }
    }

    void ReadTrack(ReadOnlySpan<byte> chunk, int offset, bool cutOff)
    {
        var track = new MidiTrackReader(_tracks.Count, offset, _open, Problems);
        _tracks.Add(track);
        if (track.Read(chunk) is not var (at, text)) return;
        if (!options.AllowDamage && !(cutOff && at >= offset + chunk.Length)) throw Damage(at, text);
        Problems.Add(at, text);
    }

    TempoMap Collect()
    {
        var whole = Map(_tracks.SelectMany(track => track.Tempos));
        var notes = new List<MidiNote>(_tracks.Sum(track => track.Notes.Count));
        var controls = new List<MidiControl>(_tracks.Sum(track => track.Controls.Count));
        foreach (var track in _tracks)
        {
            var map = Format == 2 ? Map(track.Tempos) : whole;
            foreach (var note in track.Notes)
                notes.Add(note with { Start = map.SecondsAt(note.StartTick), End = map.SecondsAt(note.EndTick) });
            foreach (var control in track.Controls) controls.Add(control with { Time = map.SecondsAt(control.Tick) });
            Tracks.Add(new(track.Name, track.Notes.Count, track.Tick));
            HangingNotes += track.HangingNotes;
            Length = Math.Max(Length, map.SecondsAt(track.Tick));
        }
        Notes = NoteOrder.Sort(notes);
        Controls = _tracks.Count(track => track.Controls.Count > 0) > 1 ? [.. controls.OrderBy(control => control.Tick)] : controls;
        TempoChanges = [.. _tracks.SelectMany(track => track.Tempos).OrderBy(change => change.Tick)];
        TimeSignatures = [.. _tracks.SelectMany(track => track.TimeSignatures).OrderBy(signature => signature.Tick)];
        KeySignatures = [.. _tracks.SelectMany(track => track.KeySignatures).OrderBy(signature => signature.Tick)];
        return Format == 2 && _tracks.Count > 0 ? Map(_tracks[0].Tempos) : whole;
    }

    // OrderBy keeps the order of equals, here and above: track by track, and within a track as written.
    TempoMap Map(IEnumerable<TempoChange> changes) =>
        TicksPerQuarter is { } ticks ? new(ticks, changes.OrderBy(change => change.Tick)) : new(_ticksPerSecond);
}

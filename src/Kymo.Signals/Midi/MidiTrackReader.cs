using System.Text;

namespace Kymo.Signals.Midi;

/// <summary>
/// Reads the events of one track chunk: delta times, running status, notes, and the meta events that say something.
/// </summary>
/// <param name="index">Which track.</param>
/// <param name="offset">Where the chunk's content begins in the file.</param>
/// <param name="open">Pairs the beginnings and ends of notes.</param>
/// <param name="problems">Takes events that are passed over.</param>
sealed class MidiTrackReader(int index, int offset, OpenNotes open, MidiProblems problems)
{
    static readonly UTF8Encoding s_strictUtf8 = new(false, throwOnInvalidBytes: true);

    int _position;
    int _status;
    bool _ended;

    public long Tick { get; private set; }

    public string Name { get; private set; } = "";

    public List<MidiNote> Notes { get; } = [];

    public List<MidiControl> Controls { get; } = [];

    public List<TempoChange> Tempos { get; } = [];

    public List<TimeSignature> TimeSignatures { get; } = [];

    public List<KeySignature> KeySignatures { get; } = [];

    public int HangingNotes { get; private set; }

    /// <summary>
    /// Reads to the end of the track; where it is damaged, returns the byte and what is wrong, with all before it read.
    /// </summary>
    public (int Offset, string Text)? Read(ReadOnlySpan<byte> chunk)
    {
        (int, string)? damage = null;
        while (!_ended && damage is null && _position < chunk.Length) damage = ReadEvent(chunk);
        foreach (var note in open.EndTrack())
        {
            Notes[note] = Notes[note] with { EndTick = Tick };
            HangingNotes++;
        }
        return damage;
    }

    (int, string)? ReadEvent(ReadOnlySpan<byte> chunk)
    {
        if (ReadNumber(chunk) is not { } delta) return Broken(chunk, "delta time");
        if (_position >= chunk.Length) return Broken(chunk, "event");
        int status = chunk[_position];
        if (status >= 0x80) _position++;
        else status = _status;
        if (status == 0)
            return (offset + _position, $"data byte 0x{chunk[_position]:X2} with no event before, expected a status byte");
        var damage = status switch
        {
            0xFF => ReadMeta(chunk, delta),
            0xF0 or 0xF7 => Skip(chunk, delta),
            >= 0xF0 => SystemEvent(chunk, status, delta),
            _ => ChannelEvent(chunk, status, delta),
        };
        return damage;
    }

    (int, string) Broken(ReadOnlySpan<byte> chunk, string what) => _position >= chunk.Length
        ? (offset + chunk.Length, $"the track ends inside a {what}")
        : (offset + _position, $"a {what} of more than four bytes, expected at most four");

    // A variable-length number: seven bits a byte, the highest bit says that more follow. Null, with the position kept or at the
    // end, where it is longer than four bytes or cut off.
    int? ReadNumber(ReadOnlySpan<byte> chunk)
    {
        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            if (_position + i >= chunk.Length)
            {
                _position = chunk.Length;
                return null;
            }
            var next = chunk[_position + i];
            value = value << 7 | next & 0x7F;
            if (next >= 0x80) continue;
            _position += i + 1;
            return value;
        }
        return null;
    }

    // An event's payload of stated length; null where the track ends before it does.
    int? ReadLength(ReadOnlySpan<byte> chunk, out (int, string) damage)
    {
        damage = default;
        var start = _position;
        if (ReadNumber(chunk) is not { } length) damage = Broken(chunk, "length");
        else if (length > chunk.Length - _position)
        {
            var left = chunk.Length - _position;
            damage = (offset + chunk.Length, $"an event at byte {offset + start} states {length} bytes, {left} are left");
            _position = chunk.Length;
        }
        else return length;
        return null;
    }

    (int, string)? Skip(ReadOnlySpan<byte> chunk, int delta)
    {
        if (ReadLength(chunk, out var damage) is not { } length) return damage;
        _position += length;
        Tick += delta;
        return null;
    }

    // Common and real-time messages have no place in files but a known length.
    (int, string)? SystemEvent(ReadOnlySpan<byte> chunk, int status, int delta)
    {
        var length = status switch { 0xF1 or 0xF3 => 1, 0xF2 => 2, 0xF4 or 0xF5 => -1, _ => 0 };
        if (length < 0) return (offset + _position - 1, $"status byte 0x{status:X2}, which has no meaning");
        if (length > chunk.Length - _position) return (offset + chunk.Length, "the track ends inside an event");
        _position += length;
        Tick += delta;
        return null;
    }

    (int, string)? ChannelEvent(ReadOnlySpan<byte> chunk, int status, int delta)
    {
        _status = status;
        var length = status >> 4 is 0xC or 0xD ? 1 : 2;
        if (length > chunk.Length - _position) return (offset + chunk.Length, "the track ends inside an event");
        int first = chunk[_position], second = length == 2 ? chunk[_position + 1] : 0;
        if (first >= 0x80 || second >= 0x80)
            return (offset + _position, $"data 0x{first:X2} 0x{second:X2} of event 0x{status:X2}, expected bytes below 0x80");
        _position += length;
        Tick += delta;
        var (channel, key) = ((status & 0xF) + 1, (status & 0xF) << 7 | first);
        if (status >> 4 == 0x9 && second > 0)
        {
            open.Begin(key);
            Notes.Add(new(0, 0, first, second, channel, index, Tick, Tick));
        }
        else if (status >> 4 is 0x8 or 0x9)
        {
            if (open.End(key) is >= 0 and var note) Notes[note] = Notes[note] with { EndTick = Tick };
        }
        else if (status >> 4 == 0xB) Controls.Add(new(0, first, second, channel, index, Tick));
        return null;
    }

    (int, string)? ReadMeta(ReadOnlySpan<byte> chunk, int delta)
    {
        var start = _position - 1;
        if (_position >= chunk.Length) return (offset + chunk.Length, "the track ends inside an event");
        int type = chunk[_position++];
        if (ReadLength(chunk, out var damage) is not { } length) return damage;
        var content = chunk.Slice(_position, length);
        _position += length;
        Tick += delta;
        var understood = type switch
        {
            0x03 => Text(content),
            0x2F => _ended = true,
            0x51 => Tempo(content),
            0x58 => Metre(content),
            0x59 => Key(content),
            _ => true,
        };
        if (!understood)
        {
            var bytes = Convert.ToHexString(content[..Math.Min(8, length)]);
            problems.Add(
                offset + start, $"meta event 0x{type:X2} of {length} bytes ({bytes}) passed over: not as the format defines it");
        }
        return null;
    }

    // The format says nothing of encodings: UTF-8 where it is that, else Latin-1.
    bool Text(ReadOnlySpan<byte> content)
    {
        if (Name.Length > 0) return true;
        try
        {
            Name = s_strictUtf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            Name = Encoding.Latin1.GetString(content);
        }
        return true;
    }

    bool Tempo(ReadOnlySpan<byte> content)
    {
        // What follows the three bytes is no part of it; such an event is taken, and told of.
        var tempo = content.Length >= 3 ? content[0] << 16 | content[1] << 8 | content[2] : 0;
        if (tempo > 0) Tempos.Add(new(Tick, tempo));
        return tempo > 0 && content.Length == 3;
    }

    bool Metre(ReadOnlySpan<byte> content)
    {
        if (content.Length < 2 || content[0] == 0 || content[1] > 10) return false;
        TimeSignatures.Add(new(Tick, content[0], 1 << content[1]));
        return true;
    }

    bool Key(ReadOnlySpan<byte> content)
    {
        if (content.Length != 2 || (sbyte)content[0] is < -7 or > 7 || content[1] > 1) return false;
        KeySignatures.Add(new(Tick, (sbyte)content[0], content[1] == 1));
        return true;
    }
}

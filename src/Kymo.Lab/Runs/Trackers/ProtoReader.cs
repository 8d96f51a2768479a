using System.Buffers.Binary;

namespace Kymo.Lab.Runs.Trackers;

/// <summary>Reads a protobuf message field by field; every length is checked against what is there.</summary>
/// <param name="bytes">The message.</param>
ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    ReadOnlySpan<byte> _rest = bytes;
    ulong _number;

    /// <summary>Number of the field last read.</summary>
    public int Field { get; private set; }

    /// <summary>Bytes of the field last read, where it is a text, a message or a packed list; otherwise empty.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The field last read as a whole number.</summary>
    public readonly long Integer => (long)_number;

    /// <summary>The field last read as a double.</summary>
    public readonly double Double => BitConverter.UInt64BitsToDouble(_number);

    /// <summary>The field last read as a float.</summary>
    public readonly float Float => BitConverter.UInt32BitsToSingle((uint)_number);

    /// <summary>The field last read as a text.</summary>
    public readonly string Text => AtomicFile.Utf8.GetString(Bytes);

    /// <summary>Goes to the next field; false at the end.</summary>
    /// <exception cref="FormatException">The message is cut off or holds a kind of field that does not exist.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty) return false;
        var tag = Base128();
        if (tag >> 3 is 0 or > int.MaxValue >> 3) throw new FormatException($"field number {tag >> 3}");
        Field = (int)(tag >> 3);
        _number = 0;
        Bytes = default;
        switch (tag & 7)
        {
            case 0: _number = Base128(); break;
            case 1: _number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8)); break;
            case 2: Bytes = Take(Base128()); break;
            case 5: _number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4)); break;
            default: throw new FormatException($"field {Field} is of kind {tag & 7}");
        }
        return true;
    }

    ulong Base128()
    {
        var value = 0ul;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw new FormatException("a number of more than ten bytes");
    }

    ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length) throw new FormatException($"{count} bytes announced, {_rest.Length} left");
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}

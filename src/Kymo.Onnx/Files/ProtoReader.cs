using System.Buffers.Binary;
using System.Text;

namespace Kymo.Onnx.Files;

/// <summary>How a field's value is laid out.</summary>
enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>
/// Reads one protobuf message that may be hostile: every length is checked against the message it lies in before it is used, and
/// messages nest at most <see cref="DeepestMessage"/> deep.
/// </summary>
struct ProtoReader(ReadOnlyMemory<byte> file, string? path)
{
    const int DeepestMessage = 64;

    static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly ReadOnlyMemory<byte> _file = file;
    int _position = 0;
    int _end = file.Length;
    int _depth = 0;
    WireType _wire;

    /// <summary>Where in the file the reader stands.</summary>
    public readonly int Position => _position;

    /// <summary>Steps to the next field; its number, or 0 at the end of the message.</summary>
    public int NextField()
    {
        if (_position == _end) return 0;
        var start = _position;
        var tag = RawVarint();
        _wire = (WireType)(tag & 7);
        var field = tag >> 3;
        if (field is 0 or > 0x1FFFFFFF) throw Problem($"field number {field}", start);
        if (_wire is not (WireType.Varint or WireType.Fixed64 or WireType.Bytes or WireType.Fixed32))
            throw Problem($"wire type {(int)_wire}, expected 0, 1, 2 or 5", start);
        return (int)field;
    }

    public long Varint()
    {
        Expect(WireType.Varint);
        return (long)RawVarint();
    }

    public float Float()
    {
        Expect(WireType.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4).Span);
    }

    public ReadOnlyMemory<byte> Bytes()
    {
        Expect(WireType.Bytes);
        return Take(RawVarint());
    }

    public string Text()
    {
        var start = _position;
        try
        {
            return s_strictUtf8.GetString(Bytes().Span);
        }
        catch (DecoderFallbackException)
        {
            throw Problem("text that is not UTF-8", start);
        }
    }

    /// <summary>The message in this field, to be read on its own.</summary>
    public ProtoReader Message()
    {
        Expect(WireType.Bytes);
        var start = _position;
        var length = RawVarint();
        var inner = this;
        Take(length);
        inner._position = _position - (int)length;
        inner._end = _position;
        inner._depth = _depth + 1;
        return inner._depth <= DeepestMessage ? inner : throw Problem($"messages nested deeper than {DeepestMessage}", start);
    }

    /// <summary>Adds this field's integers, packed or single.</summary>
    public void Varints(List<long> values)
    {
        if (_wire == WireType.Varint)
        {
            values.Add(Varint());
            return;
        }
        for (var packed = Message(); packed._position < packed._end;) values.Add((long)packed.RawVarint());
    }

    /// <summary>Adds the little-endian bytes of this field's numbers of <paramref name="size"/> bytes each, packed or single.</summary>
    public void Fixed(int size, List<byte> bytes)
    {
        if (_wire != WireType.Bytes)
        {
            Expect(size == 4 ? WireType.Fixed32 : WireType.Fixed64);
            bytes.AddRange(Take((ulong)size).Span);
            return;
        }
        var start = _position;
        var packed = Bytes();
        if (packed.Length % size != 0) throw Problem($"{packed.Length} bytes of packed numbers of {size} bytes each", start);
        bytes.AddRange(packed.Span);
    }

    /// <summary>Passes over this field.</summary>
    public void Skip()
    {
        switch (_wire)
        {
            case WireType.Varint: RawVarint(); break;
            case WireType.Fixed64: Take(8); break;
            case WireType.Fixed32: Take(4); break;
            default: Bytes(); break;
        }
    }

    /// <summary>An error that says where.</summary>
    public readonly OnnxException Problem(string problem, int? at = null) =>
        new($"{problem} at byte {at ?? _position}; this is no ONNX model, or a damaged one", path);

    readonly void Expect(WireType wire)
    {
        if (_wire != wire) throw Problem($"a value of wire type {(int)_wire}, expected {(int)wire}");
    }

    ReadOnlyMemory<byte> Take(ulong length)
    {
        if (length > (ulong)(_end - _position)) throw Problem($"a length of {length} with {_end - _position} bytes left");
        var taken = _file.Slice(_position, (int)length);
        _position += (int)length;
        return taken;
    }

    ulong RawVarint()
    {
        var start = _position;
        var bytes = _file.Span;
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_position == _end) throw Problem("the end of the message within a number", start);
            var one = bytes[_position++];
            value |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80) return value;
        }
        throw Problem("a number of more than 10 bytes", start);
    }
}

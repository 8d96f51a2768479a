using System.Buffers.Binary;

namespace Kymo.Lab.Runs.Trackers;

/// <summary>A protobuf message being written, field by field: the few kinds that trackers' files use.</summary>
sealed class ProtoMessage
{
    const int Varint = 0;
    const int Fixed64 = 1;
    const int Delimited = 2;
    const int Fixed32 = 5;

    readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public ProtoMessage Integer(int field, long value)
    {
        Tag(field, Varint);
        Base128((ulong)value);
        return this;
    }

    public ProtoMessage Double(int field, double value)
    {
        Tag(field, Fixed64);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public ProtoMessage Float(int field, float value)
    {
        Tag(field, Fixed32);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public ProtoMessage Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Delimited);
        Base128((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    /// <summary>A text; an empty one is left out, as its default.</summary>
    public ProtoMessage Text(int field, string? value) =>
        string.IsNullOrEmpty(value) ? this : Bytes(field, AtomicFile.Utf8.GetBytes(value));

    public ProtoMessage Message(int field, ProtoMessage value) => Bytes(field, value.ToArray());

    void Tag(int field, int wireType) => Base128((ulong)(uint)(field << 3 | wireType));

    void Base128(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }
}

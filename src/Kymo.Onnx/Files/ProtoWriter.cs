using System.Buffers.Binary;
using System.Text;

namespace Kymo.Onnx.Files;

/// <summary>
/// Writes one protobuf message, field by field (https://protobuf.dev/programming-guides/encoding/). Large byte fields are kept
/// as they are and never copied into an outer message.
/// </summary>
sealed class ProtoWriter
{
    const int KeptWhole = 256;

    readonly List<ReadOnlyMemory<byte>> _parts = [];
    List<byte> _open = [];

    /// <summary>Bytes of the message so far.</summary>
    public long Length { get; private set; }

    public void Varint(int field, long value)
    {
        Tag(field, 0);
        Raw((ulong)value);
    }

    public void Float(int field, float value)
    {
        Tag(field, 5);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        Raw(bytes);
    }

    /// <summary>Text; nothing where it is empty, the default of every text field.</summary>
    public void Text(int field, string value)
    {
        if (value.Length > 0) Bytes(field, Encoding.UTF8.GetBytes(value));
    }

    /// <summary>Text, written even where it is empty: an optional input left out is an empty name.</summary>
    public void TextAlways(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public void Bytes(int field, ReadOnlyMemory<byte> value)
    {
        Tag(field, 2);
        Raw((ulong)value.Length);
        if (value.Length < KeptWhole)
        {
            Raw(value.Span);
            return;
        }
        CloseOpen();
        _parts.Add(value);
        Length += value.Length;
    }

    public void Message(int field, Action<ProtoWriter> write)
    {
        var inner = new ProtoWriter();
        write(inner);
        Tag(field, 2);
        Raw((ulong)inner.Length);
        CloseOpen();
        inner.CloseOpen();
        _parts.AddRange(inner._parts);
        Length += inner.Length;
    }

    public void CopyTo(Stream stream)
    {
        CloseOpen();
        foreach (var part in _parts) stream.Write(part.Span);
    }

    void Tag(int field, int wireType) => Raw((ulong)(field << 3 | wireType));

    void Raw(ulong varint)
    {
        Span<byte> bytes = stackalloc byte[10];
        var count = 0;
        for (; varint >= 0x80; varint >>= 7) bytes[count++] = (byte)(varint | 0x80);
        bytes[count++] = (byte)varint;
        Raw(bytes[..count]);
    }

    void Raw(ReadOnlySpan<byte> bytes)
    {
        _open.AddRange(bytes);
        Length += bytes.Length;
    }

    void CloseOpen()
    {
        if (_open.Count == 0) return;
        _parts.Add(_open.ToArray());
        _open = [];
    }
}

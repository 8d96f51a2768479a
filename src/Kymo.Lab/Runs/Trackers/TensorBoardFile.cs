using System.Buffers.Binary;
using Kymo.Signals;

namespace Kymo.Lab.Runs.Trackers;

/// <summary>A value read from a TensorBoard event file.</summary>
/// <param name="WallTime">Seconds since 1970.</param>
/// <param name="Step">Step.</param>
/// <param name="Tag">Name.</param>
/// <param name="Scalar">The scalar, or null.</param>
/// <param name="Text">The text, or null.</param>
/// <param name="Image">The bytes of the picture, or null.</param>
public sealed record TensorBoardValue(double WallTime, long Step, string Tag, float? Scalar, string? Text, byte[]? Image);

/// <summary>
/// Reads TensorBoard event files, with scalars in the old form (<c>simple_value</c>) and the new one (tensors).
/// </summary>
public static class TensorBoardFile
{
    internal const int HeaderSize = 12;
    internal const int FooterSize = 4;
    const long LargestFile = 1L << 31;

    /// <summary>The values of a file in order. A record cut off at the end is ignored.</summary>
    /// <exception cref="DataException">A record is damaged: its offset and what was expected are named.</exception>
    public static IReadOnlyList<TensorBoardValue> Read(string path)
    {
        var values = new List<TensorBoardValue>();
        var bytes = Load(path);
        var offset = 0;
        while (Next(path, bytes, offset) is { } data)
        {
            try
            {
                Event(bytes.AsSpan(data), values);
            }
            catch (FormatException e)
            {
                throw new DataException(path, $"the record at byte {offset} is no event: {e.Message}", e);
            }
            offset += HeaderSize + (data.End.Value - data.Start.Value) + FooterSize;
        }
        return values;
    }

    /// <summary>Cuts a record that was not written to its end. Returns the number of bytes cut.</summary>
    /// <exception cref="DataException">A record before the end is damaged; nothing is cut.</exception>
    public static long Mend(string path)
    {
        var bytes = Load(path);
        var offset = 0;
        while (Next(path, bytes, offset) is { } data) offset += HeaderSize + (data.End.Value - data.Start.Value) + FooterSize;
        if (offset < bytes.Length)
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Write);
            stream.SetLength(offset);
            stream.Flush(flushToDisk: true);
        }
        return bytes.Length - offset;
    }

    static byte[] Load(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new DataException(path, "no such file");
        if (file.Length > LargestFile) throw new DataException(path, $"{file.Length} bytes: at most {LargestFile} are read");
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Where the data of the record at an offset lie; null at the end and where the last record is cut off.</summary>
    static Range? Next(string path, byte[] bytes, int offset)
    {
        var rest = bytes.AsSpan(offset);
        if (rest.Length < HeaderSize) return null;
        var length = BinaryPrimitives.ReadUInt64LittleEndian(rest);
        if (BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]) != Checksums.MaskedCrc32C(rest[..8]))
            throw new DataException(path, $"the record at byte {offset} is damaged: the checksum of its length does not fit");
        if (length > (ulong)rest.Length || (int)length > rest.Length - HeaderSize - FooterSize) return null;
        var data = rest.Slice(HeaderSize, (int)length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(rest[(HeaderSize + (int)length)..]) != Checksums.MaskedCrc32C(data))
            throw new DataException(path, $"the record at byte {offset} is damaged: the checksum of its data does not fit");
        return (offset + HeaderSize)..(offset + HeaderSize + (int)length);
    }

    static void Event(ReadOnlySpan<byte> data, List<TensorBoardValue> values)
    {
        double wallTime = 0;
        long step = 0;
        var reader = new ProtoReader(data);
        ReadOnlySpan<byte> summary = default;
        while (reader.Next())
        {
            if (reader.Field == 1) wallTime = reader.Double;
            else if (reader.Field == 2) step = reader.Integer;
            else if (reader.Field == 5) summary = reader.Bytes;
        }
        var items = new ProtoReader(summary);
        while (items.Next())
            if (items.Field == 1) values.Add(Value(items.Bytes, wallTime, step));
    }

    static TensorBoardValue Value(ReadOnlySpan<byte> bytes, double wallTime, long step)
    {
        var value = new TensorBoardValue(wallTime, step, "", null, null, null);
        var reader = new ProtoReader(bytes);
        while (reader.Next())
            value = reader.Field switch
            {
                1 => value with { Tag = reader.Text },
                2 => value with { Scalar = reader.Float },
                4 => value with { Image = Image(reader.Bytes) },
                8 => Tensor(value, reader.Bytes),
                _ => value,
            };
        return value;
    }

    static byte[]? Image(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtoReader(bytes);
        byte[]? picture = null;
        while (reader.Next())
            if (reader.Field == 4) picture = reader.Bytes.ToArray();
        return picture;
    }

    /// <summary>A tensor of one float or one text; others leave the value empty.</summary>
    static TensorBoardValue Tensor(TensorBoardValue value, ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtoReader(bytes);
        long type = 0;
        float? number = null;
        string? text = null;
        while (reader.Next())
            switch (reader.Field)
            {
                case 1: type = reader.Integer; break;
                case 4 or 5 when reader.Bytes.Length == 4: number = BinaryPrimitives.ReadSingleLittleEndian(reader.Bytes); break;
                case 5 when reader.Bytes.IsEmpty: number = reader.Float; break;
                case 8: text = reader.Text; break;
            }
        return type switch
        {
            1 => value with { Scalar = number },
            7 => value with { Text = text },
            _ => value,
        };
    }
}

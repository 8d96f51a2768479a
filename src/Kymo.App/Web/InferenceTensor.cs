using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kymo.Onnx;

namespace Kymo.App.Web;

/// <summary>A request that breaks the Open Inference Protocol; answered 400 with its words.</summary>
sealed class InferenceFault(string problem) : Exception(problem);

/// <summary>Tensors as the Open Inference Protocol writes them: JSON lists, nested or flat, or raw little-endian bytes.</summary>
static class InferenceTensor
{
    const long MostElements = 1 << 28;

    /// <summary>A type in the protocol's word; null where it has none.</summary>
    public static string? NameOf(OnnxType type) => type switch
    {
        OnnxType.Float32 => "FP32",
        OnnxType.Float64 => "FP64",
        OnnxType.Float16 => "FP16",
        OnnxType.BFloat16 => "BF16",
        OnnxType.Int8 => "INT8",
        OnnxType.Int16 => "INT16",
        OnnxType.Int32 => "INT32",
        OnnxType.Int64 => "INT64",
        OnnxType.UInt8 => "UINT8",
        OnnxType.UInt16 => "UINT16",
        OnnxType.UInt32 => "UINT32",
        OnnxType.UInt64 => "UINT64",
        OnnxType.Bool => "BOOL",
        OnnxType.Text => "BYTES",
        _ => null,
    };

    /// <summary>Reads one input.</summary>
    /// <param name="input">The input's JSON.</param>
    /// <param name="expected">What the model says of it.</param>
    /// <param name="binary">The bytes after the JSON; what is read is taken off.</param>
    /// <exception cref="InferenceFault">It is not what the model takes.</exception>
    public static OnnxTensor Read(JsonElement input, OnnxValueInfo expected, ref ReadOnlyMemory<byte> binary)
    {
        var name = expected.Name;
        var type = NameOf(expected.Type) is { } word && word != "BYTES" ? word : throw new InferenceFault($"input '{name}' holds {expected.Type}, which is not served");
        if (!input.TryGetProperty("datatype", out var given) || given.ValueKind != JsonValueKind.String) throw new InferenceFault($"input '{name}' has no datatype");
        if (given.GetString() != type) throw new InferenceFault($"input '{name}' has the datatype {Short(given.GetString()!)}; the model takes {type}");
        var shape = Shape(input, name);
        var described = expected.Shape ?? [];
        if (expected.Shape is not null && (shape.Length != described.Count || shape.Where((size, i) => described[i].Size is { } wanted && wanted != size).Any()))
            throw new InferenceFault($"input '{name}' has the shape [{string.Join(",", shape)}]; the model takes [{string.Join(",", described.Select(one => one.Size ?? -1))}]");
        var count = shape.Aggregate(1L, (a, b) => a * b);
        if (input.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty("binary_data_size", out var size))
        {
            var bytes = count * SizeOf(expected.Type);
            if (size.ValueKind != JsonValueKind.Number || !size.TryGetInt64(out var said) || said != bytes) throw new InferenceFault($"input '{name}': binary_data_size is {Short(size.GetRawText())}; {count} elements of {type} take {bytes}");
            if (binary.Length < bytes) throw new InferenceFault($"input '{name}': {binary.Length} bytes follow the JSON, {bytes} are needed");
            var raw = binary[..(int)bytes];
            binary = binary[(int)bytes..];
            return new OnnxTensor(name, expected.Type, shape, raw.ToArray());
        }
        if (!input.TryGetProperty("data", out var data)) throw new InferenceFault($"input '{name}' has neither data nor binary_data_size");
        if (expected.Type == OnnxType.BFloat16) throw new InferenceFault($"input '{name}': BF16 comes as binary data only");
        var values = new byte[count * SizeOf(expected.Type)];
        var at = 0L;
        Fill(data, name, expected.Type, values, count, ref at);
        return at == count ? new OnnxTensor(name, expected.Type, shape, values) : throw new InferenceFault($"input '{name}' has {at} elements; its shape says {count}");
    }

    /// <summary>A tensor's elements as a flat JSON list.</summary>
    public static JsonArray ToJson(OnnxTensor tensor)
    {
        var list = new JsonArray();
        var size = SizeOf(tensor.Type);
        var bytes = tensor.Data.Span;
        for (var i = 0; i < tensor.Count; i++)
        {
            var one = bytes.Slice(i * size, size);
            list.Add(tensor.Type switch
            {
                OnnxType.Float32 => Finite(BinaryPrimitives.ReadSingleLittleEndian(one)),
                OnnxType.Float64 => Finite(BinaryPrimitives.ReadDoubleLittleEndian(one)),
                OnnxType.Float16 => Finite((float)BinaryPrimitives.ReadHalfLittleEndian(one)),
                OnnxType.Int8 => (sbyte)one[0],
                OnnxType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(one),
                OnnxType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(one),
                OnnxType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(one),
                OnnxType.UInt8 => one[0],
                OnnxType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(one),
                OnnxType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(one),
                OnnxType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(one),
                OnnxType.Bool => one[0] != 0,
                _ => throw new InferenceFault($"output '{tensor.Name}' holds {tensor.Type}; ask for binary data"),
            });
        }
        return list;
    }

    static JsonNode? Finite(float value) => float.IsFinite(value) ? JsonValue.Create(value) : null;

    static JsonNode? Finite(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    static long[] Shape(JsonElement input, string name)
    {
        if (!input.TryGetProperty("shape", out var given) || given.ValueKind != JsonValueKind.Array || given.GetArrayLength() > 16) throw new InferenceFault($"input '{name}' has no shape");
        var shape = new List<long>();
        var count = 1L;
        foreach (var item in given.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var size) || size < 1 || size > MostElements) throw new InferenceFault($"input '{name}': a size is {Short(item.GetRawText())}; expected whole numbers from 1");
            if ((count *= size) > MostElements) throw new InferenceFault($"input '{name}' has more than {MostElements} elements");
            shape.Add(size);
        }
        return [.. shape];
    }

    static void Fill(JsonElement data, string name, OnnxType type, byte[] values, long count, ref long at)
    {
        if (data.ValueKind != JsonValueKind.Array) throw new InferenceFault($"input '{name}': data are no list");
        foreach (var item in data.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Array) Fill(item, name, type, values, count, ref at);
            else if (at >= count) throw new InferenceFault($"input '{name}' has more elements than its shape says ({count})");
            else Put(item, name, type, values, at++);
        }
    }

    static void Put(JsonElement item, string name, OnnxType type, byte[] values, long at)
    {
        var one = values.AsSpan((int)(at * SizeOf(type)), SizeOf(type));
        var isNumber = item.ValueKind == JsonValueKind.Number;
        long whole = 0;
        ulong large = 0;
        double number = 0;
        var fits = type switch
        {
            OnnxType.Float32 or OnnxType.Float64 or OnnxType.Float16 => isNumber && item.TryGetDouble(out number) && double.IsFinite(number),
            OnnxType.UInt64 => isNumber && item.TryGetUInt64(out large),
            OnnxType.Bool => item.ValueKind is JsonValueKind.True or JsonValueKind.False,
            _ => isNumber && item.TryGetInt64(out whole) && Holds(type, whole),
        };
        if (!fits) throw new InferenceFault($"input '{name}': element {at.ToString(CultureInfo.InvariantCulture)} is {Short(item.GetRawText())}; expected {NameOf(type)}");
        switch (type)
        {
            case OnnxType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(one, (float)number);
                break;
            case OnnxType.Float64:
                BinaryPrimitives.WriteDoubleLittleEndian(one, number);
                break;
            case OnnxType.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(one, (Half)number);
                break;
            case OnnxType.UInt64:
                BinaryPrimitives.WriteUInt64LittleEndian(one, large);
                break;
            case OnnxType.Bool:
                one[0] = item.GetBoolean() ? (byte)1 : (byte)0;
                break;
            default:
                for (var i = 0; i < one.Length; i++) one[i] = (byte)(whole >> (8 * i));
                break;
        }
    }

    static bool Holds(OnnxType type, long value) => type switch
    {
        OnnxType.Int8 => value is >= sbyte.MinValue and <= sbyte.MaxValue,
        OnnxType.Int16 => value is >= short.MinValue and <= short.MaxValue,
        OnnxType.Int32 => value is >= int.MinValue and <= int.MaxValue,
        OnnxType.UInt8 => value is >= 0 and <= byte.MaxValue,
        OnnxType.UInt16 => value is >= 0 and <= ushort.MaxValue,
        OnnxType.UInt32 => value is >= 0 and <= uint.MaxValue,
        _ => true,
    };

    static int SizeOf(OnnxType type) => type switch
    {
        OnnxType.Float32 or OnnxType.Int32 or OnnxType.UInt32 => 4,
        OnnxType.Float64 or OnnxType.Int64 or OnnxType.UInt64 => 8,
        OnnxType.Float16 or OnnxType.BFloat16 or OnnxType.Int16 or OnnxType.UInt16 => 2,
        _ => 1,
    };

    static string Short(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "...");
}

using System.Buffers.Binary;

namespace Kymo.Onnx.Files;

/// <summary>Makes tensors and tensor types of protobuf bytes; what a tensor claims to hold is checked against what it holds.</summary>
static class TensorDecoder
{
    const int MostDimensions = 64;

    public static OnnxTensor Tensor(ProtoReader reader)
    {
        List<long> shape = [], integers = [];
        List<byte> numbers = [];
        ReadOnlyMemory<byte>? raw = null;
        var type = OnnxType.Undefined;
        var name = "";
        for (int field; (field = reader.NextField()) != 0;)
        {
            switch (field)
            {
                case 1: reader.Varints(shape); break;
                case 2: type = (OnnxType)reader.Varint(); break;
                case 4: reader.Fixed(4, numbers); break;
                case 5 or 7 or 11: reader.Varints(integers); break;
                case 8: name = reader.Text(); break;
                case 9: raw = reader.Bytes(); break;
                case 10: reader.Fixed(8, numbers); break;
                case 14 when reader.Varint() == 1:
                    throw reader.Problem($"tensor '{name}' lies in another file; only models in one file are read");
                case 14: break;
                default: reader.Skip(); break;
            }
        }
        var count = Count(reader, name, shape);
        if (type == OnnxType.Text) return new(name, type, [.. shape], default);
        var data = raw ?? (numbers.Count > 0 ? numbers.ToArray() : Narrow(integers, type));
        if (type.Size() == 0) throw reader.Problem($"tensor '{name}' of element type {(int)type}");
        return data.Length == count * type.Size()
            ? new(name, type, [.. shape], data)
            : throw reader.Problem($"tensor '{name}' of {type} ({string.Join(", ", shape)}) with {data.Length} bytes");
    }

    public static (OnnxType, IReadOnlyList<OnnxDimension>?) Type(ProtoReader reader)
    {
        (OnnxType, IReadOnlyList<OnnxDimension>?) type = (OnnxType.Undefined, null);
        for (int field; (field = reader.NextField()) != 0;)
        {
            if (field == 1) type = TensorType(reader.Message());
            else reader.Skip();
        }
        return type;
    }

    static (OnnxType, IReadOnlyList<OnnxDimension>?) TensorType(ProtoReader reader)
    {
        var type = OnnxType.Undefined;
        List<OnnxDimension>? shape = null;
        for (int field; (field = reader.NextField()) != 0;)
        {
            if (field == 1) type = (OnnxType)reader.Varint();
            else if (field == 2) shape = Shape(reader.Message());
            else reader.Skip();
        }
        return (type, shape);
    }

    static List<OnnxDimension> Shape(ProtoReader reader)
    {
        List<OnnxDimension> shape = [];
        for (int field; (field = reader.NextField()) != 0;)
        {
            if (field == 1) shape.Add(Dimension(reader.Message()));
            else reader.Skip();
        }
        return shape.Count <= MostDimensions ? shape : throw reader.Problem($"a shape of {shape.Count} dimensions");
    }

    static OnnxDimension Dimension(ProtoReader reader)
    {
        var dimension = OnnxDimension.Unknown;
        for (int field; (field = reader.NextField()) != 0;)
        {
            // Negative sizes are an old way of saying "not known".
            if (field == 1) dimension = reader.Varint() is >= 0 and var size ? size : OnnxDimension.Unknown;
            else if (field == 2) dimension = reader.Text() is { Length: > 0 } name ? name : OnnxDimension.Unknown;
            else reader.Skip();
        }
        return dimension;
    }

    static long Count(in ProtoReader reader, string name, List<long> shape)
    {
        if (shape.Count > MostDimensions) throw reader.Problem($"tensor '{name}' has {shape.Count} dimensions");
        long count = 1;
        foreach (var size in shape)
        {
            if (size < 0) throw reader.Problem($"tensor '{name}' has a size of {size}");
            if (size > 0 && count > int.MaxValue / size) throw reader.Problem($"tensor '{name}' has more than {int.MaxValue} elements");
            count *= size;
        }
        return count;
    }

    static byte[] Narrow(List<long> integers, OnnxType type)
    {
        var size = type.Size() is var bytes and <= 8 ? bytes : 0;
        var data = new byte[(long)integers.Count * size];
        Span<byte> whole = stackalloc byte[8];
        for (var i = 0; i < integers.Count && size > 0; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(whole, integers[i]);
            whole[..size].CopyTo(data.AsSpan(i * size));
        }
        return data;
    }
}

using System.Buffers.Binary;
using System.Numerics;

namespace Kymo.Torch.Checkpoints;

/// <summary>NumPy scalars and arrays inside a pickle, read as plain values.</summary>
static class NumPyValues
{
    /// <summary>The element type of a code such as <c>f4</c>; only truth values and whole and floating-point numbers.</summary>
    public static PickleDType DType(string code) =>
        code is "b1" or "i1" or "i2" or "i4" or "i8" or "u1" or "u2" or "u4" or "u8" or "f2" or "f4" or "f8"
            ? new PickleDType(code)
            : throw new PickleFault($"NumPy element type '{code}' is not read, expected b1, i1 to i8, u1 to u8 or f2 to f8");

    /// <summary>A scalar as a truth value, a whole number or a number.</summary>
    public static PickleValue Scalar(PickleDType type, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length != ItemSize(type)) throw new PickleFault($"a NumPy scalar of type {type.Code} has {bytes.Length} bytes");
        var data = bytes.ToArray();
        if (type.IsBigEndian) Array.Reverse(data);
        return type.Code[0] switch
        {
            'b' => data[0] != 0,
            'i' => new PickleInteger(new BigInteger(data)),
            'u' => new PickleInteger(new BigInteger(data, isUnsigned: true)),
            _ => data.Length switch
            {
                2 => (double)BinaryPrimitives.ReadHalfLittleEndian(data),
                4 => (double)BinaryPrimitives.ReadSingleLittleEndian(data),
                _ => BinaryPrimitives.ReadDoubleLittleEndian(data),
            },
        };
    }

    /// <summary>Fills an array from its state (version, shape, type, column-major, bytes).</summary>
    public static void Fill(PickleArray array, PickleTuple state)
    {
        if (state is not [_, PickleTuple, PickleDType type, PickleBoolean columnMajor, PickleBytes bytes])
            throw new PickleFault("a NumPy array's state is not (version, shape, element type, order, bytes)");
        var shape = PickleGlobals.WholeList(state[1], "sizes");
        var count = Shapes.ElementCount(shape);
        var size = ItemSize(type);
        if (count < 0 || (Int128)count * size != bytes.Value.Length)
            throw new PickleFault($"a NumPy array of type {type.Code} and shape {Shapes.Text(shape)} has {bytes.Value.Length} "
                + "bytes");
        var data = bytes.Value.ToArray();
        if (type.IsBigEndian)
            for (var i = 0; i < data.Length; i += size) Array.Reverse(data, i, size);
        array.DType = (size == 1 ? "|" : "<") + type.Code;
        array.Shape = shape;
        array.Data = columnMajor.Value ? ToRowMajor(data, shape, size) : data;
    }

    static byte[] ToRowMajor(byte[] data, long[] shape, int size)
    {
        var result = new byte[data.Length];
        var index = new long[shape.Length];
        for (var to = 0; to < data.Length; to += size)
        {
            long from = 0;
            for (var i = shape.Length - 1; i >= 0; i--) from = from * shape[i] + index[i];
            data.AsSpan((int)from * size, size).CopyTo(result.AsSpan(to));
            for (var i = shape.Length - 1; i >= 0 && ++index[i] == shape[i]; i--) index[i] = 0;
        }
        return result;
    }

    static int ItemSize(PickleDType type) => type.Code[1] - '0';
}

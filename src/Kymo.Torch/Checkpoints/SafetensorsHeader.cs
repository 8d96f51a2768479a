namespace Kymo.Torch.Checkpoints;

/// <summary>What a safetensors file says about one tensor.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="DType">Its element type in the format's spelling, e.g. <c>F32</c>; one of the format's 22.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">The byte after the last, counted the same way.</param>
public sealed record SafetensorsEntry(string Name, string DType, long[] Shape, long Begin, long End);

/// <summary>The checked header of a safetensors file.</summary>
/// <param name="Tensors">Every tensor, in the order of the data.</param>
/// <param name="Metadata">The file's own text pairs (<c>__metadata__</c>); empty where it has none.</param>
/// <param name="DataStart">File offset of the first data byte.</param>
public sealed record SafetensorsHeader(
    IReadOnlyList<SafetensorsEntry> Tensors, IReadOnlyDictionary<string, string> Metadata, long DataStart)
{
    /// <summary>The longest header the format allows, in bytes.</summary>
    public const long MaxLength = 100_000_000;

    internal static SafetensorsHeader Read(CheckpointSource file)
    {
        if (file.Length < 8) throw file.Fault($"header too small: the file has {file.Length} bytes, expected at least 8");
        var length = BitConverter.ToUInt64(file.Read(0, 8));
        if (length > MaxLength)
            throw file.Fault($"header too large: offset 0 says {length} bytes, the format allows {MaxLength}");
        if (length > (ulong)(file.Length - 8))
            throw file.Fault($"bad header length: offset 0 says {length} bytes, only {file.Length - 8} follow");
        var start = 8 + (long)length;
        var json = new SafetensorsJson(file, file.Read(8, (long)length));
        json.Parse();
        return new SafetensorsHeader(Tile(file, json.Tensors, start), json.Metadata, start);
    }

    /// <summary>
    /// Checks that the tensors, sorted by offset, cover the data without hole or overlap, and that each fits its type.
    /// </summary>
    static List<SafetensorsEntry> Tile(CheckpointSource file, List<SafetensorsDeclaration> declared, long dataStart)
    {
        var entries = new List<SafetensorsEntry>(declared.Count);
        ulong place = 0;
        foreach (var tensor in declared.OrderBy(t => t.Begin).ThenBy(t => t.End))
        {
            if (tensor.Begin != place || tensor.End < tensor.Begin)
                throw file.Fault($"invalid offset of tensor '{tensor.Name}': it spans data bytes {tensor.Begin} to {tensor.End}, "
                    + $"expected to begin at {place}");
            CheckSize(file, tensor);
            place = tensor.End;
            if (place > (ulong)(file.Length - dataStart)) throw Incomplete(file, place, dataStart);
            var shape = Array.ConvertAll(tensor.Shape, size => checked((long)size));
            entries.Add(new SafetensorsEntry(tensor.Name, tensor.DType, shape, (long)tensor.Begin, (long)tensor.End));
        }
        return place == (ulong)(file.Length - dataStart) ? entries : throw Incomplete(file, place, dataStart);
    }

    static void CheckSize(CheckpointSource file, SafetensorsDeclaration tensor)
    {
        UInt128 count = 1;
        foreach (var size in tensor.Shape)
        {
            count *= size;
            if (count > ulong.MaxValue || size > long.MaxValue) throw Overflow(file, tensor);
        }
        var bits = count * (UInt128)SafetensorsType.Bits(tensor.DType)!.Value;
        if (bits > ulong.MaxValue) throw Overflow(file, tensor);
        if (bits % 8 != 0)
            throw file.Fault($"misaligned slice: tensor '{tensor.Name}' of {tensor.DType} takes {bits} bits, no whole number of "
                + "bytes");
        if (bits / 8 != tensor.End - tensor.Begin)
            throw file.Fault($"invalid info of tensor '{tensor.Name}': {tensor.DType} of shape "
                + $"[{string.Join(", ", tensor.Shape)}] "
                + $"takes {bits / 8} bytes, its offsets {tensor.Begin} to {tensor.End} hold {tensor.End - tensor.Begin}");
    }

    static CheckpointException Overflow(CheckpointSource file, SafetensorsDeclaration tensor) => file.Fault(
        $"overflow: the size of tensor '{tensor.Name}' of shape [{string.Join(", ", tensor.Shape)}] leaves 64 bits");

    static CheckpointException Incomplete(CheckpointSource file, ulong place, long dataStart) => file.Fault(
        $"incomplete buffer: the tensors end at data byte {place}, the data from offset {dataStart} on have "
            + $"{file.Length - dataStart}");
}

/// <summary>A tensor as the header's text declares it, before its numbers are checked against each other.</summary>
readonly record struct SafetensorsDeclaration(string Name, string DType, ulong[] Shape, ulong Begin, ulong End);

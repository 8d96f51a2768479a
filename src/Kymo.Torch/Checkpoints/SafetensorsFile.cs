using System.Text;

namespace Kymo.Torch.Checkpoints;

/// <summary>
/// Files of the safetensors format: a JSON header with names, types, shapes and offsets, then the bytes of the tensors.
/// Little-endian and row-major; nothing in it can be executed. Definition: the format description and writer of Hugging Face's
/// safetensors.
/// </summary>
public sealed class SafetensorsFile
{
    readonly string _path;
    readonly Dictionary<string, StoredTensor> _byName;

    SafetensorsFile(string path, List<(string Name, StoredTensor Tensor)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        _path = path;
        _byName = tensors.ToDictionary(t => t.Name, t => t.Tensor);
        Tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>Every tensor with its name, in the order of the data.</summary>
    public IReadOnlyList<(string Name, StoredTensor Tensor)> Tensors { get; }

    /// <summary>The file's own text pairs (<c>__metadata__</c>); empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="CheckpointException">The file has no such tensor.</exception>
    public StoredTensor this[string name] => _byName.TryGetValue(name, out var tensor) ? tensor : throw NotFound(_path, name);

    /// <summary>Reads every tensor of the file.</summary>
    /// <exception cref="CheckpointException">
    /// The file is missing or breaks the format, or a tensor has a type Kymo does not decode or more than 2 GiB.
    /// </exception>
    public static SafetensorsFile Read(string path)
    {
        using var file = new CheckpointSource(path);
        var header = SafetensorsHeader.Read(file);
        var tensors = new List<(string, StoredTensor)>(header.Tensors.Count);
        foreach (var entry in header.Tensors) tensors.Add((entry.Name, ReadData(file, header, entry)));
        return new SafetensorsFile(path, tensors, header.Metadata);
    }

    /// <summary>
    /// Reads the header alone: names, types, shapes, offsets and text pairs. Every one of the format's 22 types is accepted.
    /// </summary>
    /// <exception cref="CheckpointException">The file is missing or breaks the format.</exception>
    public static SafetensorsHeader ReadHeader(string path)
    {
        using var file = new CheckpointSource(path);
        return SafetensorsHeader.Read(file);
    }

    /// <summary>Reads one tensor and leaves the others on the disk.</summary>
    /// <exception cref="CheckpointException">As for <see cref="Read"/>, or the file has no such tensor.</exception>
    public static StoredTensor ReadTensor(string path, string name)
    {
        using var file = new CheckpointSource(path);
        var header = SafetensorsHeader.Read(file);
        var entry = header.Tensors.FirstOrDefault(t => t.Name == name) ?? throw NotFound(path, name);
        return ReadData(file, header, entry);
    }

    /// <summary>
    /// Writes the tensors as the format's own writer lays them out: largest element type first, then by name; header padded
    /// with blanks to a multiple of 8. The file is written under a temporary name, flushed and renamed.
    /// </summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="tensors">Names and tensors in any order.</param>
    /// <param name="metadata">Text pairs to keep with them; written in ordinal order of the keys.</param>
    /// <exception cref="CheckpointException">
    /// A name comes twice or is reserved, or a tensor's bytes do not fit its shape and type.
    /// </exception>
    public static void Write(
        string path,
        IReadOnlyList<(string Name, StoredTensor Tensor)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sorted = Sort(path, tensors);
        var header = HeaderBytes(path, sorted, metadata);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(BitConverter.GetBytes((ulong)header.Length));
            stream.Write(header);
            foreach (var (_, tensor) in sorted) stream.Write(tensor.Data.Span);
        });
    }

    static StoredTensor ReadData(CheckpointSource file, SafetensorsHeader header, SafetensorsEntry entry)
    {
        var type = SafetensorsType.Decode(entry.DType) ?? throw file.Fault(
            $"tensor '{entry.Name}' has dtype {entry.DType}, which is not decoded; convert it to F32, F16, BF16, F64, U8, BOOL "
                + "or I8 to I64");
        if (entry.End - entry.Begin > Array.MaxLength)
            throw file.Fault($"tensor '{entry.Name}' has {entry.End - entry.Begin} bytes, more than the {Array.MaxLength} read "
                + "at once");
        return new StoredTensor(type, entry.Shape, file.Read(header.DataStart + entry.Begin, entry.End - entry.Begin));
    }

    static CheckpointException NotFound(string path, string name) => new(path, $"tensor not found: the file has no '{name}'");

    static List<(string Name, StoredTensor Tensor)> Sort(string path, IReadOnlyList<(string Name, StoredTensor Tensor)> tensors)
    {
        var names = new HashSet<string>();
        foreach (var (name, tensor) in tensors)
        {
            if (name == "__metadata__")
                throw new CheckpointException(path, "no tensor may have the reserved name '__metadata__'");
            if (!names.Add(name)) throw new CheckpointException(path, $"two tensors have the name '{name}'");
            var count = Shapes.ElementCount(tensor.Shape);
            if (count < 0 || (Int128)count * tensor.Type.Size() != tensor.Data.Length)
                throw new CheckpointException(path,
                    $"bad view: tensor '{name}' of {tensor.Type} and shape {Shapes.Text(tensor.Shape)} "
                    + $"holds {tensor.Data.Length} bytes");
        }
        return [.. tensors.OrderByDescending(t => SafetensorsType.Rank(t.Tensor.Type)).ThenBy(t => t.Name, ByCodePoint)];
    }

    /// <summary>
    /// The order of the UTF-8 bytes, which the format's writer sorts names by (UTF-16 order differs beyond U+FFFF).
    /// </summary>
    static Comparer<string> ByCodePoint { get; } =
        Comparer<string>.Create((a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)));

    static byte[] HeaderBytes(
        string path, List<(string Name, StoredTensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var text = new StringBuilder("{");
        if (metadata is { Count: > 0 })
        {
            text.Append("\"__metadata__\":{");
            text.AppendJoin(',', metadata.OrderBy(p => p.Key, ByCodePoint).Select(p => $"{Quote(p.Key)}:{Quote(p.Value)}"));
            text.Append("},");
        }
        long place = 0;
        foreach (var (name, tensor) in tensors)
        {
            text.Append(Quote(name)).Append(":{\"dtype\":\"").Append(SafetensorsType.Name(tensor.Type)).Append("\",\"shape\":[");
            text.AppendJoin(',', tensor.Shape).Append("],\"data_offsets\":[").Append(place).Append(',');
            place += tensor.Data.Length;
            text.Append(place).Append("]},");
        }
        if (text[^1] == ',') text.Length--;
        text.Append('}');
        return Encode(path, text);
    }

    static byte[] Encode(string path, StringBuilder text)
    {
        try
        {
            var bytes = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(text.ToString());
            var padded = new byte[(bytes.Length + 7) / 8 * 8];
            padded.AsSpan(bytes.Length).Fill((byte)' ');
            bytes.CopyTo(padded, 0);
            if (padded.Length > SafetensorsHeader.MaxLength)
                throw new CheckpointException(path,
                    $"header too large: {padded.Length} bytes, the format allows {SafetensorsHeader.MaxLength}");
            return padded;
        }
        catch (EncoderFallbackException e)
        {
            throw new CheckpointException(path, "a name or text pair holds half a surrogate pair, which UTF-8 cannot carry", e);
        }
    }

    static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        return quoted.Append('"').ToString();
    }
}

using System.Text.Json;
using System.Text.Unicode;

namespace Kymo.Torch.Checkpoints;

/// <summary>
/// Reads the JSON text of a safetensors header: strict UTF-8, no key twice, only whole numbers that are not negative.
/// </summary>
sealed class SafetensorsJson(CheckpointSource file, byte[] json)
{
    const string MetadataKey = "__metadata__";
    readonly Dictionary<string, string> _metadata = [];

    /// <summary>Tensors in the order of the text.</summary>
    public List<SafetensorsDeclaration> Tensors { get; } = [];

    /// <summary>The text pairs.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Reads all of it.</summary>
    public void Parse()
    {
        if (!Utf8.IsValid(json)) throw file.Fault("header not UTF-8: the bytes after offset 8 are no valid text");
        if (json.Length == 0 || json[0] != '{') throw file.Fault("header not JSON: expected '{' at offset 8");
        var reader = new Utf8JsonReader(json);
        try
        {
            ParseRoot(ref reader);
            if (reader.Read()) throw Invalid(reader, "more text after the object");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape such as \ud800 that stands for no character.
            throw file.Fault($"header not JSON, near offset {8 + reader.BytesConsumed}: {e.Message}", e);
        }
    }

    void ParseRoot(ref Utf8JsonReader reader)
    {
        var names = new HashSet<string>();
        reader.Read();
        while (NextKey(ref reader) is { } name)
        {
            if (!names.Add(name)) throw Invalid(reader, $"duplicate key '{name}'");
            if (name == MetadataKey) ParseMetadata(ref reader);
            else Tensors.Add(ParseTensor(ref reader, name));
        }
    }

    void ParseMetadata(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return;
        Expect(reader, JsonTokenType.StartObject, $"'{MetadataKey}' to be an object of texts");
        while (NextKey(ref reader) is { } key)
        {
            reader.Read();
            Expect(reader, JsonTokenType.String, $"'{MetadataKey}' entry '{key}' to be a text");
            if (!_metadata.TryAdd(key, reader.GetString()!)) throw Invalid(reader, $"duplicate key '{key}' in '{MetadataKey}'");
        }
    }

    SafetensorsDeclaration ParseTensor(ref Utf8JsonReader reader, string name)
    {
        string? dtype = null;
        ulong[]? shape = null, offsets = null;
        reader.Read();
        Expect(reader, JsonTokenType.StartObject, $"tensor '{name}' to be an object");
        while (NextKey(ref reader) is { } key)
        {
            if (key == "dtype" && dtype is not null || key == "shape" && shape is not null
                || key == "data_offsets" && offsets is not null)
                throw Invalid(reader, $"duplicate key '{key}' of tensor '{name}'");
            if (key == "dtype") dtype = ParseType(ref reader, name);
            else if (key == "shape") shape = ParseNumbers(ref reader, name, $"invalid info: 'shape' of tensor '{name}'");
            else if (key == "data_offsets")
                offsets = ParseNumbers(ref reader, name, $"invalid offset: 'data_offsets' of tensor '{name}'");
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        if (dtype is null || shape is null || offsets is null)
            throw Invalid(reader, $"invalid info of tensor '{name}': expected dtype, shape and data_offsets");
        if (offsets.Length != 2)
            throw Invalid(reader, $"invalid offset of tensor '{name}': 'data_offsets' has {offsets.Length} numbers, expected 2");
        return new SafetensorsDeclaration(name, dtype, shape, offsets[0], offsets[1]);
    }

    string ParseType(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        Expect(reader, JsonTokenType.String, $"'dtype' of tensor '{name}' to be a text");
        var dtype = reader.GetString()!;
        if (SafetensorsType.Bits(dtype) is null)
            throw Invalid(reader, $"invalid info of tensor '{name}': dtype '{dtype}' is none of {SafetensorsType.Names}");
        return dtype;
    }

    ulong[] ParseNumbers(ref Utf8JsonReader reader, string name, string what)
    {
        reader.Read();
        Expect(reader, JsonTokenType.StartArray, $"{what} to be an array");
        var numbers = new List<ulong>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || reader.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9')
                || !reader.TryGetUInt64(out var number))
                throw Invalid(reader, $"{what} holds something else than whole numbers from 0 to 2^64 - 1");
            if (numbers.Count == Shapes.MaxDimensions)
                throw Invalid(reader, $"invalid info of tensor '{name}': more than {Shapes.MaxDimensions} dimensions");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    static string? NextKey(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;
    }

    void Expect(in Utf8JsonReader reader, JsonTokenType type, string expectation)
    {
        if (reader.TokenType != type) throw Invalid(reader, $"found {reader.TokenType}, expected {expectation}");
    }

    CheckpointException Invalid(in Utf8JsonReader reader, string problem) =>
        file.Fault($"bad header at offset {8 + reader.TokenStartIndex}: {problem}");
}

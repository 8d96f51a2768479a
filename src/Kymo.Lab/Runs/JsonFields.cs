using System.Text.Json.Nodes;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>Reads the fields of an object from a file, with an error that names file, field and expectation.</summary>
/// <param name="path">The file, for errors.</param>
/// <param name="fields">The object.</param>
readonly struct JsonFields(string path, JsonObject fields)
{
    public bool Has(string key) => fields.ContainsKey(key);

    public string Text(string key) =>
        Value(key)?.TryGetValue(out string? text) == true ? text : throw Wrong(key, "a text");

    public long Integer(string key) =>
        Value(key)?.TryGetValue(out long number) == true ? number : throw Wrong(key, "a whole number");

    /// <summary>A number; not a number for <c>null</c>.</summary>
    public double Number(string key)
    {
        if (!Has(key)) throw Wrong(key, "a number or null");
        if (fields[key] is null) return double.NaN;
        return Value(key)?.TryGetValue(out double number) == true ? number : throw Wrong(key, "a number or null");
    }

    public JsonObject Object(string key) => Node(key) as JsonObject ?? throw Wrong(key, "an object");

    public JsonFields Fields(string key) => new(path, Object(key));

    public IReadOnlyList<string> Texts(string key)
    {
        var (file, list) = (path, new List<string>());
        foreach (var item in Node(key) as JsonArray ?? throw Wrong(key, "a list of texts"))
            list.Add((item as JsonValue)?.TryGetValue(out string? text) == true
                ? text
                : throw new DataException(file, $"'{key}' should be a list of texts"));
        return list;
    }

    public IReadOnlyList<long> Integers(string key)
    {
        var (file, list) = (path, new List<long>());
        foreach (var item in Node(key) as JsonArray ?? throw Wrong(key, "a list of whole numbers"))
            list.Add((item as JsonValue)?.TryGetValue(out long number) == true
                ? number
                : throw new DataException(file, $"'{key}' should be a list of whole numbers"));
        return list;
    }

    JsonNode? Node(string key) => fields.TryGetPropertyValue(key, out var node) ? node : null;

    JsonValue? Value(string key) => Node(key) as JsonValue;

    DataException Wrong(string key, string expected) =>
        new(path, Has(key) ? $"'{key}' should be {expected}" : $"key '{key}' is missing: expected {expected}");
}

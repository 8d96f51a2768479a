using System.Text.Json;
using System.Text.Json.Nodes;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Data.Music;

/// <summary>The list that organising leaves: where each file came from, its hash, its part and group, its licence.</summary>
static class OrganizeManifest
{
    /// <summary>The file's name.</summary>
    public const string FileName = "manifest.json";

    /// <summary>Writes the list.</summary>
    public static void Write(string folder, IEnumerable<JsonObject> entries) => AtomicFile.Write(
        Path.Combine(folder, FileName), new JsonArray([.. entries]).ToJsonString(new() { WriteIndented = true }) + "\n");

    /// <summary>Published part and group of each file in a folder's list; empty where it has none.</summary>
    public static IReadOnlyDictionary<string, (string? Split, string? Group)> PartsIn(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return new Dictionary<string, (string?, string?)>();
        using var document = JsonFile.Open(path);
        if (document.RootElement.ValueKind != JsonValueKind.Array) return new Dictionary<string, (string?, string?)>();
        return document.RootElement.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Object && Text(entry, "path") is not null)
            .DistinctBy(entry => Text(entry, "path")).ToDictionary(entry => Text(entry, "path")!, entry => (Text(entry, "split"), Text(entry, "group")));
    }

    static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The licence that a folder's list states, or null where it has none.</summary>
    public static string? LicenceIn(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        using var document = JsonFile.Open(path);
        if (document.RootElement.ValueKind != JsonValueKind.Array) return null;
        var licences = document.RootElement.EnumerateArray()
            .Select(entry => entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("licence", out var licence) && licence.ValueKind == JsonValueKind.String ? licence.GetString() : null)
            .OfType<string>().Distinct().Order(StringComparer.Ordinal).ToArray();
        return licences.Length == 0 ? null : string.Join(", ", licences);
    }
}

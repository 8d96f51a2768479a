using System.Text.Json;
using Kymo.Signals;

namespace Kymo.Lab.Data.Music;

/// <summary>
/// MAESTRO in its published tree: <c>YEAR/NAME.midi</c> with a table <c>maestro-v*.csv</c>, or <c>.json</c> column by column (v3) or record
/// by record (v2) (Hawthorne et al., ICLR 2019). Non-commercial. The group is the composition, which the splits keep apart.
/// </summary>
public static class Maestro
{
    /// <summary>The publisher's licence.</summary>
    public const string Licence = "CC BY-NC-SA 4.0";

    static readonly string[] s_columns = ["canonical_composer", "canonical_title", "split", "midi_filename"];

    /// <summary>Whether a folder looks like the tree.</summary>
    public static bool IsHere(string root) => Tables(root).Any();

    /// <summary>Reads the table and finds the files; absent ones are exclusions.</summary>
    /// <exception cref="DataException">No table, a damaged one, or no file of it there.</exception>
    public static MusicSet Read(string root)
    {
        var path = Tables(root).FirstOrDefault() ?? throw new DataException(root, "holds no maestro-v3.0.0.csv or .json");
        var rows = path.EndsWith(".csv", StringComparison.Ordinal) ? FromTable(path) : FromJson(path);
        var items = new List<MusicItem>();
        var exclusions = new List<Exclusion>();
        foreach (var (where, values) in rows)
        {
            var (composer, title, split, file) = (values[0], values[1], values[2], values[3]);
            if (split is not ("train" or "validation" or "test"))
                throw new DataException(path, $"{where}: split is '{split}', expected train, validation or test");
            var midi = SafePath.Below(root, file) ?? throw new DataException(path, $"{where}: midi_filename '{file}' leads outside the folder");
            if (File.Exists(midi)) items.Add(new(file, midi, $"{composer}|{title}", split));
            else exclusions.Add(new(file, $"the file of the {split} split is absent"));
        }
        if (items.Count == 0) throw new DataException(path, $"none of the {rows.Count} files it names is there");
        return new("maestro", MusicKind.Dynamics, root, Licence, Path.GetFileName(path), [.. items.OrderBy(item => item.Id, StringComparer.Ordinal)], exclusions,
            ["non-commercial licence: weights trained on it carry it"]);
    }

    static IEnumerable<string> Tables(string root) =>
        new[] { "maestro-v*.csv", "maestro-v*.json" }.SelectMany(pattern => Directory.EnumerateFiles(root, pattern).Order(StringComparer.Ordinal));

    static List<(string Where, string[] Values)> FromTable(string path)
    {
        var table = LooseTable.Read(path);
        var columns = s_columns.Select(name => table.Column(name)).ToArray();
        return [.. table.Rows.Select(row => ($"line {row.Line}", columns.Select(row.Text).ToArray()))];
    }

    static List<(string Where, string[] Values)> FromJson(string path)
    {
        using var document = JsonFile.Open(path);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Array)
            return [.. root.EnumerateArray().Select((record, i) => ($"record {i}", s_columns.Select(name => Text(path, record, name, $"record {i}")).ToArray()))];
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("midi_filename", out var files) || files.ValueKind != JsonValueKind.Object)
            throw new DataException(path, "expected an object of columns with midi_filename, or a list of records");
        return
        [
            .. files.EnumerateObject().Select(file => ($"row {file.Name}", s_columns.Select(name =>
                root.TryGetProperty(name, out var column) ? Text(path, column, file.Name, $"column {name}")
                    : throw new DataException(path, $"has no column {name}")).ToArray())),
        ];
    }

    static string Text(string path, JsonElement element, string name, string where) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new DataException(path, $"{where}: no text '{name}'");
}

using System.Globalization;
using System.Text.Json;
using Kymo.Signals;

namespace Kymo.Lab.Data.Music;

/// <summary>Valence and arousal by file name, from a table or a JSON object, brought to [-1, 1] and [0, 1].</summary>
public sealed class EmotionLabels
{
    static readonly string[] s_nameColumns = ["filename", "file"];

    EmotionLabels(string path, IReadOnlyDictionary<string, Emotion> byName, string? note) => (Path, ByName, Note) = (path, byName, note);

    /// <summary>The label file.</summary>
    public string Path { get; }

    /// <summary>Labels by file name or relative path, as written.</summary>
    public IReadOnlyDictionary<string, Emotion> ByName { get; }

    /// <summary>What was converted, or null.</summary>
    public string? Note { get; }

    /// <summary>Reads <c>.csv</c> (filename, valence, arousal and their synonyms) or <c>.json</c>.</summary>
    /// <exception cref="DataException">A missing column, a value out of range, a name twice; with the line or the name.</exception>
    public static EmotionLabels Read(string path, string scale = "auto") =>
        System.IO.Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase)
            ? Scaled(path, scale, FromJson(path)) : Scaled(path, scale, FromTable(path, s_nameColumns));

    /// <summary>Reads DEAM's static tables, which name songs by a number.</summary>
    internal static List<RawLabel> FromTable(string path, IReadOnlyList<string> nameColumns)
    {
        var table = LooseTable.Read(path);
        var name = table.Column([.. nameColumns]);
        var valence = table.Column("valence", "valence_mean", "val");
        var arousal = table.Column("arousal", "arousal_mean", "ar");
        return [.. table.Rows.Select(row => new RawLabel(row.Text(name), row.Number(valence), row.Number(arousal), $"line {row.Line}"))];
    }

    /// <summary>Decides the scale of a whole file, converts and checks.</summary>
    internal static EmotionLabels Scaled(string path, string scale, IReadOnlyList<RawLabel> raw)
    {
        var isNative = scale == "native" || (scale == "auto" && raw.Any(label => label.Valence > 1.5 || label.Arousal > 1.5));
        var labels = new Dictionary<string, Emotion>(StringComparer.Ordinal);
        foreach (var label in raw)
        {
            var (low, high) = isNative ? (1.0, 9.0) : (-1.0, 1.0);
            var (arousalLow, arousalHigh) = isNative ? (1.0, 9.0) : (0.0, 1.0);
            if (!(label.Valence >= low && label.Valence <= high)) throw Fault("valence", label.Valence, low, high, label.Where);
            if (!(label.Arousal >= arousalLow && label.Arousal <= arousalHigh)) throw Fault("arousal", label.Arousal, arousalLow, arousalHigh, label.Where);
            var emotion = isNative ? new Emotion((label.Valence - 5) / 4, (label.Arousal - 1) / 8) : new Emotion(label.Valence, label.Arousal);
            if (!labels.TryAdd(label.Name, emotion)) throw new DataException(path, $"{label.Where}: '{label.Name}' is labelled twice");
        }
        return new(path, labels, isNative ? $"{System.IO.Path.GetFileName(path)} is on the scale 1 to 9: valence (v - 5) / 4, arousal (a - 1) / 8" : null);

        DataException Fault(string what, double value, double least, double most, string where) => new(path, string.Create(
            CultureInfo.InvariantCulture,
            $"{where}: {what} is {value}, expected {least} to {most}{(isNative ? "" : "; a file on the scale 1 to 9 is read with data.label_scale=native")}"));
    }

    static List<RawLabel> FromJson(string path)
    {
        using var document = JsonFile.Open(path);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new DataException(path, "expected an object from file name to {\"valence\": ..., \"arousal\": ...}");
        return [.. document.RootElement.EnumerateObject().Select(entry => FromJson(path, entry))];
    }

    static RawLabel FromJson(string path, JsonProperty entry)
    {
        var value = entry.Value;
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("emotion", out var nested)) value = nested;
        var pair = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2 ? (value[0], value[1])
            : value.ValueKind == JsonValueKind.Object && value.TryGetProperty("valence", out var v) && value.TryGetProperty("arousal", out var a) ? (v, a)
            : ((JsonElement, JsonElement)?)null;
        if (pair is not ({ ValueKind: JsonValueKind.Number } valence, { ValueKind: JsonValueKind.Number } arousal))
            throw new DataException(path, $"'{entry.Name}' has no numbers valence and arousal, expected {{\"valence\": -1 to 1, \"arousal\": 0 to 1}}");
        return new(entry.Name, valence.GetDouble(), arousal.GetDouble(), $"'{entry.Name}'");
    }

    /// <summary>A label as written.</summary>
    internal readonly record struct RawLabel(string Name, double Valence, double Arousal, string Where);
}

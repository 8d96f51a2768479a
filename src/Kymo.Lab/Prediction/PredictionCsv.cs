using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Kymo.Lab.Prediction;

/// <summary>
/// Answers as a table: a row for each window or epoch, a row for the whole file where it has neither. Columns: file, start and end in seconds, class,
/// confidence, a <c>p_CLASS</c> for each class, and the hashes of the model and of its feature settings.
/// </summary>
public static class PredictionCsv
{
    /// <summary>The table.</summary>
    /// <param name="answers">What <see cref="FilePrediction.Json"/> holds of each file; files with an error are left out.</param>
    /// <param name="modelHash">SHA-256 of the model.</param>
    /// <param name="featureHash">SHA-256 of the feature settings, or empty.</param>
    public static string Of(IEnumerable<JsonObject> answers, string modelHash, string featureHash)
    {
        var rows = answers.Where(answer => answer["error"] is null).SelectMany(Rows).ToArray();
        string[] classes = [.. rows.SelectMany(row => row.Probabilities?.Select(entry => entry.Key) ?? []).Distinct()];
        var text = new StringBuilder();
        text.AppendJoin(',', (IEnumerable<string>)["file", "start", "end", "class", "confidence", .. classes.Select(name => Quoted("p_" + name)), "model_hash", "feature_hash"]).Append('\n');
        foreach (var row in rows)
        {
            text.AppendJoin(',', (IEnumerable<string>)
            [
                Quoted(row.File), Number(row.Start), Number(row.End), Quoted(row.Class), Number(row.Confidence),
                .. classes.Select(name => Number(row.Probabilities?[name])), modelHash, featureHash,
            ]).Append('\n');
        }
        return text.ToString();
    }

    static IEnumerable<(string File, JsonNode? Start, JsonNode? End, string Class, JsonNode? Confidence, JsonObject? Probabilities)> Rows(JsonObject answer)
    {
        var file = (string?)answer["file"] ?? "";
        var parts = (answer["windows"] ?? answer["epochs"])?.AsArray().Select(part => part!.AsObject()).ToArray() ?? [answer];
        return parts.Select(part =>
        {
            var probabilities = part["probabilities"]?.AsObject();
            var best = probabilities?.MaxBy(entry => double.Parse(Number(entry.Value), CultureInfo.InvariantCulture));
            var named = (string?)(part["class"] ?? part["label"]) ?? best?.Key ?? "";
            return (file, part["start"] ?? part["t"], part["end"], named, probabilities?[named], probabilities);
        });
    }

    // As JSON writes it: whatever kind of number it is, no culture has a say.
    static string Number(JsonNode? value) => value?.ToJsonString() ?? "";

    static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

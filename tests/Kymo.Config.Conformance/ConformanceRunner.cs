using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kymo.Config.Conformance;

/// <summary>What came of one case.</summary>
/// <param name="Id">The case.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Fault">What differs, or null where it passed.</param>
public sealed record CaseResult(string Id, string Kind, string? Fault);

/// <summary>Runs cases in JSON lines: an answer must be equal, an error must be an error.</summary>
public static class ConformanceRunner
{
    /// <summary>Runs a file.</summary>
    /// <param name="file">The cases, one JSON object a line.</param>
    /// <param name="configs">The folder of configuration trees that some cases name.</param>
    public static IEnumerable<CaseResult> Run(string file, string configs)
    {
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (line.Trim() != "") yield return RunLine(line, $"{Path.GetFileName(file)}:{number}", configs);
        }
    }

    static CaseResult RunLine(string line, string place, string configs)
    {
        JsonNode? read;
        try
        {
            read = JsonNode.Parse(line, documentOptions: new JsonDocumentOptions { MaxDepth = 4096 });
        }
        catch (JsonException error)
        {
            return new CaseResult(place, "unreadable", error.Message);
        }
        var id = read?["id"]?.GetValue<string>() ?? place;
        var kind = read?["kind"]?.GetValue<string>() ?? "unknown";
        var input = read?["in"];
        var wanted = read?["out"]?.AsObject();
        if (wanted is null) return new CaseResult(id, kind, "the case has no 'out'");
        JsonNode? answer;
        try
        {
            answer = Answer(kind, input, configs);
        }
        catch (ConfigException error)
        {
            return new CaseResult(id, kind, wanted.ContainsKey("ok") ? $"wanted {Short(wanted["ok"])}, got the error: {error.Message}" : null);
        }
        catch (Exception error)
        {
            return new CaseResult(id, kind, $"crashed: {error}");
        }
        if (!wanted.TryGetPropertyValue("ok", out var expected)) return new CaseResult(id, kind, $"wanted an error ({wanted["message"]}), got {Short(answer)}");
        if (input is not null && ShuffledAnswers.IsShuffled(input)) (expected, answer) = (ShuffledAnswers.Ordered(expected), ShuffledAnswers.Ordered(answer));
        return new CaseResult(id, kind, AreEqual(expected, answer) ? null : $"wanted {Short(expected)}, got {Short(answer)}");
    }

    static JsonNode? Answer(string kind, JsonNode? input, string configs) => kind switch
    {
        "override" => OverrideCases.Run(input!),
        "sweep" => SweepCases.Run(input!),
        "defaults_list" => DefaultsListCases.Run(input!, configs),
        "compose" => ComposeCases.Run(input!, configs),
        "yaml_load" => CoreCases.Load(input!),
        "to_yaml" => CoreCases.Dump(input),
        "merge" => CoreCases.Merge(input!),
        "interpolation" => CoreCases.Select(input!),
        _ => throw new NotSupportedException($"no such kind of case: {kind}"),
    };

    // Floats compare by value, everything else exactly; order counts. An answer may say more than was asked.
    static bool AreEqual(JsonNode? expected, JsonNode? actual)
    {
        switch (expected, actual)
        {
            case (null, null):
                return true;
            case (JsonObject wanted, JsonObject given) when wanted["float"] is { } a && given["float"] is { } b:
                return PythonNumbers.TryParseFloat(a.GetValue<string>(), out var x) && PythonNumbers.TryParseFloat(b.GetValue<string>(), out var y) && x.Equals(y);
            case (JsonObject wanted, JsonObject given):
                return wanted.All(entry => given.TryGetPropertyValue(entry.Key, out var value) && AreEqual(entry.Value, value));
            case (JsonArray wanted, JsonArray given):
                return wanted.Count == given.Count && wanted.Zip(given).All(pair => AreEqual(pair.First, pair.Second));
            default:
                return JsonNode.DeepEquals(expected, actual);
        }
    }

    static string Short(JsonNode? node)
    {
        var text = node?.ToJsonString() ?? "null";
        return text.Length > 300 ? text[..300] + "..." : text;
    }
}

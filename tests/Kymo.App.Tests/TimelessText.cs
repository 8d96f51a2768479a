using System.Text.Json.Nodes;

namespace Kymo.App.Tests;

/// <summary>A table or a JSON document of a run without its moments, durations, latencies, the run's name and how often it was saved.</summary>
static class TimelessText
{
    static readonly string[] s_columns = ["ts_utc", "run_id", "epoch_start_utc", "epoch_end_utc", "epoch_s", "duration_s"];

    static readonly string[] s_keys =
    [
        "run_id", "run_name", "ts_start_utc", "ts_end_utc", "duration_s", "cpu_latency_ms", "cpu_latency_p50_ms", "cpu_latency_p95_ms", "root", "name",
        "every_n_steps",
    ];

    public static string Of(string path) => Path.GetExtension(path) == ".csv" ? Table(File.ReadAllLines(path)) : Document(JsonNode.Parse(File.ReadAllText(path))!).ToJsonString();

    static string Table(string[] lines)
    {
        var timed = lines[0].Split(',').Select((name, i) => (name, i)).Where(column => s_columns.Contains(column.name)).Select(column => column.i).ToHashSet();
        return string.Join('\n', lines.Select(line => string.Join(',', line.Split(',').Where((_, i) => !timed.Contains(i)))));
    }

    static JsonNode Document(JsonNode node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list.OfType<JsonNode>()) Document(item);
        }
        else if (node is JsonObject map)
        {
            foreach (var key in s_keys)
                if (map["dataset"] is null) map.Remove(key);
            foreach (var (_, value) in map)
                if (value is not null) Document(value);
        }
        return node;
    }
}

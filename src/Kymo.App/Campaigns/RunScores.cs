using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Runs;

namespace Kymo.App.Campaigns;

/// <summary>What a finished run reached, from its <c>metrics.json</c>.</summary>
/// <param name="Run">The run.</param>
/// <param name="Metrics">The file.</param>
sealed record RunScores(PlannedRun Run, JsonObject Metrics)
{
    /// <summary>Macro F1 of the reported weights on validation clips: what everything is chosen by.</summary>
    public double Validation => Number("validation_current.f1_macro");

    /// <summary>Macro F1 on held-out clips; nothing is chosen by it.</summary>
    public double Test => Number("test.f1_macro");

    /// <summary>Accuracy on held-out clips.</summary>
    public double Accuracy => Number("test.acc");

    /// <summary>Whether the network names one class whatever it hears.</summary>
    public bool Collapsed => Metrics["status"]?.GetValue<string>() == "collapsed";

    /// <summary>Reads a finished run.</summary>
    public static RunScores Read(PlannedRun run, CampaignFolder folder) =>
        new(run, CanonicalJson.ReadObject(Path.Combine(folder.RunOf(run.Name), RunFiles.Metrics)));

    /// <summary>A number by its path; not a number where absent.</summary>
    public double Number(string path)
    {
        JsonNode? node = Metrics;
        foreach (var key in path.Split('.')) node = (node as JsonObject)?[key];
        return node is JsonValue value && value.TryGetValue(out double number) ? number : double.NaN;
    }

    /// <summary>A number with some decimals; a dash where there is none.</summary>
    public static string Text(double value, int decimals = 3) => double.IsFinite(value) ? value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : "-";
}

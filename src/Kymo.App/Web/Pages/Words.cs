using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kymo.Lab.Runs;

namespace Kymo.App.Web.Pages;

/// <summary>Values as the pages write them. What a file holds instead of the expected kind is shown as absent, never a failure.</summary>
static partial class Words
{
    /// <summary>Stands where there is no value.</summary>
    public const string Absent = "–";

    /// <summary>A score: three places, fewer where it is large, more where it is small.</summary>
    public static string Score(double value) => !double.IsFinite(value) ? Absent
        : Math.Abs(value) >= 100 ? value.ToString("0.0", CultureInfo.InvariantCulture)
        : value != 0 && Math.Abs(value) < 0.01 ? value.ToString("G3", CultureInfo.InvariantCulture)
        : value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A difference with its sign.</summary>
    public static string Signed(double value) => double.IsFinite(value) ? value.ToString("+0.000;−0.000;0.000", CultureInfo.InvariantCulture) : Absent;

    /// <summary>A count.</summary>
    public static string Count(double number) => double.IsFinite(number) ? number.ToString("N0", CultureInfo.InvariantCulture) : Absent;

    /// <summary>A time that something takes, in its largest two units.</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds) || seconds < 0 || seconds > 1e9) return Absent;
        var time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time.TotalDays >= 1 ? $"{(int)time.TotalDays} d {time.Hours} h" : time.TotalHours >= 1 ? $"{time.Hours} h {time.Minutes} min"
            : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds} s" : seconds >= 10 ? $"{time.Seconds} s"
            : seconds.ToString("0.0 s", CultureInfo.InvariantCulture);
    }

    /// <summary>How long ago a moment was, with the moment itself for who wants it.</summary>
    public static Markup Ago(DateTimeOffset when, DateTimeOffset now)
    {
        var passed = now - when;
        var text = passed < TimeSpan.FromSeconds(50) ? "just now" : passed < TimeSpan.FromMinutes(60) ? $"{Math.Round(passed.TotalMinutes)} min ago"
            : passed < TimeSpan.FromHours(36) ? $"{Math.Round(passed.TotalHours)} h ago" : passed < TimeSpan.FromDays(60) ? $"{Math.Round(passed.TotalDays)} days ago"
            : when.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return Markup.Of($"""<time datetime="{when.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}" title="{when.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC">{text}</time>""");
    }

    /// <summary>A name that may be broken after its joints.</summary>
    public static Markup Breakable(string name) => Markup.Join(Joints().Split(name).Where(part => part != "").Select(part => Markup.Of($"{part}<wbr>")));

    /// <summary>A node by path, for instance <c>test.acc</c>; null where there is none.</summary>
    public static JsonNode? At(JsonNode? node, string path)
    {
        foreach (var key in path.Split('.')) node = (node as JsonObject)?[key];
        return node;
    }

    /// <summary>A number by path; not a number where there is none.</summary>
    public static double Number(JsonNode? node, string path) => At(node, path) is JsonValue value && value.TryGetValue(out double number) ? number : double.NaN;

    /// <summary>A text by path; other scalars as JSON; empty where there is none.</summary>
    public static string Text(JsonNode? node, string path) => At(node, path) switch
    {
        JsonValue value when value.TryGetValue(out string? text) => text,
        JsonValue value => value.ToJsonString(),
        _ => "",
    };

    /// <summary>A moment by path.</summary>
    public static DateTimeOffset? Moment(JsonNode? node, string path) => Timestamp.TryRead(Text(node, path), out var moment) ? moment : null;

    /// <summary>Texts of a list by path.</summary>
    public static IReadOnlyList<string> Texts(JsonNode? node, string path) =>
        At(node, path) is JsonArray list ? [.. list.OfType<JsonValue>().Select(item => item.TryGetValue(out string? text) ? text : item.ToJsonString())] : [];

    /// <summary>The numbers of an object by path, as a run keeps its scores; others are left out.</summary>
    public static IReadOnlyDictionary<string, double> Scores(JsonNode? node, string path) => At(node, path) is JsonObject scores
        ? scores.Where(score => score.Value is JsonValue value && value.TryGetValue(out double _)).ToDictionary(score => score.Key, score => score.Value!.GetValue<double>())
        : new Dictionary<string, double>();

    /// <summary>Whether less of a score is better.</summary>
    public static bool IsLowerBetter(string score) =>
        Array.Exists(s_errors, error => score.Contains(error, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("(?<=[-_.=,+@])")]
    private static partial Regex Joints();

    static readonly string[] s_errors = ["loss", "mse", "mae", "error", "brier", "ece", "perplexity"];
}

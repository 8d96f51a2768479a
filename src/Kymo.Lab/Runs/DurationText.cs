using System.Globalization;

namespace Kymo.Lab.Runs;

/// <summary>How long something takes, for people.</summary>
public static class DurationText
{
    /// <summary>A time in the unit that fits: <c>42 s</c>, <c>12 min</c>, <c>3.5 h</c>.</summary>
    public static string Of(TimeSpan time) => time.TotalSeconds < 100 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s")
        : time.TotalMinutes < 100 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.0} h");
}

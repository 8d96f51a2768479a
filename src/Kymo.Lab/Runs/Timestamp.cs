using System.Globalization;

namespace Kymo.Lab.Runs;

/// <summary>Moments as every file of a run writes them: UTC, ISO 8601, milliseconds, <c>Z</c>.</summary>
public static class Timestamp
{
    const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>For instance <c>2026-02-08T17:41:09.250Z</c>.</summary>
    public static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Reads such a text; false for anything else.</summary>
    public static bool TryRead(string text, out DateTimeOffset moment) => DateTimeOffset.TryParseExact(
        text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out moment);
}

using System.Globalization;

namespace Kymo.Config.Tests;

/// <summary>How long fuzz targets run: a second each, or <c>KYMO_FUZZ_SECONDS</c>.</summary>
static class Fuzz
{
    public static TimeSpan Time { get; } = TimeSpan.FromSeconds(
        double.TryParse(Environment.GetEnvironmentVariable("KYMO_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 1);
}

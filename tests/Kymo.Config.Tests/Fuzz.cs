using System.Globalization;

namespace Kymo.Config.Tests;

/// <summary>How long fuzz targets run: <c>KYMO_FUZZ_SECONDS</c> in all, five by default, shared out evenly.</summary>
static class Fuzz
{
    const int Targets = 5;

    public static TimeSpan Time { get; } = TimeSpan.FromSeconds(
        (double.TryParse(Environment.GetEnvironmentVariable("KYMO_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 5) / Targets);
}

using System.Globalization;
using FsCheck;

namespace Kymo.Config.Tests;

/// <summary>
/// How long fuzz targets run (<c>KYMO_FUZZ_SECONDS</c> in all, five by default, shared out evenly) and where they begin: at the same seed each time, at another
/// with <c>KYMO_FUZZ_SEED</c>.
/// </summary>
static class Fuzz
{
    const int Targets = 5;

    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("KYMO_FUZZ_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    /// <summary>Properties are tried on the same made-up values each time.</summary>
    public static FsCheck.Config Property => FsCheck.Config.QuickThrowOnFailure.WithMaxTest(
        int.TryParse(Environment.GetEnvironmentVariable("KYMO_FUZZ_TESTS"), CultureInfo.InvariantCulture, out var tests) ? tests : 500).WithReplay((ulong)Seed, 1);

    public static TimeSpan Time { get; } = TimeSpan.FromSeconds(
        (double.TryParse(Environment.GetEnvironmentVariable("KYMO_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 5) / Targets);
}

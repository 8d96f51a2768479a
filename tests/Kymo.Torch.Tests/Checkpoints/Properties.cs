using System.Globalization;
using FsCheck;

namespace Kymo.Torch.Tests.Checkpoints;

/// <summary>Properties are tried on the same made-up values each time; <c>KYMO_FUZZ_SEED</c> gives others, <c>KYMO_FUZZ_TESTS</c> more of them.</summary>
static class Properties
{
    public static Config Config { get; } = Config.QuickThrowOnFailure.WithMaxTest((int)Number("KYMO_FUZZ_TESTS", 300)).WithReplay(Number("KYMO_FUZZ_SEED", 1), 1);

    static ulong Number(string variable, ulong otherwise) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}

using System.Security.Cryptography;
using System.Text;

namespace Kymo.Config;

/// <summary>One job of a sweep.</summary>
/// <param name="Number">Its number, from 0, in the order of the sweep.</param>
/// <param name="Overrides">Its overrides, none of them a sweep.</param>
public sealed record SweepJob(int Number, IReadOnlyList<Override> Overrides)
{
    /// <summary>
    /// What tells this job from others: 64 hexadecimal digits made from its overrides (SHA-256), whatever its number.
    /// </summary>
    public string Identity => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Overrides.Select(part => part.Text)))));

    /// <summary>The overrides in one line, as a person would type them: <c>data=mmfit seed=0</c>.</summary>
    public override string ToString() => string.Join(' ', Overrides.Select(part => part.Text));
}

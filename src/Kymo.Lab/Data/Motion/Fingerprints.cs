using System.Security.Cryptography;
using System.Text;

namespace Kymo.Lab.Data.Motion;

/// <summary>A hash of what was read.</summary>
static class Fingerprints
{
    /// <summary>SHA-256, in hexadecimal, of the files' names below the root and the SHA-256 of each one's bytes; where the root lies does not matter.</summary>
    /// <param name="root">The folder of the data.</param>
    /// <param name="files">Every file that the recordings come from; their order does not matter.</param>
    public static string Of(string root, IEnumerable<string> files)
    {
        string[] sorted = [.. files.Distinct().Order(StringComparer.Ordinal)];
        var lines = new string[sorted.Length];
        Parallel.For(0, sorted.Length, i =>
        {
            using var stream = File.OpenRead(sorted[i]);
            lines[i] = $"{Path.GetRelativePath(root, sorted[i]).Replace('\\', '/')} {Convert.ToHexStringLower(SHA256.HashData(stream))}";
        });
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kymo.Lab.Data.Motion;

/// <summary>A short hash of which files were read.</summary>
static class Fingerprints
{
    /// <summary>Hash of paths under the root and lengths: cheap, and enough to notice another copy of the data.</summary>
    public static string Of(string root, IEnumerable<string> files)
    {
        var text = string.Join('\n', files.Select(file =>
            $"{Path.GetRelativePath(root, file)} {new FileInfo(file).Length.ToString(CultureInfo.InvariantCulture)}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }
}

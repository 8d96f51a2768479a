namespace Kymo.Lab.Data.Music;

/// <summary>Paths that tables name.</summary>
static class SafePath
{
    /// <summary>A relative path below a root, or null where it leads outside.</summary>
    public static string? Below(string root, string relative)
    {
        if (relative.Length == 0 || relative.Contains('\0')) return null;
        var folder = Path.GetFullPath(root) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(root, relative));
        return path.StartsWith(folder, StringComparison.Ordinal) ? path : null;
    }
}

namespace Kymo.Lab.Data;

/// <summary>Paths of recordings.</summary>
static class AudioFiles
{
    /// <summary>Endings of files that are taken for recordings when a folder is listed.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif"];

    /// <summary>A path that a table gives, which must stay inside the dataset's folder.</summary>
    public static string Inside(string root, string relative, Table.Row row)
    {
        var folder = Path.GetFullPath(root) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(Path.Combine(root, relative));
        return path.StartsWith(folder, StringComparison.Ordinal)
            ? path
            : throw row.Fault($"file '{relative}' leads outside the dataset's folder");
    }

    /// <summary>The recordings in a folder and below, sorted by path.</summary>
    public static IEnumerable<string> List(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => Endings.Contains(Path.GetExtension(path).ToLowerInvariant()))
            .Order(StringComparer.Ordinal);
}

using Kymo.Lab.Recipes.SleepStages;

namespace Kymo.App.Web.Models;

/// <summary>A network that a folder offers.</summary>
/// <param name="Name">The name that requests use.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="Path">The export, weights file or folder.</param>
/// <param name="Part">The network of an original's folder; null elsewhere.</param>
sealed record ModelCandidate(string Name, int Version, string Path, string? Part = null)
{
    /// <summary>Whether two looks found the same: sizes and times of the files.</summary>
    public string Stamp { get; } = StampOf(Path, Part);

    /// <summary>What a source offers: an export, a run folder, a folder with the original's files, or a folder of any of these.</summary>
    public static IEnumerable<ModelCandidate> In(string source)
    {
        if (File.Exists(source)) return [new(NameOf(source), 1, source)];
        if (!Directory.Exists(source)) return [];
        return Folder(source, inner: false);
    }

    static IEnumerable<ModelCandidate> Folder(string folder, bool inner)
    {
        if (File.Exists(System.IO.Path.Combine(folder, "hparams.json")) && SleepOriginalFolder.Networks(folder) is { Count: > 0 } networks)
            return networks.Select(network => new ModelCandidate(network, 1, folder, network));
        if (File.Exists(System.IO.Path.Combine(folder, Lab.Runs.RunFiles.BestModelSafetensors)))
            return [new(NameOf(folder), 1, folder)];
        var found = Directory.EnumerateFiles(folder, "*.onnx").Where(IsOffered).Select(file => new ModelCandidate(NameOf(file) is "model" && inner ? NameOf(folder) : NameOf(file), 1, file));
        if (Directory.EnumerateDirectories(folder).Select(child => (child, number: VersionOf(child))).Where(child => child.number > 0).ToArray() is { Length: > 0 } versions)
            found = found.Concat(versions.SelectMany(version => Directory.EnumerateFiles(version.child, "*.onnx").Where(IsOffered).Take(1)
                .Select(file => new ModelCandidate(NameOf(folder), version.number, file))));
        else if (!inner)
            found = found.Concat(Directory.EnumerateDirectories(folder).Where(IsOffered).SelectMany(child => Folder(child, inner: true)));
        return found;
    }

    // Hidden and temporary names are being written.
    static bool IsOffered(string path) => System.IO.Path.GetFileName(path)[0] is not ('.' or '_') && !path.EndsWith(".tmp", StringComparison.Ordinal);

    static int VersionOf(string folder) => int.TryParse(System.IO.Path.GetFileName(folder), System.Globalization.NumberStyles.None, null, out var number) ? number : 0;

    static string NameOf(string path) => System.IO.Path.GetFileName(path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) ? path[..^5] : System.IO.Path.TrimEndingDirectorySeparator(path));

    static string StampOf(string path, string? part)
    {
        string[] files = File.Exists(path) ? [path, System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, "files.sha256")]
            : part is not null ? [.. Directory.GetFiles(path).Where(file => !file.EndsWith(".pt", StringComparison.Ordinal) || System.IO.Path.GetFileName(file).StartsWith(part + "_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
            : [System.IO.Path.Combine(path, Lab.Runs.RunFiles.BestModelSafetensors)];
        return string.Join(';', files.Select(file => new FileInfo(file)).Select(file => file.Exists ? $"{file.Name}:{file.Length}:{file.LastWriteTimeUtc.Ticks}" : file.Name));
    }
}

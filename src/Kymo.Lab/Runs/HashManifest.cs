using System.Security.Cryptography;
using System.Text;
using Kymo.Lab.Training;

namespace Kymo.Lab.Runs;

/// <summary>
/// <c>files.sha256</c>: the SHA-256 of every file of a run, in the format of <c>sha256sum</c> (two blanks, path with <c>/</c>),
/// sorted by path. A last comment line holds the hash of the lines above it, so that damage to the list itself is seen too.
/// </summary>
static class HashManifest
{
    const string Closing = "# sha256 of the lines above: ";
    const int HashDigits = 64;

    public static void Write(string folder)
    {
        var lines = new StringBuilder();
        foreach (var path in Files(folder))
            lines.Append(HashOf(Path.Combine(folder, path))).Append("  ").Append(path).Append('\n');
        var body = lines.ToString();
        AtomicFile.Write(Path.Combine(folder, RunFiles.Hashes), body + Closing + HashOf(AtomicFile.Utf8.GetBytes(body)) + "\n");
    }

    /// <summary>Compares the files with the list; each difference is a finding.</summary>
    public static IEnumerable<RunFinding> Check(string folder)
    {
        var path = Path.Combine(folder, RunFiles.Hashes);
        if (!File.Exists(path))
        {
            yield return RunFinding.Error(RunFiles.Hashes, "missing: the run has not been finished");
            yield break;
        }
        var text = File.ReadAllText(path, Encoding.Latin1);
        var (listed, problem) = Parse(text);
        if (problem is not null) yield return RunFinding.Error(RunFiles.Hashes, problem);
        var present = Files(folder).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, hash) in listed)
        {
            if (!present.Remove(name)) yield return RunFinding.Error(name, $"missing, but listed in {RunFiles.Hashes}");
            else if (HashOf(Path.Combine(folder, name)) is var now && now != hash)
                yield return RunFinding.Error(name, $"damaged: its SHA-256 is {now}, recorded was {hash}");
        }
        foreach (var name in present.Order(StringComparer.Ordinal))
            yield return RunFinding.Warning(name, $"not listed in {RunFiles.Hashes}: added after the run was finished");
    }

    /// <summary>Which of some files, relative, are listed with another hash than they have, or are listed and gone.</summary>
    public static IReadOnlySet<string> Changed(string folder, IEnumerable<string> files)
    {
        var path = Path.Combine(folder, RunFiles.Hashes);
        if (!File.Exists(path)) return new HashSet<string>();
        var listed = Parse(File.ReadAllText(path, Encoding.Latin1)).Listed.ToDictionary(entry => entry.Name, entry => entry.Hash);
        return files.Where(file => listed.TryGetValue(file.Replace(Path.DirectorySeparatorChar, '/'), out var hash)
            && (!File.Exists(Path.Combine(folder, file)) || HashOf(Path.Combine(folder, file)) != hash)).ToHashSet();
    }

    static (List<(string Name, string Hash)> Listed, string? Problem) Parse(string latin)
    {
        var bytes = Encoding.Latin1.GetBytes(latin);
        var end = latin.LastIndexOf(Closing, StringComparison.Ordinal);
        var whole = end >= 0 && (end == 0 || latin[end - 1] == '\n')
            && latin[end..] == Closing + HashOf(bytes.AsSpan(0, end)) + "\n";
        var listed = new List<(string, string)>();
        foreach (var line in AtomicFile.Utf8.GetString(bytes.AsSpan(0, Math.Max(end, 0))).Split('\n'))
            if (line.Length > HashDigits + 2 && line.AsSpan(HashDigits, 2) is "  ")
                listed.Add((line[(HashDigits + 2)..], line[..HashDigits]));
        return (listed, whole ? null : "damaged: its last line does not fit the lines above it");
    }

    /// <summary>
    /// All files but the list itself, unfinished ones and those a training goes on from, relative, with <c>/</c>, sorted. Links are not followed.
    /// </summary>
    static IEnumerable<string> Files(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return Directory.EnumerateFiles(folder, "*", options)
            .Select(p => Path.GetRelativePath(folder, p).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(p => p != RunFiles.Hashes && !p.EndsWith(AtomicFile.TemporaryEnding, StringComparison.Ordinal))
            .Where(p => !CheckpointFiles.Names.Contains(Path.GetFileName(p)))
            .Order(StringComparer.Ordinal);
    }

    static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

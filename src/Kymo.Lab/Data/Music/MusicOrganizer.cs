using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.Lab.Data.Music;

/// <summary>What organising did.</summary>
/// <param name="Folder">The simple layout's folder.</param>
/// <param name="Added">Files that are new there.</param>
/// <param name="Present">Files that were there already, with the same content.</param>
/// <param name="Warnings">What a person should know.</param>
public sealed record Organized(string Folder, int Added, int Present, IReadOnlyList<string> Warnings);

/// <summary>
/// Brings a native tree into the simple layout: links or copies under names made of the whole relative path, labels in the unit scale,
/// a manifest. Doing it again changes nothing; nothing is ever deleted or replaced.
/// </summary>
public static class MusicOrganizer
{
    /// <summary>Sets that can be organised.</summary>
    public static IReadOnlyList<string> Names { get; } = ["deam", "lakh", "maestro", "groove"];

    /// <summary>Recommended numbers of files; fewer bring a warning below a tenth, a quarter or so of them.</summary>
    static readonly Dictionary<MusicKind, (int Least, int Recommended)> s_sizes = new()
    {
        [MusicKind.Emotion] = (100, 1000),
        [MusicKind.Melody] = (50, 500),
        [MusicKind.Dynamics] = (50, 500),
        [MusicKind.Harmony] = (20, 100),
        [MusicKind.Groove] = (30, 200),
    };

    /// <summary>A warning where a set is too small to learn from, or null.</summary>
    public static string? SizeWarning(MusicKind kind, int count) => s_sizes[kind] is var (least, recommended) && count < least
        ? $"{count} items are few: at least {least} are needed to learn anything, {recommended} are recommended"
        : null;

    /// <summary>Organises a tree.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="source">The native tree.</param>
    /// <param name="target">The folder that will hold <c>training/</c>.</param>
    /// <param name="copy">Whether files are copied, not linked.</param>
    /// <param name="progress">Told how many files are done, of how many.</param>
    /// <param name="cancel">Stops between two files.</param>
    /// <exception cref="ConfigException">An unknown set.</exception>
    /// <exception cref="DataException">No such tree, or a file of another content under a name that is needed.</exception>
    public static Organized Organize(string name, string source, string target, bool copy, Action<int, int> progress, CancellationToken cancel)
    {
        if (!Directory.Exists(source)) throw new DataException(source, $"no such folder; name the folder that holds {name}'s tree with --root DIR");
        var (set, folder) = name switch
        {
            "deam" => (Deam.Read(source, new LabelOptions(SkipUnlabelled: true)), "audio"),
            "lakh" => (Lakh.Read(source, MusicKind.Melody, new LabelOptions(SkipUnlabelled: true)), "midi"),
            "maestro" => (Maestro.Read(source), "dynamics_midi"),
            "groove" => (GrooveMidi.Read(source), "drums"),
            _ => throw new ConfigException($"no set '{name}' to organise; there are {string.Join(", ", Names)}"),
        };
        var into = Path.Combine(target, "training", folder);
        Directory.CreateDirectory(into);
        var names = UniqueNames(set);
        var entries = new List<JsonObject>();
        var (added, present) = (0, 0);
        foreach (var (index, item) in set.Items.Index())
        {
            cancel.ThrowIfCancellationRequested();
            var hash = Hash(item.Path);
            if (Place(item.Path, Path.Combine(into, names[index]), hash, copy)) added++;
            else present++;
            entries.Add(Entry(set, item, names[index], hash));
            progress(index + 1, set.Items.Count);
        }
        WriteLabels(set, names, into);
        OrganizeManifest.Write(into, entries);
        string[] warnings = [.. set.Notes, .. set.Exclusions.Count > 0 ? [$"{set.Exclusions.Count} left out, for instance {set.Exclusions[0].Id}: {set.Exclusions[0].Reason}"] : Array.Empty<string>(),
            .. SizeWarning(set.Kind, set.Items.Count) is { } few ? [few] : Array.Empty<string>()];
        return new(into, added, present, warnings);
    }

    // The relative path with its slashes turned; two paths that become equal are told apart by the hash of the path.
    static string[] UniqueNames(MusicSet set)
    {
        var flat = set.Items.Select(item => item.Id.Replace('/', '_')).ToArray();
        var twice = flat.CountBy(name => name.ToLowerInvariant()).Where(count => count.Value > 1).Select(count => count.Key).ToHashSet();
        return
        [
            .. set.Items.Zip(flat, (item, name) => !twice.Contains(name.ToLowerInvariant()) ? name
                : $"{Path.GetFileNameWithoutExtension(name)}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(item.Id)))[..8]}{Path.GetExtension(name)}"),
        ];
    }

    static bool Place(string source, string target, string hash, bool copy)
    {
        if (File.Exists(target))
        {
            if (Hash(target) == hash) return false;
            throw new DataException(target, $"is another file than {source}; nothing is replaced: move it away and organise again");
        }
        if (copy)
        {
            var temporary = target + ".tmp~";
            File.Copy(source, temporary, overwrite: true);
            File.Move(temporary, target);
        }
        else File.CreateSymbolicLink(target, Path.GetFullPath(source));
        return true;
    }

    static void WriteLabels(MusicSet set, string[] names, string folder)
    {
        if (set.Kind != MusicKind.Emotion) return;
        var rows = set.Items.Zip(names, (item, name) => (IReadOnlyList<string>)[
            name, item.Emotion!.Value.Valence.ToString("R", CultureInfo.InvariantCulture), item.Emotion.Value.Arousal.ToString("R", CultureInfo.InvariantCulture)]);
        AtomicFile.Write(Path.Combine(folder, "labels.csv"), Csv.Table(["filename", "valence", "arousal"], rows));
    }

    static JsonObject Entry(MusicSet set, MusicItem item, string name, string hash) => new()
    {
        ["path"] = name,
        ["source"] = item.Id,
        ["sha256"] = hash,
        ["bytes"] = new FileInfo(item.Path).Length,
        ["split"] = item.Split,
        ["group"] = item.Group,
        ["label_source"] = set.LabelSource,
        ["licence"] = set.Licence,
    };

    static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

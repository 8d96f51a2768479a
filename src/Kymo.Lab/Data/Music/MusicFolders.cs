using System.IO.Enumeration;
using Kymo.Config;
using Kymo.Signals;

namespace Kymo.Lab.Data.Music;

/// <summary>Finds a set below a root: the original's simple layouts in their order, then the native trees.</summary>
public static class MusicFolders
{
    static readonly string[] s_audio = [".wav", ".mp3", ".flac", ".ogg"];
    static readonly string[] s_midi = [".mid", ".midi"];

    static readonly Dictionary<MusicKind, (string[] Folders, string[] Labels)> s_layouts = new()
    {
        [MusicKind.Emotion] = (["audio"], ["labels.csv"]),
        [MusicKind.Melody] = (["midi"], ["emotion_labels.json"]),
        [MusicKind.Dynamics] = (["dynamics_midi", "midi"], []),
        [MusicKind.Groove] = (["drums"], ["drum_labels.json", "groove_emotion_labels.json"]),
        [MusicKind.Harmony] = (["chords"], ["chord_progressions.json"]),
    };

    /// <summary>Names of sets that <see cref="Read"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["auto", "simple", "deam", "lakh", "maestro", "groove", "pop909"];

    /// <summary>Reads a set.</summary>
    /// <param name="name">One of <see cref="Names"/>; <c>auto</c> looks for the simple layout, then for the kind's native tree.</param>
    /// <param name="kind">What it is for.</param>
    /// <param name="root">The folder.</param>
    /// <param name="options">How labels are read.</param>
    /// <exception cref="DataException">Nothing there, or damaged tables.</exception>
    public static MusicSet Read(string name, MusicKind kind, string root, LabelOptions options)
    {
        if (!Directory.Exists(root))
            throw new DataException(root, "no such folder; name the folder that holds the data with data.root=DIR");
        return name switch
        {
            "deam" => Deam.Read(root, options),
            "lakh" => Lakh.Read(root, kind, options),
            "maestro" => Maestro.Read(root),
            "groove" => GrooveMidi.Read(root),
            "pop909" => Pop909.Read(root, kind),
            "simple" => Simple(root, kind, options) ?? throw NothingHere(root, kind),
            "auto" => Simple(root, kind, options) ?? Native(root, kind, options) ?? throw NothingHere(root, kind),
            _ => throw new ConfigException($"no music set '{name}'; there are {string.Join(", ", Names)}"),
        };
    }

    /// <summary>Where a kind's simple layout is below a root, or null.</summary>
    public static string? SimpleFolder(string root, MusicKind kind) => s_layouts[kind].Folders
        .SelectMany(folder => new[] { Path.Combine(root, "training", folder), Path.Combine(root, folder) })
        .OrderBy(path => path.Contains(Path.Combine(root, "training"), StringComparison.Ordinal) ? 0 : 1)
        .FirstOrDefault(Directory.Exists);

    /// <summary>Files of a kind in a folder and below as paths with <c>/</c>, in ordinal order; each once.</summary>
    public static IReadOnlyList<string> List(string folder, MusicKind kind) =>
    [
        // Organised trees hold links to files; a link to a folder is not followed, it could lead in a circle.
        .. new FileSystemEnumerable<string>(
            folder, (ref entry) => Path.GetRelativePath(folder, entry.ToFullPath()).Replace('\\', '/'),
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        {
            ShouldRecursePredicate = (ref entry) => !IsLink(entry),
            ShouldIncludePredicate = (ref entry) => !entry.IsDirectory && IsOf(kind, entry.FileName) && (!IsLink(entry) || File.Exists(entry.ToFullPath())),
        }.Order(StringComparer.Ordinal),
    ];

    static bool IsLink(in FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0;

    static bool IsOf(MusicKind kind, ReadOnlySpan<char> name)
    {
        var extension = Path.GetExtension(name);
        foreach (var known in kind == MusicKind.Emotion ? s_audio : s_midi)
            if (extension.Equals(known, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    static MusicSet? Simple(string root, MusicKind kind, LabelOptions options)
    {
        if (SimpleFolder(root, kind) is not { } folder) return null;
        var notes = new List<string> { $"simple layout in {Path.GetRelativePath(root, folder).Replace('\\', '/')}/" };
        var labelFile = s_layouts[kind].Labels.SelectMany(label => new[] { Path.Combine(folder, label), Path.Combine(folder, "..", label) })
            .FirstOrDefault(File.Exists);
        if (kind == MusicKind.Harmony)
            return labelFile is null ? null : new("simple", kind, root, "unknown", Path.GetFileName(labelFile), [new("chord_progressions.json", labelFile, "")], [], notes);
        if (kind == MusicKind.Emotion && labelFile is null)
            throw new DataException(folder, "holds no labels.csv; expected a table with the columns filename, valence, arousal");
        var files = List(folder, kind);
        if (files.Count == 0) throw new DataException(folder, $"holds no {(kind == MusicKind.Emotion ? "audio" : "MIDI")} files");
        var labels = labelFile is null ? null : EmotionLabels.Read(labelFile, options.Scale);
        if (labels?.Note is { } note) notes.Add(note);
        var exclusions = new List<Exclusion>();
        var found = labels is null ? [] : Match(labels, files, exclusions);
        var items = new List<MusicItem>();
        var parts = OrganizeManifest.PartsIn(folder);
        foreach (var file in files)
        {
            if (labels is not null && !found.ContainsKey(file))
            {
                if (!options.SkipUnlabelled)
                    throw new DataException(labels.Path, $"has no label for {file}; add it, or leave such files out with data.unlabelled=skip");
                exclusions.Add(new(file, $"no label in {Path.GetFileName(labels.Path)}"));
                continue;
            }
            var (split, group) = parts.GetValueOrDefault(file);
            items.Add(new(file, Path.Combine(folder, file), group ?? file, split, labels is null ? null : found[file]));
        }
        var licence = OrganizeManifest.LicenceIn(folder) ?? "unknown";
        return new("simple", kind, root, licence, labelFile is null ? "none" : Path.GetFileName(labelFile), items, exclusions, notes);
    }

    // A label's key is the relative path where that is present, else a bare file name, which must be of one file only.
    static Dictionary<string, Emotion> Match(EmotionLabels labels, IReadOnlyList<string> files, List<Exclusion> exclusions)
    {
        var byName = files.ToLookup(file => Path.GetFileName(file));
        var known = files.ToHashSet(StringComparer.Ordinal);
        var matched = new Dictionary<string, Emotion>(StringComparer.Ordinal);
        foreach (var (name, emotion) in labels.ByName)
        {
            if (known.Contains(name)) matched[name] = emotion;
            else if (byName[name].ToArray() is { Length: > 0 } same)
            {
                if (same.Length > 1) throw new DataException(labels.Path, $"'{name}' names {same[0]} and {same[1]}; write the path");
                matched.TryAdd(same[0], emotion);
            }
            else exclusions.Add(new(name, "labelled, but there is no such file"));
        }
        return matched;
    }

    static MusicSet? Native(string root, MusicKind kind, LabelOptions options)
    {
        string? Folder(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
                if (Directory.Exists(Path.Combine(root, name))) return Path.Combine(root, name);
            return null;
        }
        return kind switch
        {
            MusicKind.Emotion => Deam.IsHere(root) ? Deam.Read(root, options) : Folder("deam") is { } deam ? Deam.Read(deam, options) : null,
            MusicKind.Groove => GrooveMidi.IsHere(root) ? GrooveMidi.Read(root) : Folder("groove") is { } groove ? GrooveMidi.Read(groove) : null,
            MusicKind.Dynamics => Maestro.IsHere(root) ? Maestro.Read(root) : Folder("maestro") is { } maestro ? Maestro.Read(maestro)
                : Pop909.IsHere(root) ? Pop909.Read(root, kind) : null,
            MusicKind.Melody => Lakh.IsHere(root) ? Lakh.Read(root, kind, options) : Folder("lakh_midi", "lakh") is { } lakh ? Lakh.Read(lakh, kind, options)
                : Pop909.IsHere(root) ? Pop909.Read(root, kind) : null,
            _ => Pop909.IsHere(root) ? Pop909.Read(root, kind) : Folder("harmony") is { } harmony ? Simple(harmony, kind, options) : null,
        };
    }

    static DataException NothingHere(string root, MusicKind kind)
    {
        var (folders, labels) = s_layouts[kind];
        var layout = $"training/{folders[0]}/{(labels.Length > 0 ? " with " + labels[0] : "")}";
        return new(root, $"holds no {kind.ToString().ToLowerInvariant()} data; expected {layout}, or a native tree named with data={Native(kind)}");
    }

    static string Native(MusicKind kind) => kind switch
    {
        MusicKind.Emotion => "deam",
        MusicKind.Groove => "groove",
        MusicKind.Dynamics => "maestro or data=pop909",
        MusicKind.Melody => "pop909 or data=lakh",
        _ => "pop909",
    };
}

using System.Globalization;
using Kymo.Signals;

namespace Kymo.Lab.Data;

/// <summary>
/// DreamCatcher (Wang et al., NeurIPS 2024): sounds in the ear, nine labels, in the parts that its publisher cut. Each part is a folder
/// with the unpacked archive: <c>train</c>, <c>validation</c>, <c>test</c>, below the root or below <c>data</c>. Labels stand in a table of the
/// part (<c>metadata.csv</c>: <c>file_name</c> or <c>file</c>, and <c>label</c>, <c>event_label</c> or <c>class</c>, as number or text), or a
/// folder on the way to the recording has a label's name.
/// </summary>
public static class DreamCatcher
{
    /// <summary>The version of the dataset on the Hugging Face hub that the original used.</summary>
    public const string Revision = "56226e293f6d6252d441d7403360280f3b912949";

    /// <summary>Where access is asked for.</summary>
    public const string Page = "https://huggingface.co/datasets/THU-PI-Sensing/DreamCatcher";

    static readonly string[] s_parts = ["train", "validation", "test"];
    static readonly string[] s_fileColumns = ["file_name", "file", "path", "audio"], s_labelColumns = ["label", "event_label", "class"];

    /// <summary>The nine labels; a number in a table is an index into them.</summary>
    public static IReadOnlyList<string> Labels { get; } =
        ["quiet", "non_wearer", "bruxism", "swallow", "somniloquy", "breathe", "cough", "snore", "movements"];

    /// <summary>Reads the three parts as folds 1, 2 and 3.</summary>
    /// <param name="root">The dataset's folder.</param>
    /// <param name="labels"><c>nine</c>, or <c>three</c> to keep quiet, breathe and snore; what is not kept is no exclusion.</param>
    /// <exception cref="DataException">A part is absent (the message says how to get it), or a label is none of the nine.</exception>
    public static RecordingSet Read(string root, string labels)
    {
        string[] classes = labels == "three" ? ["quiet", "breathe", "snore"] : [.. Labels];
        var recordings = new List<Recording>();
        var absent = new List<Exclusion>();
        for (var fold = 1; fold <= s_parts.Length; fold++)
        {
            var part = s_parts[fold - 1];
            var folder = Array.Find([Path.Combine(root, "data", part), Path.Combine(root, part)], Directory.Exists)
                ?? throw new DataException(root, $"has no folder '{part}'; access is gated: ask for it at {Page}, "
                    + "then type HF_TOKEN=... kymo data fetch dreamcatcher --to DIR, and data.root=DIR/dreamcatcher");
            foreach (var (path, label) in Listed(folder))
            {
                if (Array.IndexOf(classes, label) is not (>= 0 and var index)) continue;
                var id = Path.GetRelativePath(root, path).Replace('\\', '/');
                if (File.Exists(path)) recordings.Add(new Recording(id, path, index, fold, id));
                else absent.Add(new Exclusion(id, "the file is absent"));
            }
        }
        Absences.Check(root, recordings.Count + absent.Count, absent, recordings.Count, allowAbsent: false);
        return new RecordingSet("DreamCatcher", Path.GetFullPath(root), "see " + Page, classes, recordings, absent);
    }

    static IEnumerable<(string Path, string Label)> Listed(string folder)
    {
        var table = Path.Combine(folder, "metadata.csv");
        return File.Exists(table) ? FromTable(folder, table) : FromFolders(folder);
    }

    static IEnumerable<(string Path, string Label)> FromTable(string folder, string path)
    {
        var rows = Table.Read(path);
        string Column(string[] names) => Array.Find(names, rows.Has) ?? throw new DataException(path, $"has no column {string.Join(" or ", names)}");
        var (file, label) = (Column(s_fileColumns), Column(s_labelColumns));
        foreach (var row in rows.Rows)
        {
            var text = row[label];
            var name = int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 0 && number < Labels.Count ? Labels[number] : text;
            if (!Labels.Contains(name))
                throw row.Fault($"{label} is '{text}'; expected 0 to {Labels.Count - 1}, or {string.Join(", ", Labels)}");
            yield return (AudioFiles.Inside(folder, row[file], row), name);
        }
    }

    static IEnumerable<(string Path, string Label)> FromFolders(string folder)
    {
        foreach (var path in AudioFiles.List(folder))
        {
            var way = Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar)[..^1];
            yield return (path, way.LastOrDefault(Labels.Contains)
                ?? throw new DataException(path, $"no folder above it has the name of a label ({string.Join(", ", Labels)}), and there is no metadata.csv in {folder}"));
        }
    }
}

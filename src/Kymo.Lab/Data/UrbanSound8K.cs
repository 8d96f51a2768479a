using Kymo.Signals;

namespace Kymo.Lab.Data;

/// <summary>
/// UrbanSound8K in its published tree: <c>audio/foldN/*.wav</c> and <c>metadata/UrbanSound8K.csv</c> (Salamon, Jacoby and Bello,
/// "A dataset and taxonomy for urban sound research", ACM Multimedia 2014). A tree that holds only part of the clips says so with
/// <c>metadata/subset.csv</c>: the same columns after a column <c>file</c>, the path under the root.
/// </summary>
public static class UrbanSound8K
{
    static readonly string[] s_columns = ["slice_file_name", "fsID", "start", "end", "salience", "fold", "classID", "class"];

    /// <summary>Class names; the index is the published <c>classID</c>.</summary>
    public static IReadOnlyList<string> Classes { get; } =
    [
        "air_conditioner", "car_horn", "children_playing", "dog_bark", "drilling",
        "engine_idling", "gun_shot", "jackhammer", "siren", "street_music",
    ];

    /// <summary>Reads the table and finds the files.</summary>
    /// <param name="root">The folder that holds <c>audio</c> and <c>metadata</c>.</param>
    /// <param name="allowAbsent">Whether more than one row in twenty may name a file that is absent.</param>
    /// <exception cref="DataException">No such tree, a fault in the table, or too many absent files.</exception>
    public static RecordingSet Read(string root, bool allowAbsent = false)
    {
        if (!Directory.Exists(root))
            throw new DataException(root, "no such folder; name the folder that holds audio/ and metadata/ with data.root=DIR");
        var subset = Path.Combine(root, "metadata", "subset.csv");
        var table = File.Exists(subset)
            ? Table.Read(subset, ["file", .. s_columns])
            : Table.Read(Path.Combine(root, "metadata", "UrbanSound8K.csv"), s_columns);

        var recordings = new List<Recording>(table.Rows.Count);
        var absent = new List<Exclusion>();
        var seen = new HashSet<string>(table.Rows.Count);
        foreach (var row in table.Rows)
        {
            var (id, path) = Locate(root, row, table.Has("file"));
            if (!seen.Add(id)) throw row.Fault($"{id} stands here a second time");
            var recording = new Recording(
                id, path, Label(row), row.Integer("fold", 1, 10), row["fsID"],
                row.Integer("salience", 1, 2) == 1 ? "foreground" : "background");
            if (File.Exists(path)) recordings.Add(recording);
            else absent.Add(new Exclusion(id, "the file is absent"));
        }
        Absences.Check(table.Path, table.Rows.Count, absent, recordings.Count, allowAbsent);
        return new RecordingSet("UrbanSound8K", Path.GetFullPath(root), "CC BY-NC 3.0", Classes, recordings, absent);
    }

    static (string Id, string Path) Locate(string root, Table.Row row, bool hasFile)
    {
        var name = row["slice_file_name"];
        if (name != Path.GetFileName(name)) throw row.Fault($"slice_file_name '{name}' is not a plain file name");
        if (hasFile) return (name, AudioFiles.Inside(root, row["file"], row));
        var wav = Path.Combine(root, "audio", "fold" + row.Integer("fold", 1, 10), name);
        return (name, File.Exists(wav) ? wav : Path.ChangeExtension(wav, ".flac"));
    }

    static int Label(Table.Row row)
    {
        var label = row.Integer("classID", 0, Classes.Count - 1);
        return Classes[label] == row["class"]
            ? label
            : throw row.Fault($"class '{row["class"]}' is not class {label} ({Classes[label]}); the classes are {string.Join(", ", Classes)}");
    }
}

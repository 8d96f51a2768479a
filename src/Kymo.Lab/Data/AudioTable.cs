using Kymo.Signals;

namespace Kymo.Lab.Data;

/// <summary>Which columns of a labelled-audio table mean what.</summary>
/// <param name="File">Path of the recording under the root.</param>
/// <param name="Class">Class name.</param>
/// <param name="Fold">Published fold, counted from 1; a table without this column is cut into folds by group.</param>
/// <param name="Group">What must stay on one side of a split; where the table lacks it, every recording is its own group.</param>
/// <param name="Split">The part: <c>train</c>, <c>validation</c> (<c>val</c>, <c>valid</c>) or <c>test</c> in any case, as folds 1, 2 and 3; empty for none.</param>
public sealed record AudioTableColumns(
    string File = "file", string Class = "class", string Fold = "fold", string Group = "group", string Split = "");

/// <summary>Any sounds listed in a table <c>file,class[,fold|,split][,group]</c>, or sorted into one folder a class.</summary>
public static class AudioTable
{
    /// <summary>The parts of a split, in the order of their folds 1, 2, 3.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["train", "validation", "test"];

    /// <summary>Reads a table.</summary>
    /// <param name="root">The folder that the paths start from.</param>
    /// <param name="table">The table's path under the root.</param>
    /// <param name="columns">The columns' names.</param>
    /// <param name="allowAbsent">Whether more than one row in twenty may name a file that is absent.</param>
    /// <exception cref="DataException">No such table, a column missing, a part that is none, a group in two parts, too many absent files.</exception>
    public static RecordingSet Read(string root, string table, AudioTableColumns columns, bool allowAbsent = false) =>
        Read(root, Open(root, table, columns), columns, allowAbsent);

    /// <summary>Opens the table alone.</summary>
    internal static Table Open(string root, string table, AudioTableColumns columns) => Table.Read(Path.Combine(root, table), columns.File, columns.Class);

    /// <summary>Reads an opened table.</summary>
    internal static RecordingSet Read(string root, Table rows, AudioTableColumns columns, bool allowAbsent)
    {
        var hasParts = rows.Has(columns.Split);
        var classes = rows.Rows.Select(row => row[columns.Class]).Where(name => name != "").Distinct().Order(StringComparer.Ordinal).ToArray();
        var recordings = new List<Recording>();
        var absent = new List<Exclusion>();
        var seen = new HashSet<string>();
        var groups = new Dictionary<string, (int Part, int Line)>();
        foreach (var row in rows.Rows)
        {
            var id = row[columns.File];
            if (row[columns.Class] == "") throw row.Fault($"{columns.Class} is empty");
            if (!seen.Add(id)) throw row.Fault($"{id} stands here a second time");
            var path = AudioFiles.Inside(root, id, row);
            var fold = hasParts ? PartOf(row, columns.Split) : rows.Has(columns.Fold) ? row.Integer(columns.Fold, 1, 1000) : 0;
            var group = rows.Has(columns.Group) ? row[columns.Group] : id;
            if (hasParts && !groups.TryAdd(group, (fold, row.Line)) && groups[group] is var first && first.Part != fold)
                throw row.Fault($"{columns.Group} '{group}' is in {Parts[fold - 1]}, but in {Parts[first.Part - 1]} on line {first.Line}; give all its recordings one {columns.Split}");
            if (File.Exists(path)) recordings.Add(new Recording(id, path, Array.IndexOf(classes, row[columns.Class]), fold, group));
            else absent.Add(new Exclusion(id, "the file is absent"));
        }
        Absences.Check(rows.Path, rows.Rows.Count, absent, recordings.Count, allowAbsent);
        return new RecordingSet(Path.GetFileName(Path.GetFullPath(root)), Path.GetFullPath(root), "not stated", classes, recordings, absent)
        {
            SplitColumn = hasParts ? columns.Split : null,
        };
    }

    static int PartOf(Table.Row row, string column) => row[column].ToUpperInvariant() switch
    {
        "TRAIN" => 1,
        "VAL" or "VALID" or "VALIDATION" => 2,
        "TEST" => 3,
        _ => throw row.Fault($"{column} is '{row[column]}'; expected train, validation (val, valid) or test"),
    };

    /// <summary>Reads a folder that holds one folder of recordings for each class.</summary>
    /// <exception cref="DataException">No such folder, or fewer than two classes.</exception>
    public static RecordingSet ReadFolders(string root)
    {
        if (!Directory.Exists(root)) throw new DataException(root, "no such folder");
        var classes = Directory.GetDirectories(root).Where(folder => AudioFiles.List(folder).Any())
            .Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal).ToArray();
        if (classes.Length < 2) throw new DataException(root, $"holds {classes.Length} folders with recordings; expected one folder for each class");
        var recordings = classes.SelectMany((name, label) => AudioFiles.List(Path.Combine(root, name)).Select(path =>
        {
            var id = Path.GetRelativePath(root, path).Replace('\\', '/');
            return new Recording(id, path, label, Fold: 0, Group: id);
        }));
        return new RecordingSet(Path.GetFileName(Path.GetFullPath(root)), Path.GetFullPath(root), "not stated", classes, [.. recordings], []);
    }
}

using Kymo.Signals;

namespace Kymo.Lab.Data;

/// <summary>Which columns of a labelled-audio table mean what.</summary>
/// <param name="File">Path of the recording under the root.</param>
/// <param name="Class">Class name.</param>
/// <param name="Fold">Published fold, counted from 1; a table without this column is cut into folds by group.</param>
/// <param name="Group">What must stay on one side of a split; where the table lacks it, every recording is its own group.</param>
public sealed record AudioTableColumns(string File = "file", string Class = "class", string Fold = "fold", string Group = "group");

/// <summary>Any sounds listed in a table <c>file,class[,fold][,group]</c>, or sorted into one folder a class.</summary>
public static class AudioTable
{
    /// <summary>Reads a table.</summary>
    /// <param name="root">The folder that the paths start from.</param>
    /// <param name="table">The table's path under the root.</param>
    /// <param name="columns">The columns' names.</param>
    /// <param name="allowAbsent">Whether more than one row in twenty may name a file that is absent.</param>
    /// <exception cref="DataException">No such table, a column missing, too many absent files.</exception>
    public static RecordingSet Read(string root, string table, AudioTableColumns columns, bool allowAbsent = false)
    {
        var rows = Table.Read(Path.Combine(root, table), columns.File, columns.Class);
        var classes = rows.Rows.Select(row => row[columns.Class]).Where(name => name != "").Distinct().Order(StringComparer.Ordinal).ToArray();
        var recordings = new List<Recording>();
        var absent = new List<Exclusion>();
        var seen = new HashSet<string>();
        foreach (var row in rows.Rows)
        {
            var id = row[columns.File];
            if (row[columns.Class] == "") throw row.Fault($"{columns.Class} is empty");
            if (!seen.Add(id)) throw row.Fault($"{id} stands here a second time");
            var path = AudioFiles.Inside(root, id, row);
            var fold = rows.Has(columns.Fold) ? row.Integer(columns.Fold, 1, 1000) : 0;
            var group = rows.Has(columns.Group) ? row[columns.Group] : id;
            if (File.Exists(path)) recordings.Add(new Recording(id, path, Array.IndexOf(classes, row[columns.Class]), fold, group));
            else absent.Add(new Exclusion(id, "the file is absent"));
        }
        Absences.Check(rows.Path, rows.Rows.Count, absent, recordings.Count, allowAbsent);
        return new RecordingSet(Path.GetFileName(Path.GetFullPath(root)), Path.GetFullPath(root), "not stated", classes, recordings, absent);
    }

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

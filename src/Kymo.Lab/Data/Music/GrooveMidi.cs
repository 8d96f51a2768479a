using Kymo.Signals;

namespace Kymo.Lab.Data.Music;

/// <summary>
/// The Groove MIDI Dataset in its published tree: <c>info.csv</c> and <c>drummerN/...mid</c> (Gillick et al., ICML 2019). The column
/// order of its extension E-GMD is read, too.
/// </summary>
public static class GrooveMidi
{
    /// <summary>The publisher's licence.</summary>
    public const string Licence = "CC BY 4.0";

    static readonly string[] s_splits = ["train", "validation", "test"];

    /// <summary>Whether a folder looks like the tree.</summary>
    public static bool IsHere(string root) => File.Exists(Path.Combine(root, "info.csv"));

    /// <summary>Reads the table and finds the files; absent ones are exclusions.</summary>
    /// <exception cref="DataException">No table, a damaged one, or no file of it there.</exception>
    public static MusicSet Read(string root)
    {
        var table = LooseTable.Read(Path.Combine(root, "info.csv"));
        var columns = (
            Drummer: table.Column("drummer"), Style: table.Column("style"), Bpm: table.Column("bpm"), Kind: table.Column("beat_type"),
            Metre: table.Column("time_signature"), File: table.Column("midi_filename"), Split: table.Column("split"));
        var items = new List<MusicItem>();
        var exclusions = new List<Exclusion>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in table.Rows)
        {
            var file = row.Text(columns.File);
            var split = row.Text(columns.Split);
            if (!s_splits.Contains(split)) throw row.Fault($"split is '{split}', expected train, validation or test");
            var kind = row.Text(columns.Kind);
            if (kind is not ("beat" or "fill")) throw row.Fault($"beat_type is '{kind}', expected beat or fill");
            var bpm = row.Number(columns.Bpm);
            if (bpm is <= 0 or > 1000) throw row.Fault($"bpm is {row.Text(columns.Bpm)}, expected more than 0 and at most 1000");
            if (!seen.Add(file)) throw row.Fault($"{file} stands here a second time");
            var drums = new DrumPerformance(row.Text(columns.Drummer), row.Text(columns.Style), bpm, kind == "beat", row.Text(columns.Metre));
            var path = SafePath.Below(root, file) ?? throw row.Fault($"midi_filename '{file}' leads outside the folder");
            if (File.Exists(path)) items.Add(new(file, path, file, split, Drums: drums));
            else exclusions.Add(new(file, $"the file of the {split} split is absent"));
        }
        if (items.Count == 0) throw new DataException(table.Path, $"none of the {table.Rows.Count} files it names is there");
        var notes = s_splits.Where(split => items.TrueForAll(item => item.Split != split)).Select(split => $"the {split} split is absent").ToArray();
        return new("groove", MusicKind.Groove, root, Licence, "info.csv", [.. items.OrderBy(item => item.Id, StringComparer.Ordinal)], exclusions, notes);
    }
}

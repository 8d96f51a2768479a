using System.Globalization;
using Kymo.Signals;

namespace Kymo.Lab.Data.Music;

/// <summary>
/// DEAM in its published tree: <c>MEMD_audio/ID.mp3</c> and the tables of valence and arousal a song, 1 to 9, in two files whose column
/// names begin with blanks (Aljanaki, Yang and Soleymani, PLoS ONE 12(3), 2017).
/// </summary>
public static class Deam
{
    /// <summary>The publisher's licence.</summary>
    public const string Licence = "CC BY-NC (songs under Creative Commons licences of their own)";

    const string FirstTable = "static_annotations_averaged_songs_1_2000.csv";
    const string SecondTable = "static_annotations_averaged_songs_2000_2058.csv";
    static readonly string[] s_endings = [".mp3", ".wav", ".flac", ".ogg"];

    /// <summary>Whether a folder looks like the tree.</summary>
    public static bool IsHere(string root) => Find(root, FirstTable) is not null || Find(root, SecondTable) is not null;

    /// <summary>Reads tables and finds the files.</summary>
    /// <param name="root">The folder that holds <c>MEMD_audio</c> and <c>annotations</c>, at any depth up to six.</param>
    /// <param name="options">How labels are read.</param>
    /// <exception cref="DataException">No tables, damaged tables, or no audio.</exception>
    public static MusicSet Read(string root, LabelOptions options)
    {
        var labels = ReadStatic(root);
        var audio = FindFolder(root, "MEMD_audio")
            ?? throw new DataException(root, "holds DEAM's annotations but no folder MEMD_audio; unpack DEAM_audio.zip there");
        var exclusions = new List<Exclusion>();
        var items = new List<MusicItem>();
        foreach (var (song, emotion) in labels)
        {
            var id = song.ToString(CultureInfo.InvariantCulture);
            var path = s_endings.Select(ending => Path.Combine(audio, id + ending)).FirstOrDefault(File.Exists);
            if (path is null) exclusions.Add(new(id, "labelled, but there is no such file in MEMD_audio"));
            else items.Add(new(Path.GetRelativePath(root, path).Replace('\\', '/'), path, id, Emotion: emotion));
        }
        if (items.Count == 0) throw new DataException(audio, $"holds none of the {labels.Count} labelled songs; the first is {labels.First().Key}.mp3");
        foreach (var file in MusicFolders.List(audio, MusicKind.Emotion))
        {
            if (int.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out var song) && labels.ContainsKey(song)) continue;
            if (!options.SkipUnlabelled)
                throw new DataException(Path.Combine(audio, file), "has no label in DEAM's tables; leave such files out with data.unlabelled=skip");
            exclusions.Add(new(file, "no label in DEAM's tables"));
        }
        return new("deam", MusicKind.Emotion, root, Licence, "DEAM song level, averaged", [.. items.OrderBy(item => item.Id, StringComparer.Ordinal)], exclusions,
            ["valence (v - 5) / 4 and arousal (a - 1) / 8 of DEAM's scale 1 to 9"]);
    }

    /// <summary>Song-level labels of both tables, in unit scale, by song number.</summary>
    /// <exception cref="DataException">No table, or a damaged one.</exception>
    public static IReadOnlyDictionary<int, Emotion> ReadStatic(string root)
    {
        string[] tables = [.. new[] { Find(root, FirstTable), Find(root, SecondTable) }.OfType<string>()];
        if (tables.Length == 0) throw new DataException(root, $"holds no {FirstTable}; unpack DEAM_Annotations.zip there");
        var labels = new SortedDictionary<int, Emotion>();
        foreach (var path in tables)
        {
            foreach (var (song, emotion) in EmotionLabels.Scaled(path, "native", EmotionLabels.FromTable(path, ["song_id"])).ByName)
            {
                // Some copies write the number as 2.0.
                if (!double.TryParse(song, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || number != Math.Floor(number))
                    throw new DataException(path, $"song_id is '{song}', expected an integer");
                if (!labels.TryAdd((int)number, emotion)) throw new DataException(path, $"song {number} is labelled twice");
            }
        }
        return labels;
    }

    /// <summary>A table of values twice a second, <c>sample_15000ms</c> and on; rows end where the song does.</summary>
    /// <param name="path"><c>valence.csv</c> or <c>arousal.csv</c>, values in [-1, 1].</param>
    /// <param name="arousal">Whether values become (a + 1) / 2.</param>
    /// <returns>For each song the milliseconds and values.</returns>
    /// <exception cref="DataException">A damaged table or a value out of range.</exception>
    public static IReadOnlyDictionary<int, IReadOnlyList<(int Milliseconds, double Value)>> ReadDynamic(string path, bool arousal)
    {
        var table = LooseTable.Read(path, ragged: true);
        var song = table.Column("song_id");
        var times = table.Header.Select((name, i) => i == song ? -1 : Milliseconds(path, name)).ToArray();
        var songs = new Dictionary<int, IReadOnlyList<(int, double)>>();
        foreach (var row in table.Rows)
        {
            var values = new List<(int, double)>();
            for (var i = 0; i < times.Length; i++)
            {
                if (times[i] < 0 || row.Text(i).Length == 0 || row.Text(i).Equals("nan", StringComparison.OrdinalIgnoreCase)) continue;
                var value = row.Number(i);
                if (value is < -1 or > 1) throw row.Fault($"{table.Header[i]} is {row.Text(i)}, expected -1 to 1");
                values.Add((times[i], arousal ? (value + 1) / 2 : value));
            }
            if (!songs.TryAdd((int)row.Number(song), values)) throw row.Fault($"song {row.Text(song)} stands here a second time");
        }
        return songs;
    }

    static int Milliseconds(string path, string column) =>
        column.StartsWith("sample_", StringComparison.Ordinal) && column.EndsWith("ms", StringComparison.Ordinal)
        && int.TryParse(column.AsSpan(7, column.Length - 9), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new DataException(path, $"line 1: column '{column}', expected sample_15000ms, sample_15500ms and so on");

    static string? Find(string root, string file) => Directory.EnumerateFiles(root, file, Depth()).Order(StringComparer.Ordinal).FirstOrDefault();

    static string? FindFolder(string root, string name) => Path.GetFileName(Path.TrimEndingDirectorySeparator(root)) == name
        ? root : Directory.EnumerateDirectories(root, name, Depth()).Order(StringComparer.Ordinal).FirstOrDefault();

    static EnumerationOptions Depth() => new() { RecurseSubdirectories = true, MaxRecursionDepth = 6 };
}

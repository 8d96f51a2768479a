using System.Text.Json;
using Kymo.Signals;

namespace Kymo.Lab.Data.Music;

/// <summary>
/// The Lakh MIDI Dataset in its published trees (Raffel, PhD thesis, Columbia 2016): <c>lmd_matched</c> and <c>lmd_aligned</c>
/// (<c>A/B/C/TRABC.../MD5.mid</c>), <c>lmd_full</c> (<c>f/MD5.mid</c>), <c>clean_midi</c> (<c>Artist/Title.mid</c>). The group is what is
/// connected by a song of the Million Song Dataset or by equal content; of clean_midi the artist.
/// </summary>
public static class Lakh
{
    /// <summary>The publisher's licence.</summary>
    public const string Licence = "CC BY 4.0";

    static readonly string[] s_trees = ["lmd_matched", "lmd_aligned", "lmd_full", "clean_midi"];

    /// <summary>Whether a folder looks like one of the trees, or holds one.</summary>
    public static bool IsHere(string root) =>
        s_trees.Any(tree => Directory.Exists(Path.Combine(root, tree))) || s_trees.Contains(Path.GetFileName(Path.TrimEndingDirectorySeparator(root)));

    /// <summary>Lists the files. Nothing is opened: 176,000 names fit in memory, their contents do not.</summary>
    /// <param name="root">The folder that holds the tree, or the tree itself.</param>
    /// <param name="kind">What it is for; melodies need <c>emotion_labels.json</c> in the folder, Lakh has no such labels.</param>
    /// <param name="options">How labels are read.</param>
    /// <exception cref="DataException">No tree or no files.</exception>
    public static MusicSet Read(string root, MusicKind kind, LabelOptions options)
    {
        var tree = s_trees.Select(name => Path.Combine(root, name)).FirstOrDefault(Directory.Exists) ?? root;
        var files = MusicFolders.List(tree, kind);
        if (files.Count == 0) throw new DataException(tree, "holds no MIDI files; expected lmd_matched/A/B/C/ID/MD5.mid, lmd_full/f/MD5.mid or clean_midi/Artist/Title.mid");
        var labelFile = new[] { Path.Combine(tree, "emotion_labels.json"), Path.Combine(root, "emotion_labels.json") }.FirstOrDefault(File.Exists);
        var labels = labelFile is null ? null : EmotionLabels.Read(labelFile, options.Scale);
        var groups = Groups(files);
        var items = new LakhItems(tree);
        var exclusions = new List<Exclusion>();
        foreach (var (file, group) in files.Zip(groups))
        {
            Emotion? emotion = null;
            if (labels is not null)
            {
                if (labels.ByName.TryGetValue(file, out var found) || labels.ByName.TryGetValue(Path.GetFileName(file), out found)) emotion = found;
                else if (options.SkipUnlabelled)
                {
                    exclusions.Add(new(file, "no label in emotion_labels.json"));
                    continue;
                }
                else throw new DataException(labels.Path, $"has no label for {file}; add it, or leave such files out with data.unlabelled=skip");
            }
            items.Add(file, group, emotion);
        }
        return new("lakh", kind, root, Licence, labelFile is null ? "none" : "emotion_labels.json", items, exclusions, [$"tree {Path.GetFileName(tree)}"]);
    }

    /// <summary>How well each file fits its song, by song and file: <c>match_scores.json</c>.</summary>
    /// <exception cref="DataException">Not as the publisher writes it.</exception>
    public static IReadOnlyDictionary<(string Song, string Md5), double> ReadMatchScores(string path)
    {
        using var document = JsonFile.Open(path);
        var scores = new Dictionary<(string, string), double>();
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new DataException(path, "expected an object from song to {md5: score}");
        foreach (var song in document.RootElement.EnumerateObject())
        {
            if (song.Value.ValueKind != JsonValueKind.Object) throw new DataException(path, $"'{song.Name}' is no object from md5 to score");
            foreach (var file in song.Value.EnumerateObject())
            {
                if (file.Value.ValueKind != JsonValueKind.Number || file.Value.GetDouble() is not (>= 0 and <= 1))
                    throw new DataException(path, $"'{song.Name}', '{file.Name}': {file.Value.GetRawText()}, expected a number from 0 to 1");
                scores[(song.Name, file.Name)] = file.Value.GetDouble();
            }
        }
        return scores;
    }

    // Songs and contents are the nodes, files the edges between them; a group is what hangs together, named by its first node.
    static string[] Groups(IReadOnlyList<string> files)
    {
        var parents = new Dictionary<string, string>(StringComparer.Ordinal);
        string Root(string node)
        {
            var root = node;
            while (parents.TryGetValue(root, out var up) && up != root) root = up;
            while (node != root) (node, parents[node]) = (parents.GetValueOrDefault(node, root), root);
            return root;
        }
        var keys = files.Select(Keys).ToArray();
        foreach (var (song, content) in keys)
        {
            var (a, b) = (Root(song), Root(content));
            if (a != b) parents[string.CompareOrdinal(a, b) < 0 ? b : a] = string.CompareOrdinal(a, b) < 0 ? a : b;
        }
        return [.. keys.Select(key => Root(key.Song))];
    }

    static (string Song, string Content) Keys(string file)
    {
        var parts = file.Split('/');
        var name = Path.GetFileNameWithoutExtension(parts[^1]);
        if (name.Length != 32 || !name.All(char.IsAsciiHexDigit)) return parts.Length > 1 ? ("artist " + parts[^2], "artist " + parts[^2]) : (file, file);
        return parts.Length > 2 ? ("song " + parts[^2], "md5 " + name) : ("md5 " + name, "md5 " + name);
    }
}

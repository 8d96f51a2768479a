using System.Globalization;
using Kymo.Signals;
using Kymo.Signals.Music;

namespace Kymo.Lab.Data.Music;

/// <summary>A stretch of a song under one label.</summary>
/// <param name="Start">Seconds.</param>
/// <param name="End">Seconds.</param>
/// <param name="Label">The text.</param>
/// <param name="Line">Line in its file, from 1.</param>
public readonly record struct LabelledSpan(double Start, double End, string Label, int Line);

/// <summary>
/// POP909 in its published tree (Wang et al., ISMIR 2020): <c>NNN/NNN.mid</c> with the tracks MELODY, BRIDGE and PIANO,
/// <c>chord_midi.txt</c>, <c>key_audio.txt</c>. The group is the song.
/// </summary>
public static class Pop909
{
    /// <summary>The publisher's licence.</summary>
    public const string Licence = "MIT";

    /// <summary>Whether a folder looks like the tree.</summary>
    public static bool IsHere(string root) => Songs(root).Any();

    /// <summary>Lists the songs.</summary>
    /// <exception cref="DataException">There are none.</exception>
    public static MusicSet Read(string root, MusicKind kind)
    {
        var items = Songs(root).Select(song => new MusicItem($"{song}/{song}.mid", Path.Combine(root, song, song + ".mid"), song)).ToArray();
        if (items.Length == 0) throw new DataException(root, "holds no songs; expected NNN/NNN.mid with chord_midi.txt");
        return new("pop909", kind, root, Licence, "chord_midi.txt, key_audio.txt", items, [], []);
    }

    /// <summary>A song's chords.</summary>
    /// <exception cref="DataException">The file is absent or damaged, or a label is of no slot; with the line.</exception>
    public static IReadOnlyList<(LabelledSpan Span, int Slot)> Chords(MusicItem song) =>
    [
        .. Spans(Beside(song, "chord_midi.txt")).Select(span => ChordVocabulary.TryParse(span.Label, out var slot)
            ? (span, slot)
            : throw new DataException(Beside(song, "chord_midi.txt"), $"line {span.Line}: unknown chord '{span.Label}'")),
    ];

    /// <summary>A song's keys; none where it has no such file.</summary>
    /// <exception cref="DataException">The file is damaged; with the line.</exception>
    public static IReadOnlyList<(LabelledSpan Span, Key Key)> Keys(MusicItem song)
    {
        var path = Beside(song, "key_audio.txt");
        if (!File.Exists(path)) return [];
        return [.. Spans(path).Select(span => (span, Key.TryParse(span.Label) ?? throw new DataException(path, $"line {span.Line}: unknown key '{span.Label}'")))];
    }

    /// <summary>The key at a time: of the span that covers it, else of the nearest one; null where there are none.</summary>
    public static Key? KeyAt(IReadOnlyList<(LabelledSpan Span, Key Key)> keys, double seconds)
    {
        if (keys.Count == 0) return null;
        return keys.MinBy(key => Math.Max(0, Math.Max(key.Span.Start - seconds, seconds >= key.Span.End ? seconds - key.Span.End + 1e-9 : 0))).Key;
    }

    static IEnumerable<string> Songs(string root) => Directory.EnumerateDirectories(root).Select(folder => Path.GetFileName(folder))
        .Where(song => File.Exists(Path.Combine(root, song, song + ".mid"))).Order(StringComparer.Ordinal);

    static string Beside(MusicItem song, string name) => Path.Combine(Path.GetDirectoryName(song.Path)!, name);

    static List<LabelledSpan> Spans(string path)
    {
        if (!File.Exists(path)) throw new DataException(path, "no such file");
        var spans = new List<LabelledSpan>();
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            var cells = line.Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length != 3 || !Number(cells[0], out var start) || !Number(cells[1], out var end) || end < start)
                throw new DataException(path, $"line {index + 1}: '{line[..Math.Min(60, line.Length)]}', expected start, end and label");
            spans.Add(new(start, end, cells[2], index + 1));
        }
        return spans.Count > 0 ? spans : throw new DataException(path, "is empty, expected lines of start, end and label");
    }

    static bool Number(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}

namespace Kymo.Signals.Music;

/// <summary>
/// Chord labels (<c>C</c>, <c>F#:maj7/5</c>, <c>Bb:sus4(b7)</c>, <c>Am</c>, <c>N</c>) as 64 slots: 5 * pitch class + family, 60 for no
/// chord, 61 to 63 unused. Families: major, minor, diminished, dominant, suspended and other. The bass after a slash is ignored; case
/// matters (<c>M7</c> is major, <c>m7</c> minor).
/// </summary>
public static class ChordVocabulary
{
    /// <summary>Slots, the unused ones included.</summary>
    public const int Size = 64;

    /// <summary>Numbers of a context: a condition of 64, then the history of 64 slots.</summary>
    public const int ContextSize = 128;

    /// <summary>The slot of silence and of passages without a chord.</summary>
    public const int NoChord = 60;

    /// <summary>Slots that a label can have: 60 chords and no chord.</summary>
    public const int Used = 61;

    const int HistoryLength = 8;

    static readonly string[][] s_families =
    [
        ["", "maj", "M", "6", "maj6", "maj7", "M7", "maj9", "add9", "69"],
        ["m", "min", "-", "m6", "min6", "m7", "min7", "m9", "min9", "minmaj7", "mMaj7"],
        ["dim", "o", "dim7", "o7", "hdim7", "m7b5", "min7b5"],
        ["7", "9", "11", "13"],
        ["sus", "sus2", "sus4", "7sus4", "sus4(b7)", "aug", "+", "5"],
    ];

    static readonly Dictionary<string, int> s_familyOf = s_families
        .SelectMany((names, family) => names.Select(name => (name, family))).ToDictionary(entry => entry.name, entry => entry.family);

    /// <summary>The twelve pitch classes as slots are named.</summary>
    public static IReadOnlyList<string> PitchClasses { get; } = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];

    /// <summary>The families.</summary>
    public static IReadOnlyList<string> Families { get; } = ["maj", "min", "dim", "dom", "sus"];

    /// <summary>What each slot is: <c>C:maj</c>, <c>C:min</c> ... <c>B:sus</c>, <c>N</c>, <c>unused_61</c> ...</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. PitchClasses.SelectMany(root => Families.Select(family => root + ":" + family)), "N", "unused_61", "unused_62", "unused_63",
    ];

    /// <summary>A label's slot.</summary>
    /// <param name="label">The label.</param>
    /// <param name="slot">0 to 60.</param>
    /// <returns>False where the label has no root or an unknown quality.</returns>
    public static bool TryParse(string label, out int slot)
    {
        slot = NoChord;
        if (label is "N" or "NC" or "N.C.") return true;
        if (ReadRoot(label) is not (var root, var rest)) return false;
        var quality = rest.Split('/', 2)[0];
        if (quality.StartsWith(':')) quality = quality[1..];
        if (!s_familyOf.TryGetValue(quality, out var family)) return false;
        slot = (5 * root) + family;
        return true;
    }

    /// <summary>A slot in another key: its root moved by semitones; no chord stays.</summary>
    public static int Transpose(int slot, int semitones) =>
        slot >= NoChord ? slot : (5 * ((((slot / 5) + semitones) % 12 + 12) % 12)) + (slot % 5);

    /// <summary>The share of each slot over some chords.</summary>
    public static float[] Histogram(ReadOnlySpan<int> slots)
    {
        var counts = new double[Size];
        foreach (var slot in slots) counts[slot]++;
        var length = slots.Length;
        return [.. counts.Select(count => (float)Statistics.Share(count, length))];
    }

    /// <summary>
    /// The net's input: the condition, then the history: of the eight chords before, the nearest counts 1, each further one half of the
    /// one after it, divided by their sum; zeros where there are none.
    /// </summary>
    /// <param name="condition">64 numbers, or nothing for zeros.</param>
    /// <param name="previous">Slots before, the oldest first.</param>
    public static float[] Context(ReadOnlySpan<float> condition, ReadOnlySpan<int> previous)
    {
        if (condition.Length is not (0 or Size))
            throw new ArgumentException($"has {condition.Length} numbers, expected {Size} or none", nameof(condition));
        var context = new float[ContextSize];
        condition.CopyTo(context);
        var (weights, sum) = (new double[Size], 0.0);
        for (var j = 1; j <= Math.Min(HistoryLength, previous.Length); j++)
        {
            var weight = Math.Pow(0.5, j - 1);
            weights[previous[^j]] += weight;
            sum += weight;
        }
        if (sum == 0) return context;
        for (var slot = 0; slot < Size; slot++) context[Size + slot] = (float)(weights[slot] / sum);
        return context;
    }

    /// <summary>The seed's target under its switch: the root's letter only, its five slots alike.</summary>
    /// <param name="labels">Labels; an accidental is not seen.</param>
    /// <returns>Shares that sum to 1; null where a label begins with no letter from A to G.</returns>
    public static float[]? FirstLetterHistogram(IReadOnlyList<string> labels)
    {
        var counts = new double[Size];
        foreach (var label in labels)
        {
            if (label.Length == 0 || ReadRoot(label[..1]) is not (var root, _)) return null;
            for (var family = 0; family < 5; family++) counts[(5 * root) + family] += 1;
        }
        return [.. counts.Select(count => (float)Statistics.Share(count, 5.0 * labels.Count))];
    }

    /// <summary>The pitch class that a label begins with, and what follows; null where it begins with no letter from A to G.</summary>
    internal static (int Root, string Tail)? ReadRoot(string label)
    {
        var letter = label.Length == 0 ? -1 : "C D EF G A B".IndexOf(label[0], StringComparison.Ordinal);
        if (letter < 0 || label[0] == ' ') return null;
        var at = 1;
        for (; at < label.Length && label[at] is ('#' or 'b'); at++)
        {
            // Dozens of accidentals are a damaged file, not a chord.
            if (at > 4) return null;
            letter += label[at] == '#' ? 1 : -1;
        }
        return (((letter % 12) + 12) % 12, label[at..]);
    }
}

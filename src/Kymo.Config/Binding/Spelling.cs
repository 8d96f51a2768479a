namespace Kymo.Config;

/// <summary>Finds what a mistyped word may have meant.</summary>
static class Spelling
{
    /// <summary>The nearest words, best first, or none where nothing is near.</summary>
    public static IReadOnlyList<string> Nearest(string word, IEnumerable<string> words, int count = 3) =>
        [.. words.Select(candidate => (Word: candidate, Distance: Distance(word, candidate)))
            .Where(candidate => candidate.Distance <= Math.Max(2, word.Length / 3))
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Word, StringComparer.Ordinal)
            .Take(count).Select(candidate => candidate.Word)];

    // Insertions, deletions and substitutions (Levenshtein).
    static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            (previous, current) = (current, previous);
        }
        return previous[b.Length];
    }
}

namespace Kymo.Config;

/// <summary>The nearest of several names, for "did you mean".</summary>
static class NearestKeys
{
    /// <summary>
    /// The names nearest to a word, at most three, nearest first: those at most a third of the word's length (at least one, at most
    /// three) insertions, deletions, replacements or swaps of neighbours away, and those that begin with the word.
    /// </summary>
    public static IReadOnlyList<string> To(string word, IEnumerable<string> names)
    {
        var limit = Math.Clamp(word.Length / 3, 1, 3);
        return [.. names.Distinct().Where(name => name != word)
            .Select(name => (Name: name, Distance: Distance(word.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(pair => pair.Distance <= limit || (word.Length >= 2 && pair.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal)
            .Take(3).Select(pair => pair.Name)];
    }

    /// <summary>A line <c>Did you mean 'a' or 'b'?</c> with a line break before it, or nothing where no name is near.</summary>
    public static string Hint(string word, IEnumerable<string> names)
    {
        var near = To(word, names);
        return near.Count == 0 ? "" : $"\nDid you mean {string.Join(" or ", near.Select(name => $"'{name}'"))}?";
    }

    /// <summary>The hint for the first key of a path that a tree does not have.</summary>
    public static string Hint(ConfigNode from, string path)
    {
        var node = from;
        foreach (var key in KeyPath.Split(path))
        {
            if (node is not MapNode map) return "";
            if (!map.TryGet(key, out var child)) return Hint(key, map.Keys.Select(other => other.ToString()));
            node = child;
        }
        return "";
    }

    /// <summary>Fewest insertions, deletions, replacements and swaps of neighbours.</summary>
    static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 3 || Math.Max(a.Length, b.Length) > 200) return int.MaxValue;
        var rows = new int[3][];
        for (var i = 0; i < 3; i++) rows[i] = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) rows[0][j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var (row, above, twoAbove) = (rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3]);
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], twoAbove[j - 2] + 1);
            }
        }
        return rows[a.Length % 3][b.Length];
    }
}

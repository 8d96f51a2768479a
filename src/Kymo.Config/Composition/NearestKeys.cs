namespace Kymo.Config;

/// <summary>Which names a mistyped one may have meant.</summary>
static class NearestKeys
{
    const int Most = 3;

    /// <summary>A line <c>Did you mean 'a' or 'b'?</c> with a line break before it; empty if no name is near.</summary>
    public static string Hint(string name, IEnumerable<string> names)
    {
        var allowed = Math.Max(1, name.Length / 3);
        var near = names.Select(other => (Name: other, Distance: Distance(name, other)))
            .Where(other => other.Distance > 0 && other.Distance <= allowed).OrderBy(other => other.Distance).Take(Most).ToList();
        return near.Count == 0 ? "" : $"\nDid you mean {string.Join(" or ", near.Select(other => $"'{other.Name}'"))}?";
    }

    /// <summary>How many letters must be changed, added, left out, or swapped with their neighbour.</summary>
    static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 16) return int.MaxValue;
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
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], twoAbove[j - 2]
                    + 1);
            }
        }
        return rows[a.Length % 3][b.Length];
    }
}

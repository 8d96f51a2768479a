namespace Kymo.Config;

/// <summary>
/// File name patterns: <c>*</c> any characters, <c>?</c> one character, <c>[abc]</c>, <c>[a-z]</c> one of these, <c>[!abc]</c>
/// none of these; <c>[</c> without an end stands for itself. Case counts.
/// </summary>
static class NamePattern
{
    /// <summary>Whether all of a name fits a pattern. Takes time of at most name length times pattern length.</summary>
    public static bool Matches(ReadOnlySpan<char> name, ReadOnlySpan<char> pattern)
    {
        var (at, place) = (0, 0);
        var (starAt, starPlace) = (-1, -1);
        while (at < name.Length)
        {
            if (place < pattern.Length && pattern[place] == '*') (starAt, starPlace) = (at, place++);
            else if (place < pattern.Length && MatchesOne(name[at], pattern[place..], out var length)) (at, place) = (at + 1,
                place + length);
            else if (starPlace >= 0) (at, place) = (++starAt, starPlace + 1);
            else return false;
        }
        while (place < pattern.Length && pattern[place] == '*') place++;
        return place == pattern.Length;
    }

    static bool MatchesOne(char character, ReadOnlySpan<char> pattern, out int length)
    {
        length = 1;
        if (pattern[0] == '?') return true;
        if (pattern[0] != '[') return pattern[0] == character;
        var negated = pattern.Length > 1 && pattern[1] == '!';
        var first = negated ? 2 : 1;
        // A closing bracket right at the start belongs to the set.
        var end = first + 1 <= pattern.Length ? pattern[(first + 1)..].IndexOf(']') : -1;
        if (end < 0) return character == '[';
        var set = pattern[first..(first + 1 + end)];
        length = first + set.Length + 1;
        return Contains(set, character) != negated;
    }

    static bool Contains(ReadOnlySpan<char> set, char character)
    {
        for (var i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                if (set[i] <= character && character <= set[i + 2]) return true;
                i += 2;
            }
            else if (set[i] == character) return true;
        }
        return false;
    }
}

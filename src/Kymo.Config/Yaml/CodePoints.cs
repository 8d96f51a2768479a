using System.Text;

namespace Kymo.Config;

/// <summary>What a character is to the writer.</summary>
internal enum CharacterKind
{
    Other,
    Blank,
    Break,
}

/// <summary>Text by code points, which is how columns are counted. A lone half of a surrogate pair counts as one.</summary>
internal static class CodePoints
{
    public static int[] Of(string text)
    {
        var points = new int[Count(text)];
        for (int i = 0, at = 0; i < text.Length; at++)
        {
            var pair = char.IsSurrogatePair(text, i);
            points[at] = pair ? char.ConvertToUtf32(text, i) : text[i];
            i += pair ? 2 : 1;
        }
        return points;
    }

    public static int Count(string text)
    {
        var count = text.Length;
        for (var i = 0; i + 1 < text.Length; i++)
            if (char.IsSurrogatePair(text, i)) count--;
        return count;
    }

    public static string Text(ReadOnlySpan<int> points)
    {
        var text = new StringBuilder(points.Length);
        foreach (var point in points)
        {
            if (point > char.MaxValue) text.Append(char.ConvertFromUtf32(point));
            else text.Append((char)point);
        }
        return text.ToString();
    }

    public static CharacterKind KindOf(int c) => c switch
    {
        ' ' => CharacterKind.Blank,
        '\n' or 0x85 or 0x2028 or 0x2029 => CharacterKind.Break,
        _ => CharacterKind.Other,
    };
}

namespace Kymo.Config;

/// <summary>How a string is written.</summary>
internal enum YamlStyle
{
    Plain,
    SingleQuoted,
    DoubleQuoted,
}

/// <summary>Which style PyYAML's writer gives a string in block context.</summary>
internal static class YamlScalarStyle
{
    /// <param name="text">The string.</param>
    /// <param name="quote">True where it must not be plain because it would be read as another type.</param>
    /// <param name="isKey">True for a key that stands on one line with its colon.</param>
    public static YamlStyle Of(string text, bool quote, bool isKey)
    {
        if (text.Length == 0) return YamlStyle.SingleQuoted;
        var points = CodePoints.Of(text);
        var breaks = HasBreaks(text);
        var special = Array.Exists(points, IsSpecial) || HasBlankBeforeBreak(points);
        if (special || HasBreakBeforeBlank(points) || (isKey && breaks)) return YamlStyle.DoubleQuoted;
        var edges = CodePoints.KindOf(points[0]) != CharacterKind.Other || CodePoints.KindOf(points[^1]) != CharacterKind.Other;
        return quote || breaks || edges || HasIndicators(points) ? YamlStyle.SingleQuoted : YamlStyle.Plain;
    }

    /// <summary>Whether the text goes over several lines.</summary>
    public static bool HasBreaks(string text) => text.AsSpan().IndexOfAny("\n\u0085\u2028\u2029") >= 0;

    static bool IsSpecial(int c)
        => c is not ('\n' or (>= 0x20 and <= 0x7E) or 0x85 or (>= 0xA0 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD)
            or (>= 0x10000 and < 0x10FFFF)) || c == 0xFEFF;

    static bool HasBlankBeforeBreak(int[] points) => HasPair(points, CharacterKind.Blank, CharacterKind.Break);

    static bool HasBreakBeforeBlank(int[] points) => HasPair(points, CharacterKind.Break, CharacterKind.Blank);

    static bool HasPair(int[] points, CharacterKind first, CharacterKind second)
    {
        for (var i = 1; i < points.Length; i++)
            if (CodePoints.KindOf(points[i - 1]) == first && CodePoints.KindOf(points[i]) == second) return true;
        return false;
    }

    /// <summary>Characters that would end or change a plain scalar in block context.</summary>
    static bool HasIndicators(int[] points)
    {
        var text = CodePoints.Text(points.AsSpan(0, Math.Min(3, points.Length)));
        if (text is "---" or "...") return true;
        if (points[0] < 128 && "#,[]{}&*!|>'\"%@`".Contains((char)points[0])) return true;
        if (points[0] is '?' or ':' or '-' && IsSpace(points, 1)) return true;
        for (var i = 1; i < points.Length; i++)
        {
            if (points[i] == ':' && IsSpace(points, i + 1)) return true;
            if (points[i] == '#' && IsSpace(points, i - 1)) return true;
        }
        return false;
    }

    static bool IsSpace(int[] points, int index)
        => index >= points.Length || points[index] is 0 or ' ' or '\t' or '\r' or '\n' or 0x85 or 0x2028 or 0x2029;
}

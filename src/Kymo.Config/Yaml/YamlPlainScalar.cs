using System.Text;

namespace Kymo.Config;

/// <summary>Scans scalars without quotes.</summary>
internal static class YamlPlainScalar
{
    /// <summary>The scalar, and whether it ended with a line break, after which a key may begin.</summary>
    public static (YamlToken Token, bool EndsLine) Scan(YamlText text, int indent, bool inFlow)
    {
        var start = text.Mark;
        var result = new StringBuilder();
        var spaces = "";
        var endsLine = false;
        while (text.Peek() != '#')
        {
            var length = 0;
            while (!Ends(text, length, inFlow)) length++;
            if (length == 0) break;
            result.Append(spaces).Append(text.Take(length));
            endsLine = false;
            (spaces, endsLine) = Spaces(text);
            if (spaces.Length == 0 || text.Peek() == '#' || (!inFlow && text.Column <= indent)) break;
        }
        return (new YamlToken(YamlTokenKind.Scalar, start, result.ToString(), Plain: true), endsLine);
    }

    static bool Ends(YamlText text, int ahead, bool inFlow)
    {
        var c = text.Peek(ahead);
        if (YamlText.IsSpaceOrEnd(c)) return true;
        if (inFlow && c is ',' or '?' or '[' or ']' or '{' or '}' && inFlow) return true;
        if (c != ':') return false;
        var next = text.Peek(ahead + 1);
        return YamlText.IsSpaceOrEnd(next) || (inFlow && next is ',' or '[' or ']' or '{' or '}' && inFlow);
    }

    /// <summary>
    /// Blanks within a line stay; a line break becomes a blank, further ones stay. Nothing at a document separator.
    /// </summary>
    static (string Spaces, bool EndsLine) Spaces(YamlText text)
    {
        var length = 0;
        while (text.Peek(length) == ' ') length++;
        var blanks = text.Take(length);
        if (!YamlText.IsBreak(text.Peek())) return (blanks, false);
        var first = text.LineBreak();
        if (text.AtSeparator()) return ("", true);
        var breaks = new StringBuilder();
        while (text.Peek() == ' ' || YamlText.IsBreak(text.Peek()))
        {
            if (text.Peek() == ' ')
            {
                text.Forward();
                continue;
            }
            breaks.Append(text.LineBreak());
            if (text.AtSeparator()) return ("", true);
        }
        if (first != "\n") return (first + breaks, true);
        return (breaks.Length == 0 ? " " : breaks.ToString(), true);
    }
}

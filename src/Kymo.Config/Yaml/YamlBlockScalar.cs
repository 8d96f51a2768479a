using System.Text;

namespace Kymo.Config;

/// <summary>Scans literal (<c>|</c>) and folded (<c>&gt;</c>) scalars.</summary>
internal static class YamlBlockScalar
{
    const string Context = "a block scalar";

    public static YamlToken Scan(YamlText text, int outerIndent)
    {
        var start = text.Mark;
        var folded = text.Take(1) == ">";
        var (chomping, increment) = Indicators(text, start);
        YamlTagScanner.EndLine(text, Context, start);

        var minimum = Math.Max(outerIndent + 1, 1);
        var (breaks, widest) = increment is null ? LeadingBreaks(text) : ("", 0);
        var indent = increment is { } given ? minimum + given - 1 : Math.Max(minimum, widest);
        if (increment is not null) breaks = Breaks(text, indent);

        var result = new StringBuilder();
        var lineBreak = "";
        while (text.Column == indent && text.Peek() != '\0')
        {
            result.Append(breaks);
            var indented = text.Peek() is ' ' or '\t';
            var length = 0;
            while (!YamlText.IsBreakOrEnd(text.Peek(length))) length++;
            result.Append(text.Take(length));
            lineBreak = text.LineBreak();
            breaks = Breaks(text, indent);
            if (text.Column != indent || text.Peek() == '\0') break;
            if (!folded || lineBreak != "\n" || indented || text.Peek() is ' ' or '\t') result.Append(lineBreak);
            else if (breaks.Length == 0) result.Append(' ');
        }
        if (chomping != '-') result.Append(lineBreak);
        if (chomping == '+') result.Append(breaks);
        return new YamlToken(YamlTokenKind.Scalar, start, result.ToString());
    }

    /// <summary>A chomping mark and an indentation from 1 to 9, in any order.</summary>
    static (char? Chomping, int? Increment) Indicators(YamlText text, YamlMark start)
    {
        char? chomping = null;
        int? increment = null;
        if (text.Peek() is '+' or '-') chomping = text.Take(1)[0];
        if (char.IsAsciiDigit(text.Peek()))
        {
            if (text.Peek() == '0') throw text.Error("expected an indentation from 1 to 9, but found 0", text.Mark, Context, start);
            increment = text.Take(1)[0] - '0';
            if (chomping is null && text.Peek() is '+' or '-' && chomping is null) chomping = text.Take(1)[0];
        }
        if (text.Peek() != ' ' && !YamlText.IsBreakOrEnd(text.Peek()))
            throw YamlTagScanner.Unexpected(text, "chomping or indentation indicators", Context, start);
        return (chomping, increment);
    }

    /// <summary>Empty lines before the first line, and the widest column of their blanks.</summary>
    static (string Breaks, int Widest) LeadingBreaks(YamlText text)
    {
        var breaks = new StringBuilder();
        var widest = 0;
        while (text.Peek() == ' ' || YamlText.IsBreak(text.Peek()))
        {
            if (text.Peek() == ' ') text.Forward();
            else breaks.Append(text.LineBreak());
            widest = Math.Max(widest, text.Column);
        }
        return (breaks.ToString(), widest);
    }

    static string Breaks(YamlText text, int indent)
    {
        var breaks = new StringBuilder();
        SkipIndent(text, indent);
        while (YamlText.IsBreak(text.Peek()))
        {
            breaks.Append(text.LineBreak());
            SkipIndent(text, indent);
        }
        return breaks.ToString();
    }

    static void SkipIndent(YamlText text, int indent)
    {
        while (text.Column < indent && text.Peek() == ' ') text.Forward();
    }
}

using System.Text;

namespace Kymo.Config;

/// <summary>Scans anchors, aliases, tags and directives.</summary>
internal static class YamlTagScanner
{
    /// <summary><c>&amp;name</c> or <c>*name</c>.</summary>
    public static YamlToken Anchor(YamlText text)
    {
        var start = text.Mark;
        var kind = text.Peek() == '*' ? YamlTokenKind.Alias : YamlTokenKind.Anchor;
        var context = kind == YamlTokenKind.Alias ? "an alias" : "an anchor";
        text.Forward();
        var name = Name(text, context, start);
        var c = text.Peek();
        if (!YamlText.IsSpaceOrEnd(c) && !"?:,]}%@`".Contains(c)) throw Unexpected(text, "a letter or a digit", context, start);
        return new YamlToken(kind, start, name);
    }

    /// <summary><c>!</c>, <c>!suffix</c>, <c>!!suffix</c>, <c>!handle!suffix</c> or <c>!&lt;verbatim&gt;</c>.</summary>
    public static YamlToken Tag(YamlText text)
    {
        var start = text.Mark;
        string? handle = null;
        string suffix;
        if (text.Peek(1) == '<')
        {
            text.Forward(2);
            suffix = Uri(text, "a tag", start);
            if (text.Peek() != '>') throw Unexpected(text, "'>'", "a tag", start);
            text.Forward();
        }
        else if (YamlText.IsSpaceOrEnd(text.Peek(1)))
        {
            suffix = "!";
            text.Forward();
        }
        else
        {
            handle = HasHandle(text) ? Handle(text, "a tag", start) : text.Take(1);
            suffix = Uri(text, "a tag", start);
        }
        if (!IsBlankOrEnd(text.Peek())) throw Unexpected(text, "a blank", "a tag", start);
        return new YamlToken(YamlTokenKind.Tag, start, suffix, handle);
    }

    /// <summary>A line that begins with <c>%</c>.</summary>
    public static YamlToken Directive(YamlText text)
    {
        const string Context = "a directive";
        var start = text.Mark;
        text.Forward();
        var name = Name(text, Context, start);
        if (!IsBlankOrEnd(text.Peek())) throw Unexpected(text, "a letter or a digit", Context, start);
        YamlToken token;
        switch (name)
        {
            case "YAML":
                token = new YamlToken(YamlTokenKind.VersionDirective, start, Version(text, start));
                break;
            case "TAG":
                text.SkipBlanks();
                var handle = Handle(text, Context, start);
                if (text.Peek() != ' ') throw Unexpected(text, "a blank", Context, start);
                text.SkipBlanks();
                token = new YamlToken(YamlTokenKind.TagDirective, start, Uri(text, Context, start), handle);
                if (!IsBlankOrEnd(text.Peek())) throw Unexpected(text, "a blank", Context, start);
                break;
            default:
                token = new YamlToken(YamlTokenKind.OtherDirective, start);
                while (!YamlText.IsBreakOrEnd(text.Peek())) text.Forward();
                break;
        }
        EndLine(text, Context, start);
        return token;
    }

    /// <summary>Blanks, perhaps a comment, and the line's end.</summary>
    public static void EndLine(YamlText text, string context, YamlMark start)
    {
        text.SkipBlanks();
        text.SkipComment();
        if (!YamlText.IsBreakOrEnd(text.Peek())) throw Unexpected(text, "a comment or a line break", context, start);
        text.LineBreak();
    }

    public static ConfigException Unexpected(YamlText text, string expected, string context, YamlMark start)
        => text.Error($"expected {expected}, but found {YamlText.Name(text.Peek())}", text.Mark, context, start);

    static bool IsBlankOrEnd(char c) => c == ' ' || YamlText.IsBreakOrEnd(c);

    static string Name(YamlText text, string context, YamlMark start)
    {
        var length = 0;
        while (IsNameCharacter(text.Peek(length))) length++;
        return length > 0 ? text.Take(length) : throw Unexpected(text, "a letter or a digit", context, start);
    }

    static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    static string Version(YamlText text, YamlMark start)
    {
        text.SkipBlanks();
        var major = Number(text, start);
        if (text.Peek() != '.') throw Unexpected(text, "a digit or '.'", "a directive", start);
        text.Forward();
        Number(text, start);
        return IsBlankOrEnd(text.Peek()) ? major : throw Unexpected(text, "a digit or a blank", "a directive", start);
    }

    static string Number(YamlText text, YamlMark start)
    {
        var length = 0;
        while (char.IsAsciiDigit(text.Peek(length))) length++;
        return length > 0 ? text.Take(length).TrimStart('0') : throw Unexpected(text, "a digit", "a directive", start);
    }

    /// <summary>Whether a second <c>!</c> comes before the next blank.</summary>
    static bool HasHandle(YamlText text)
    {
        var length = 1;
        while (!IsBlankOrEnd(text.Peek(length)) && text.Peek(length) != '!') length++;
        return text.Peek(length) == '!';
    }

    static string Handle(YamlText text, string context, YamlMark start)
    {
        if (text.Peek() != '!') throw Unexpected(text, "'!'", context, start);
        var length = 1;
        if (text.Peek(1) == ' ') return text.Take(1);
        while (IsNameCharacter(text.Peek(length))) length++;
        if (text.Peek(length) == '!') return text.Take(length + 1);
        text.Forward(length);
        throw Unexpected(text, "'!'", context, start);
    }

    static string Uri(YamlText text, string context, YamlMark start)
    {
        var result = new StringBuilder();
        while (true)
        {
            var c = text.Peek();
            if (c == '%') result.Append(UriEscapes(text, context, start));
            else if (char.IsAsciiLetterOrDigit(c) || (c != '\0' && "-;/?:@&=+$,_.!~*'()[]".Contains(c))) result.Append(text.Take(1));
            else break;
        }
        return result.Length > 0 ? result.ToString() : throw Unexpected(text, "a URI", context, start);
    }

    static string UriEscapes(YamlText text, string context, YamlMark start)
    {
        var bytes = new List<byte>();
        while (text.Peek() == '%')
        {
            text.Forward();
            if (!char.IsAsciiHexDigit(text.Peek()) || !char.IsAsciiHexDigit(text.Peek(1)))
                throw text.Error("expected two hexadecimal digits after '%'", text.Mark, context, start);
            bytes.Add(Convert.ToByte(text.Take(2), 16));
        }
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            throw text.Error("the escapes are not UTF-8", text.Mark, context, start);
        }
    }
}

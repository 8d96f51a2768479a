using System.Globalization;

namespace Kymo.Config;

/// <summary>A place in a document: index, and line and column from 0.</summary>
internal readonly record struct YamlMark(int Index, int Line, int Column);

/// <summary>The characters of a document and where the scanner stands in them. Past the end there is NUL.</summary>
internal sealed class YamlText
{
    const int SnippetLength = 75;

    readonly string _text;
    readonly string _file;

    /// <summary>Stands before the first character, past a byte-order mark.</summary>
    /// <exception cref="ConfigException">A character that YAML does not allow, such as a control character or half a surrogate pair.</exception>
    public YamlText(string text, string file)
    {
        _text = text;
        _file = file;
        Check();
    }

    public int Index { get; private set; }

    public int Line { get; private set; }

    /// <summary>Characters since the line's start; the two halves of a surrogate pair count once.</summary>
    public int Column { get; private set; }

    public YamlMark Mark => new(Index, Line, Column);

    /// <summary>The character here, or some characters ahead.</summary>
    public char Peek(int ahead = 0) => Index + ahead < _text.Length ? _text[Index + ahead] : '\0';

    /// <summary>The next characters as text.</summary>
    public string Take(int length)
    {
        var taken = _text.Substring(Index, length);
        Forward(length);
        return taken;
    }

    /// <summary>Moves on.</summary>
    public void Forward(int count = 1)
    {
        for (; count > 0; count--)
        {
            var c = _text[Index++];
            if (c is '\n' or '\u0085' or '\u2028' or '\u2029' || (c == '\r' && Peek() != '\n'))
            {
                Line++;
                Column = 0;
            }
            else if (c != '\uFEFF' && !char.IsLowSurrogate(c)) Column++;
        }
    }

    public void SkipBlanks()
    {
        while (Peek() == ' ') Forward();
    }

    /// <summary>Moves past a comment, if one begins here, up to the line's end.</summary>
    public void SkipComment()
    {
        if (Peek() != '#') return;
        while (!IsBreakOrEnd(Peek())) Forward();
    }

    /// <summary>Passes a line break and gives it normalized; the empty text where there is none.</summary>
    public string LineBreak()
    {
        switch (Peek())
        {
            case '\r' when Peek(1) == '\n':
                Forward(2);
                return "\n";
            case '\r' or '\n' or '\u0085':
                Forward();
                return "\n";
            case '\u2028' or '\u2029':
                return Take(1);
            default:
                return "";
        }
    }

    /// <summary>Whether <c>---</c> or <c>...</c> stands here, followed by a blank or the end.</summary>
    public bool AtSeparator()
        => Peek() is '-' or '.' && Peek(1) == Peek() && Peek(2) == Peek() && IsSpaceOrEnd(Peek(3));

    public static bool IsBreak(char c) => c is '\r' or '\n' or '\u0085' or '\u2028' or '\u2029';

    public static bool IsBreakOrEnd(char c) => c == '\0' || IsBreak(c);

    public static bool IsSpaceOrEnd(char c) => c is ' ' or '\t' || IsBreakOrEnd(c);

    public SourcePosition At(YamlMark mark) => new(_file, mark.Line + 1, mark.Column + 1);

    /// <summary>An error here, with the line and a caret under the place.</summary>
    public ConfigException Error(string problem) => Error(problem, Mark);

    /// <summary>An error at a mark; <paramref name="context"/> says what was being read and <paramref name="start"/> where it began.</summary>
    public ConfigException Error(string problem, YamlMark mark, string? context = null, YamlMark? start = null)
    {
        var reading = context is null ? "" : $" (in {context} that starts in line {start!.Value.Line + 1}, column {start.Value.Column + 1})";
        return new ConfigException($"{At(mark)}: {problem}{reading}\n{Snippet(mark)}");
    }

    /// <summary>How a character is named in messages.</summary>
    public static string Name(char c) => c switch
    {
        '\0' => "the end of the document",
        '\t' => "a tab",
        '\r' or '\n' => "the end of the line",
        < ' ' or (>= '\u007f' and <= '\u00a0') or '\u2028' or '\u2029' => string.Create(CultureInfo.InvariantCulture, $"U+{(int)c:X4}"),
        _ => $"'{c}'",
    };

    string Snippet(YamlMark mark)
    {
        var start = mark.Index;
        while (start > 0 && !IsBreak(_text[start - 1]) && mark.Index - start < SnippetLength) start--;
        var end = mark.Index;
        while (end < _text.Length && !IsBreak(_text[end]) && end - mark.Index < SnippetLength) end++;
        return $"    {_text[start..end].Replace('\t', ' ')}\n    {new string(' ', mark.Index - start)}^";
    }

    void Check()
    {
        for (var i = 0; i < _text.Length; i++)
        {
            var c = _text[i];
            if (c is (>= ' ' and <= '~') or '\t' or '\n' or '\r' or '\u0085' or (>= '\u00a0' and <= '\ud7ff') or (>= '\ue000' and <= '\ufffd')) continue;
            if (char.IsSurrogatePair(_text, i)) i++;
            else throw Refused(i);
        }
        if (Peek() == '\uFEFF') Forward();
    }

    ConfigException Refused(int index)
    {
        Forward(index);
        return Error(string.Create(CultureInfo.InvariantCulture, $"unacceptable character U+{(int)_text[index]:X4}: special characters are not allowed"));
    }
}

using System.Globalization;
using System.Text;

namespace Kymo.Config;

/// <summary>Writes a text in the style that PyYAML's emitter chooses: plain, in single quotes, or in double quotes with escapes.</summary>
static class YamlText
{
    const int Width = 80;
    const string Breaks = "\n\u0085\u2028\u2029";

    /// <summary>Writes a text at the present column.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="text">The text.</param>
    /// <param name="indent">Column of continuation lines.</param>
    /// <param name="isKey">Whether it is a key, which stays on its line.</param>
    public static void Write(YamlOutput output, string text, int indent, bool isKey)
    {
        var (plain, single) = Styles(text);
        if (text.Length > 0 && plain && !NeedsQuotes(text)) WritePlain(output, text, indent, !isKey);
        else if (single && !(isKey && text.AsSpan().ContainsAny(Breaks))) WriteSingle(output, text, indent, !isKey);
        else WriteDouble(output, text, indent, !isKey);
    }

    // Texts that would read as something else; OmegaConf quotes y and n, and every form of number, too.
    static bool NeedsQuotes(string text) =>
        YamlResolver.Write(text) != YamlTag.String || YamlResolver.Read(text) != YamlTag.String
        || text is "y" or "Y" or "n" or "N" || PythonNumbers.TryParseInt(text, 10, out _) || PythonNumbers.TryParseFloat(text, out _);

    // What a text allows: plain in block context, single quotes.
    static (bool Plain, bool Single) Styles(string text)
    {
        if (text.Length == 0) return (false, true);
        var (indicator, lineBreak, special, spaceBreak, breakSpace) = (text.StartsWith("---", StringComparison.Ordinal) || text.StartsWith("...", StringComparison.Ordinal), false, false, false, false);
        var afterBlank = true;
        var (previousSpace, previousBreak) = (false, false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var beforeBlank = i + 1 >= text.Length || "\0 \t\r\n\u0085\u2028\u2029".Contains(text[i + 1]);
            if (i == 0)
            {
                if ("#,[]{}&*!|>'\"%@`".Contains(c)) indicator = true;
                if (c is '?' or ':' && beforeBlank) indicator = true;
                if (c == '-' && beforeBlank) indicator = true;
            }
            else
            {
                if (c == ':' && beforeBlank) indicator = true;
                if (c == '#' && afterBlank) indicator = true;
            }
            if (Breaks.Contains(c)) lineBreak = true;
            if (!IsPrintable(text, i)) special = true;
            if (c == ' ')
            {
                if (previousBreak) breakSpace = true;
                (previousSpace, previousBreak) = (true, false);
            }
            else if (Breaks.Contains(c))
            {
                if (previousSpace) spaceBreak = true;
                (previousSpace, previousBreak) = (false, true);
            }
            else
            {
                (previousSpace, previousBreak) = (false, false);
            }
            afterBlank = "\0 \t\r\n\u0085\u2028\u2029".Contains(c);
        }
        var edge = text[0] == ' ' || text[^1] == ' ' || Breaks.Contains(text[0]) || Breaks.Contains(text[^1]);
        var plain = !(edge || breakSpace || spaceBreak || special || lineBreak || indicator);
        return (plain, !(breakSpace || spaceBreak || special));
    }

    static bool IsPrintable(string text, int i)
    {
        var c = text[i];
        if (c is '\n' or (>= ' ' and <= '~') or '\u0085') return true;
        if (char.IsSurrogate(c))
            return char.IsHighSurrogate(c) ? i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) : i > 0 && char.IsHighSurrogate(text[i - 1]);
        return c is (>= '\u00A0' and <= '\uD7FF') or (>= '\uE000' and <= '\uFFFD') && c != '\uFEFF';
    }

    static void WritePlain(YamlOutput output, string text, int indent, bool split)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            if (text[start] == ' ')
            {
                while (end < text.Length && text[end] == ' ') end++;
                if (end == start + 1 && output.Column > Width && split) output.Indent(indent);
                else output.Put(text[start..end]);
            }
            else
            {
                while (end < text.Length && text[end] != ' ') end++;
                output.Put(text[start..end]);
            }
            start = end;
        }
    }

    static void WriteSingle(YamlOutput output, string text, int indent, bool split)
    {
        output.Put("'");
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            if (text[start] == ' ')
            {
                while (end < text.Length && text[end] == ' ') end++;
                if (end == start + 1 && output.Column > Width && split && start != 0 && end != text.Length) output.Indent(indent);
                else output.Put(text[start..end]);
            }
            else if (Breaks.Contains(text[start]))
            {
                while (end < text.Length && Breaks.Contains(text[end])) end++;
                if (text[start] == '\n') output.NewLine();
                foreach (var c in text.AsSpan(start, end - start)) output.Put(c == '\n' ? "\n" : c.ToString());
                output.Indent(indent);
            }
            else
            {
                while (end < text.Length && text[end] != ' ' && !Breaks.Contains(text[end])) end++;
                output.Put(text[start..end].Replace("'", "''", StringComparison.Ordinal));
            }
            start = end;
        }
        output.Put("'");
    }

    static void WriteDouble(YamlOutput output, string text, int indent, bool split)
    {
        output.Put("\"");
        var start = 0;
        for (var end = 0; end <= text.Length; end++)
        {
            var c = end < text.Length ? text[end] : '\0';
            if (end == text.Length || IsEscaped(c))
            {
                if (start < end) output.Put(text[start..end]);
                start = end;
                if (end < text.Length)
                {
                    output.Put(Escape(text, ref end));
                    start = end + 1;
                }
            }
            if (end > 0 && end < text.Length - 1 && (c == ' ' || start >= end) && output.Column + (end - start) > Width && split)
            {
                output.Put((start < end ? text[start..end] : "") + "\\");
                if (start < end) start = end;
                output.NewLine();
                output.Indent(indent);
                if (text[start] == ' ') output.Put("\\");
            }
        }
        output.Put("\"");
    }

    static bool IsEscaped(char c) =>
        c is '"' or '\\' or '\u0085' or '\u2028' or '\u2029' or '\uFEFF'
        || c is not ((>= ' ' and <= '~') or (>= '\u00A0' and <= '\uD7FF') or (>= '\uE000' and <= '\uFFFD'));

    static string Escape(string text, ref int at)
    {
        var c = text[at];
        var letter = c switch
        {
            '\0' => "0",
            '\a' => "a",
            '\b' => "b",
            '\t' => "t",
            '\n' => "n",
            '\v' => "v",
            '\f' => "f",
            '\r' => "r",
            '\u001B' => "e",
            '"' => "\"",
            '\\' => "\\",
            '\u0085' => "N",
            '\u2028' => "L",
            '\u2029' => "P",
            _ => null,
        };
        if (letter is not null) return "\\" + letter;
        if (char.IsHighSurrogate(c) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
            return "\\U" + new Rune(c, text[++at]).Value.ToString("X8", CultureInfo.InvariantCulture);
        return c <= '\u00FF' ? "\\x" + ((int)c).ToString("X2", CultureInfo.InvariantCulture) : "\\u" + ((int)c).ToString("X4", CultureInfo.InvariantCulture);
    }
}

using System.Text;

namespace Kymo.Config;

/// <summary>The layout of a document: where lines break, how far they are indented, how keys and items begin.</summary>
internal sealed class YamlEmitter
{
    /// <summary>Column after which a line is folded at the next blank.</summary>
    const int Width = 80;

    /// <summary>Longest key (with its tag) that may stand before its colon on one line.</summary>
    const int MaxSimpleKey = 128;

    readonly StringBuilder _text = new();
    int _indent = -1;
    int _column;
    bool _afterSpace = true;
    bool _atIndent = true;

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>A document; one that is a single plain scalar is ended by <c>...</c>.</summary>
    public void Document(ConfigNode node)
    {
        Node(node, inMap: false);
        LineBreak();
        if (node is ScalarNode && _text[0] is not ('\'' or '"' or '!')) _text.Append("...\n");
    }

    void Node(ConfigNode node, bool inMap)
    {
        switch (node)
        {
            case MapNode { Count: 0 }:
                Indicator("{}", afterSpace: true);
                break;
            case ListNode { Count: 0 }:
                Indicator("[]", afterSpace: true);
                break;
            case MapNode map:
                Map(map);
                break;
            case ListNode list:
                List(list, indentless: inMap && !_atIndent);
                break;
            case ScalarNode scalar:
                Scalar(scalar.Value, isKey: false);
                break;
        }
    }

    void Map(MapNode map)
    {
        var outer = _indent;
        _indent = outer < 0 ? 0 : outer + 2;
        foreach (var (key, value) in map)
        {
            Indent();
            var simple = IsSimple(key);
            if (!simple) Indicator("?", afterSpace: true, keepsIndent: true);
            Scalar(key.Value, simple);
            if (!simple) Indent();
            Indicator(":", afterSpace: !simple, keepsIndent: !simple);
            Node(value, inMap: true);
        }
        _indent = outer;
    }

    void List(ListNode list, bool indentless)
    {
        var outer = _indent;
        _indent = outer < 0 ? 0 : indentless ? outer : outer + 2;
        foreach (var item in list)
        {
            Indent();
            Indicator("-", afterSpace: true, keepsIndent: true);
            Node(item, inMap: false);
        }
        _indent = outer;
    }

    /// <summary>Whether a key fits on the line of its colon; the writer counts the length of its unwritten tag too.</summary>
    static bool IsSimple(ConfigKey key)
    {
        var (text, _) = YamlWriter.Scalar(key.Value);
        var tag = key.Value switch { bool => "!!bool", double => "!!float", null => "!!null", _ => "!!str" };
        return text.Length > 0 && tag.Length + CodePoints.Count(text) < MaxSimpleKey && !YamlScalarStyle.HasBreaks(text);
    }

    void Scalar(object? value, bool isKey)
    {
        var outer = _indent;
        _indent = outer < 0 ? 2 : outer + 2;
        if (value is byte[] bytes) Literal(YamlWriter.Base64(bytes));
        else
        {
            var (text, quote) = YamlWriter.Scalar(value);
            var style = value is string ? YamlScalarStyle.Of(text, quote, isKey) : YamlStyle.Plain;
            if (style == YamlStyle.Plain) Plain(CodePoints.Of(text), !isKey);
            else if (style == YamlStyle.SingleQuoted) SingleQuoted(CodePoints.Of(text), !isKey);
            else DoubleQuoted(CodePoints.Of(text), !isKey);
        }
        _indent = outer;
    }

    void Plain(int[] text, bool fold)
    {
        if (!_afterSpace) Put(" ");
        _afterSpace = _atIndent = false;
        Words(text, fold, quoted: false);
    }

    void SingleQuoted(int[] text, bool fold)
    {
        Indicator("'", afterSpace: true);
        Words(text, fold, quoted: true);
        Indicator("'", afterSpace: false);
    }

    /// <summary>Runs of blanks, of line breaks and of other characters; one blank past the width becomes a line break.</summary>
    void Words(int[] text, bool fold, bool quoted)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            var kind = CodePoints.KindOf(text[start]);
            end = start + 1;
            while (end < text.Length && CodePoints.KindOf(text[end]) == kind) end++;
            if (kind == CharacterKind.Break) Breaks(text.AsSpan(start, end - start));
            else if (kind == CharacterKind.Blank && fold && end - start == 1 && _column > Width && start > 0 && end < text.Length)
            {
                Indent();
                _afterSpace = _atIndent = false;
            }
            else if (quoted) Put(CodePoints.Text(text.AsSpan(start, end - start)).Replace("'", "''"));
            else Put(CodePoints.Text(text.AsSpan(start, end - start)));
        }
    }

    void Breaks(ReadOnlySpan<int> breaks)
    {
        if (breaks[0] == '\n') LineBreak();
        foreach (var c in breaks) LineBreak(CodePoints.Text([c]));
        Indent();
    }

    void DoubleQuoted(int[] text, bool fold)
    {
        Indicator("\"", afterSpace: true);
        var start = 0;
        for (var end = 0; end <= text.Length; end++)
        {
            if (end == text.Length || YamlEscapes.Needed(text[end]))
            {
                if (start < end) Put(CodePoints.Text(text.AsSpan(start, end - start)));
                start = end;
                if (end < text.Length)
                {
                    Put(YamlEscapes.Of(text[end]));
                    start = end + 1;
                }
            }
            var mayFold = fold && end > 0 && end < text.Length - 1 && (text[end] == ' ' || start >= end);
            if (!mayFold || _column + (end - start) <= Width) continue;
            Put((start < end ? CodePoints.Text(text.AsSpan(start, end - start)) : "") + "\\");
            if (start < end) start = end;
            Indent();
            _afterSpace = _atIndent = false;
            if (text[start] == ' ') Put("\\");
        }
        Indicator("\"", afterSpace: false);
    }

    void Literal(string lines)
    {
        Indicator("!!binary", afterSpace: true);
        Indicator("|", afterSpace: true);
        foreach (var line in lines.TrimEnd('\n').Split('\n'))
        {
            LineBreak();
            Indent();
            Put(line);
        }
        _afterSpace = _atIndent = false;
    }

    void Indicator(string mark, bool afterSpace, bool keepsIndent = false)
    {
        if (afterSpace && !_afterSpace) mark = " " + mark;
        Put(mark);
        _afterSpace = false;
        _atIndent = _atIndent && keepsIndent;
    }

    void Indent()
    {
        var indent = Math.Max(_indent, 0);
        if (!_atIndent || _column > indent || (_column == indent && !_afterSpace)) LineBreak();
        if (_column >= indent) return;
        _afterSpace = true;
        Put(new string(' ', indent - _column));
    }

    void LineBreak(string text = "\n")
    {
        _text.Append(text);
        _afterSpace = _atIndent = true;
        _column = 0;
    }

    void Put(string text)
    {
        _text.Append(text);
        _column += CodePoints.Count(text);
    }
}

namespace Kymo.Config;

/// <summary>
/// Cuts a document into tokens by PyYAML's rules, which are YAML 1.1 with stricter tabs. A key is known as one only at its colon, so
/// tokens are held back while a key on the same line (at most 1,024 characters back) may still begin at the first of them.
/// </summary>
internal sealed class YamlScanner
{
    const int MaxSimpleKey = 1024;

    readonly YamlText _text;
    readonly LinkedList<YamlToken> _tokens = [];
    readonly Stack<int> _indents = new();
    readonly List<SimpleKey?> _simpleKeys = [null];
    int _taken;
    int _indent = -1;
    int _flowLevel;
    bool _allowSimpleKey = true;
    bool _done;

    public YamlScanner(YamlText text) => _text = text;

    /// <summary>Where a key may have begun.</summary>
    sealed record SimpleKey(int Token, LinkedListNode<YamlToken>? Before, bool Required, YamlMark Mark);

    /// <summary>The next token, which stays.</summary>
    public YamlToken Peek()
    {
        while (NeedsMore()) Fetch();
        return _tokens.First!.Value;
    }

    /// <summary>The next token, which is taken.</summary>
    public YamlToken Take()
    {
        var token = Peek();
        _tokens.RemoveFirst();
        _taken++;
        return token;
    }

    bool NeedsMore()
    {
        if (_done) return false;
        if (_tokens.Count == 0) return true;
        DropStaleKeys();
        foreach (var key in _simpleKeys)
            if (key is { } first) return first.Token == _taken;
        return false;
    }

    void Fetch()
    {
        SkipToToken();
        DropStaleKeys();
        Unindent(_text.Column);
        var c = _text.Peek();
        switch (c)
        {
            case '\0':
                FetchEnd();
                break;
            case '%' when _text.Column == 0:
                ResetBlock();
                _tokens.AddLast(YamlTagScanner.Directive(_text));
                break;
            case '-' or '.' when _text.Column == 0 && _text.AtSeparator():
                ResetBlock();
                Add(c == '-' ? YamlTokenKind.DocumentStart : YamlTokenKind.DocumentEnd, 3);
                break;
            case '[' or '{':
                FetchFlowStart(c == '[' ? YamlTokenKind.FlowSequenceStart : YamlTokenKind.FlowMappingStart);
                break;
            case ']' or '}':
                FetchFlowEnd(c == ']' ? YamlTokenKind.FlowSequenceEnd : YamlTokenKind.FlowMappingEnd);
                break;
            case ',':
                _allowSimpleKey = true;
                DropKey();
                Add(YamlTokenKind.FlowEntry);
                break;
            case '-' when YamlText.IsSpaceOrEnd(_text.Peek(1)):
                FetchBlockEntry();
                break;
            case '?' when _flowLevel > 0 || YamlText.IsSpaceOrEnd(_text.Peek(1)):
                FetchKey();
                break;
            case ':' when _flowLevel > 0 || YamlText.IsSpaceOrEnd(_text.Peek(1)):
                FetchValue();
                break;
            default:
                FetchContent(c);
                break;
        }
    }

    void FetchContent(char c)
    {
        switch (c)
        {
            case '*' or '&':
                SaveKey();
                _tokens.AddLast(YamlTagScanner.Anchor(_text));
                break;
            case '!':
                SaveKey();
                _tokens.AddLast(YamlTagScanner.Tag(_text));
                break;
            case '|' or '>' when _flowLevel == 0:
                _allowSimpleKey = true;
                DropKey();
                _tokens.AddLast(YamlBlockScalar.Scan(_text, _indent));
                break;
            case '\'' or '"':
                SaveKey();
                _tokens.AddLast(YamlQuotedScalar.Scan(_text));
                break;
            default:
                if (!StartsPlain(c)) throw _text.Error($"found {YamlText.Name(c)} that cannot start any token; put the text in quotes");
                SaveKey();
                var (token, endsLine) = YamlPlainScalar.Scan(_text, _indent, _flowLevel > 0);
                _allowSimpleKey |= endsLine;
                _tokens.AddLast(token);
                break;
        }
    }

    bool StartsPlain(char c)
    {
        if (!YamlText.IsSpaceOrEnd(c) && !"-?:,[]{}#&*!|>'\"%@`".Contains(c)) return true;
        return !YamlText.IsSpaceOrEnd(_text.Peek(1)) && (c == '-' || (_flowLevel == 0 && c is '?' or ':'));
    }

    void SkipToToken()
    {
        while (true)
        {
            _text.SkipBlanks();
            _text.SkipComment();
            if (_text.LineBreak().Length == 0) return;
            if (_flowLevel == 0) _allowSimpleKey = true;
        }
    }

    void FetchEnd()
    {
        ResetBlock();
        Add(YamlTokenKind.StreamEnd, 0);
        _done = true;
    }

    /// <summary>Ends all blocks: a directive, a separator or the end follows.</summary>
    void ResetBlock()
    {
        Unindent(-1);
        DropKey();
        _allowSimpleKey = false;
    }

    void FetchFlowStart(YamlTokenKind kind)
    {
        SaveKey();
        _flowLevel++;
        _simpleKeys.Add(null);
        _allowSimpleKey = true;
        Add(kind);
    }

    void FetchFlowEnd(YamlTokenKind kind)
    {
        DropKey();
        if (_flowLevel == 0) throw _text.Error($"found {YamlText.Name(_text.Peek())} without its opening bracket");
        _simpleKeys.RemoveAt(_flowLevel--);
        _allowSimpleKey = false;
        Add(kind);
    }

    void FetchBlockEntry()
    {
        if (_flowLevel == 0)
        {
            if (!_allowSimpleKey) throw _text.Error("sequence entries are not allowed here; begin the list on a line of its own");
            if (Indent(_text.Column)) Add(YamlTokenKind.BlockSequenceStart, 0);
        }
        _allowSimpleKey = true;
        DropKey();
        Add(YamlTokenKind.BlockEntry);
    }

    void FetchKey()
    {
        if (_flowLevel == 0)
        {
            if (!_allowSimpleKey) throw _text.Error("mapping keys are not allowed here; begin the key on a line of its own");
            if (Indent(_text.Column)) Add(YamlTokenKind.BlockMappingStart, 0);
        }
        _allowSimpleKey = _flowLevel == 0;
        DropKey();
        Add(YamlTokenKind.Key);
    }

    void FetchValue()
    {
        if (_simpleKeys[_flowLevel] is { } key)
        {
            _simpleKeys[_flowLevel] = null;
            Insert(key, new YamlToken(YamlTokenKind.Key, key.Mark));
            if (_flowLevel == 0 && Indent(key.Mark.Column)) InsertBeforeKey(key);
            _allowSimpleKey = false;
        }
        else
        {
            if (_flowLevel == 0)
            {
                if (!_allowSimpleKey) throw _text.Error("mapping values are not allowed here; put a value that holds ': ' in quotes");
                if (Indent(_text.Column)) Add(YamlTokenKind.BlockMappingStart, 0);
            }
            _allowSimpleKey = _flowLevel == 0;
            DropKey();
        }
        Add(YamlTokenKind.Value);
    }

    /// <summary>Notes that a key may begin here, and that none may begin after it on this line.</summary>
    void SaveKey()
    {
        if (_allowSimpleKey)
        {
            DropKey();
            var required = _flowLevel == 0 && _indent == _text.Column;
            _simpleKeys[_flowLevel] = new SimpleKey(_taken + _tokens.Count, _tokens.Last, required, _text.Mark);
        }
        _allowSimpleKey = false;
    }

    /// <summary>Puts a token where a key began: after the token that then was the last, or first where that one is taken.</summary>
    void Insert(SimpleKey key, YamlToken token)
    {
        if (key.Before?.List is not null) _tokens.AddAfter(key.Before, token);
        else _tokens.AddFirst(token);
    }

    void InsertBeforeKey(SimpleKey key) => Insert(key, new YamlToken(YamlTokenKind.BlockMappingStart, key.Mark));

    void DropKey()
    {
        if (_simpleKeys[_flowLevel] is { Required: true } key) throw NoColon(key);
        _simpleKeys[_flowLevel] = null;
    }

    void DropStaleKeys()
    {
        for (var level = 0; level < _simpleKeys.Count; level++)
        {
            if (_simpleKeys[level] is not { } key || (key.Mark.Line == _text.Line && _text.Index - key.Mark.Index <= MaxSimpleKey)) continue;
            if (key.Required) throw NoColon(key);
            _simpleKeys[level] = null;
        }
    }

    ConfigException NoColon(SimpleKey key) => _text.Error("could not find expected ':'", _text.Mark, "a key", key.Mark);

    void Unindent(int column)
    {
        if (_flowLevel > 0) return;
        while (_indent > column)
        {
            _indent = _indents.Pop();
            Add(YamlTokenKind.BlockEnd, 0);
        }
    }

    bool Indent(int column)
    {
        if (_indent >= column) return false;
        _indents.Push(_indent);
        _indent = column;
        return true;
    }

    void Add(YamlTokenKind kind, int length = 1)
    {
        _tokens.AddLast(new YamlToken(kind, _text.Mark));
        _text.Forward(length);
    }
}

namespace Kymo.Config;

/// <summary>
/// Reads one override by recursive descent with one token of lookahead. Functions are evaluated on the way; their first error is
/// kept back until the rest of the text has proved to be well formed.
/// </summary>
sealed partial class OverrideParser
{
    /// <summary>How deep lists, dictionaries and functions may stand in one another.</summary>
    public const int MaxDepth = 256;

    readonly string _text;
    readonly OverrideErrors _errors;
    OverrideLexer _lexer;
    OverrideToken _current;
    OverrideToken _next;
    Random? _random;
    int _depth;
    int _valueStart;
    bool _inFirstElement;
    ConfigException? _functionError;

    public OverrideParser(string text, Random? random = null)
    {
        _text = text;
        _random = random;
        _errors = new OverrideErrors(text);
        _lexer = new OverrideLexer(text);
        _current = _lexer.Next();
        _next = _lexer.Next();
    }

    public Override Parse()
    {
        var kind = ParseKind();
        var (key, package) = ParseKey(kind);
        OverrideValue? value = null;
        if (kind != OverrideKind.Delete || _current.Kind != OverrideTokenKind.End)
        {
            ExpectEqual();
            value = _current.Kind == OverrideTokenKind.End ? TextValue.Empty : ParseValue();
            ExpectEnd();
        }
        return _functionError is null ? new Override(kind, key, package, value, _text) : throw _functionError;
    }

    OverrideKind ParseKind()
    {
        switch (_current.Kind)
        {
            case OverrideTokenKind.Tilde:
                Advance();
                return OverrideKind.Delete;
            case OverrideTokenKind.Plus:
                Advance();
                if (_current.Kind != OverrideTokenKind.Plus) return OverrideKind.Add;
                Advance();
                return OverrideKind.ForceAdd;
            default:
                return OverrideKind.Change;
        }
    }

    (string Key, string? Package) ParseKey(OverrideKind kind)
    {
        var start = _current.Start;
        var end = start;
        if (_current.Kind == OverrideTokenKind.Id && _next.Kind == OverrideTokenKind.Slash) end = ParseGroup();
        else if (_current.IsName) end = Advance().End;
        else if (_current.Kind is not (OverrideTokenKind.Equal or OverrideTokenKind.At)
            && (kind != OverrideKind.Delete || _current.Kind != OverrideTokenKind.End))
            throw Unexpected(_errors.KeyExpected(kind, _current, _next));
        var key = _text[start..end];
        if (_current.Kind != OverrideTokenKind.At) return (key, null);
        Advance();
        return _current.IsName ? (key, _text[_current.Start..Advance().End]) : (key, "");
    }

    /// <summary><c>ID/ID/...</c></summary>
    int ParseGroup()
    {
        var end = Advance().End;
        while (_current.Kind == OverrideTokenKind.Slash)
        {
            Advance();
            if (_current.Kind != OverrideTokenKind.Id) throw Unexpected(_errors.GroupPartExpected(_current));
            end = Advance().End;
        }
        return end;
    }

    void ExpectEqual()
    {
        if (_current.Kind != OverrideTokenKind.Equal) throw Unexpected(_errors.EqualExpected(_current, _next));
        Advance();
    }

    void ExpectEnd()
    {
        if (_current.Kind != OverrideTokenKind.End) throw Unexpected(_errors.EndExpected(_current, _next));
    }

    /// <summary>One element, or a comma list of them.</summary>
    OverrideValue ParseValue()
    {
        _valueStart = _current.Start;
        _inFirstElement = true;
        var first = ParseElement();
        _inFirstElement = false;
        if (_current.Kind != OverrideTokenKind.Comma) return first;
        var items = new List<OverrideValue> { first };
        while (_current.Kind == OverrideTokenKind.Comma)
        {
            Advance();
            items.Add(ParseElement());
        }
        return new ChoiceSweep(items) { IsSimple = true };
    }

    OverrideValue ParseElement()
    {
        switch (_current.Kind)
        {
            case OverrideTokenKind.Quoted:
                return ParseQuoted();
            case OverrideTokenKind.BracketOpen:
                return ParseList();
            case OverrideTokenKind.BraceOpen:
                return ParseDict();
            case OverrideTokenKind.Id when _next.Kind == OverrideTokenKind.ParenOpen:
                return ParseFunction();
            default:
                if (_current.IsPrimitive) return ParsePrimitive(inDictKey: false);
                throw Unexpected(_errors.ElementExpected(_current, _next, NoViableStart));
        }
    }

    ListValue ParseList()
    {
        Enter();
        Advance();
        var items = new List<OverrideValue>();
        if (_current.Kind != OverrideTokenKind.BracketClose)
        {
            items.Add(ParseElement());
            while (_current.Kind == OverrideTokenKind.Comma)
            {
                Advance();
                items.Add(ParseElement());
            }
        }
        Expect(OverrideTokenKind.BracketClose, "',' or ']'");
        _depth--;
        return new ListValue(items);
    }

    DictValue ParseDict()
    {
        Enter();
        Advance();
        var items = new DictBuilder();
        if (_current.Kind != OverrideTokenKind.BraceClose)
        {
            ParseEntry(items);
            while (_current.Kind == OverrideTokenKind.Comma)
            {
                Advance();
                ParseEntry(items);
            }
        }
        Expect(OverrideTokenKind.BraceClose, "',' or '}'");
        _depth--;
        return new DictValue(items.Items);
    }

    void ParseEntry(DictBuilder items)
    {
        if (!_current.IsDictKey) throw Unexpected(_errors.DictKeyExpected(_current, _next, NoViableStart));
        var key = ParsePrimitive(inDictKey: true);
        if (_current.Kind != OverrideTokenKind.Colon) throw Unexpected(_errors.ColonExpected(_current, _next, NoViableStart));
        Advance();
        items.Set(key, ParseElement());
    }

    /// <summary>
    /// While the first element of the value is read, Hydra's parser has not yet chosen a rule and names all of it.
    /// </summary>
    int? NoViableStart => _inFirstElement ? _valueStart : null;

    void Expect(OverrideTokenKind kind, string expected)
    {
        if (_current.Kind != kind) throw Unexpected(_errors.CloseExpected(kind, _current, _next, NoViableStart, expected));
        Advance();
    }

    void Enter()
    {
        if (++_depth > MaxDepth) throw _errors.TooDeep(_current.Start);
    }

    OverrideToken Advance()
    {
        var token = _current;
        if (token.Kind == OverrideTokenKind.Bad) throw _errors.BadCharacter(token);
        _current = _next;
        _next = _lexer.Next();
        return token;
    }

    /// <summary>A character that starts no token is the better thing to complain of.</summary>
    ConfigException Unexpected(ConfigException otherwise) =>
        _current.Kind == OverrideTokenKind.Bad ? _errors.BadCharacter(_current) : otherwise;
}

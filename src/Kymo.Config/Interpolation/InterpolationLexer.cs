namespace Kymo.Config;

/// <summary>
/// Cuts a value into tokens by OmegaConf 2.3's grammar. What a character means depends on where it stands: at top level, inside
/// <c>${…}</c> before a colon, inside a resolver's arguments, or in quotes. The longest token wins.
/// </summary>
internal sealed class InterpolationLexer
{
    enum Mode
    {
        Top,
        Value,
        Interpolation,
        SingleQuoted,
        DoubleQuoted,
    }

    readonly string _text;
    readonly List<Token> _tokens = [];
    readonly Stack<Mode> _outer = new();
    Mode _mode;
    int _at;

    InterpolationLexer(string text, Mode mode)
    {
        _text = text;
        _mode = mode;
    }

    /// <summary>The tokens of a configuration value, ended by one of the kind End.</summary>
    /// <exception cref="InterpolationFault">A character that no token begins with.</exception>
    public static List<Token> OfConfigValue(string text) => new InterpolationLexer(text, Mode.Top).Run();

    /// <summary>The tokens of a resolver's argument.</summary>
    /// <exception cref="InterpolationFault">A character that no token begins with.</exception>
    public static List<Token> OfElement(string text) => new InterpolationLexer(text, Mode.Value).Run();

    List<Token> Run()
    {
        while (_at < _text.Length)
        {
            switch (_mode)
            {
                case Mode.Value:
                    LexValue();
                    break;
                case Mode.Interpolation:
                    LexInterpolation();
                    break;
                default:
                    LexText();
                    break;
            }
        }
        _tokens.Add(new Token(TokenKind.End, "", _at));
        return _tokens;
    }

    char Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    void Add(TokenKind kind, int length)
    {
        _tokens.Add(new Token(kind, _text.Substring(_at, length), _at));
        _at += length;
    }

    void Push(Mode mode)
    {
        _outer.Push(_mode);
        _mode = mode;
    }

    void Pop()
    {
        if (!_outer.TryPop(out _mode)) throw InterpolationFault.Syntax("a closing brace without its opening one", _text, _at - 1);
    }

    int Blanks(int ahead)
    {
        var length = 0;
        while (Peek(ahead + length) is ' ' or '\t') length++;
        return length;
    }

    void AddOpen()
    {
        Add(TokenKind.InterpolationOpen, 2 + Blanks(2));
        Push(Mode.Interpolation);
    }

    /// <summary>Top level or quotes: text, escapes before <c>${</c>, escaped quotes.</summary>
    void LexText()
    {
        var quote = _mode switch { Mode.SingleQuoted => '\'', Mode.DoubleQuoted => '"', _ => '\0' };
        var backslashes = 0;
        while (Peek(backslashes) == '\\') backslashes++;
        var next = Peek(backslashes);
        var atOpen = next == '$' && Peek(backslashes + 1) == '{';
        var odd = backslashes % 2 == 1;
        if (atOpen && odd) Add(TokenKind.EscapedInterpolation, backslashes + 2);
        else if (quote != '\0' && next == quote && odd) Add(TokenKind.Escape, backslashes + 1);
        else if (backslashes > 0 && (atOpen || (quote != '\0' && next == quote))) Add(TokenKind.EscapedBackslashes, backslashes);
        else if (backslashes > 0) Add(TokenKind.Text, backslashes);
        else if (atOpen) AddOpen();
        else if (quote != '\0' && next == quote)
        {
            Add(TokenKind.QuoteClose, 1);
            Pop();
        }
        else
        {
            var length = 1;
            while (_at + length < _text.Length && Peek(length) is not ('$' or '\\') && Peek(length) != quote) length++;
            Add(TokenKind.Text, length);
        }
    }

    /// <summary>After <c>${</c>: a path of keys, or a resolver's name up to its colon.</summary>
    void LexInterpolation()
    {
        var blanks = Blanks(0);
        switch (Peek(blanks))
        {
            case ':':
                Add(TokenKind.Colon, blanks + 1 + Blanks(blanks + 1));
                _mode = Mode.Value;
                return;
            case '}':
                Add(TokenKind.InterpolationClose, blanks + 1);
                Pop();
                return;
        }
        if (blanks > 0) throw Unknown();
        switch (Peek())
        {
            case '.':
                Add(TokenKind.Dot, 1);
                return;
            case '[':
                Add(TokenKind.BracketOpen, 1);
                return;
            case ']':
                Add(TokenKind.BracketClose, 1);
                return;
            case '$' when Peek(1) == '{':
                AddOpen();
                return;
        }
        var length = 0;
        while (_at + length < _text.Length && !"\\{}()[]:. \t'\"".Contains(Peek(length))) length++;
        if (length == 0) throw Unknown();
        Add(ValueLexer.Identifier(_text, _at) == length ? TokenKind.Identifier : TokenKind.Key, length);
    }

    /// <summary>A resolver's arguments.</summary>
    void LexValue()
    {
        var blanks = Blanks(0);
        switch (Peek(blanks))
        {
            case '}':
                Add(TokenKind.BraceClose, blanks + 1);
                Pop();
                return;
            case ']':
                Add(TokenKind.BracketClose, blanks + 1);
                return;
            case ',':
                Add(TokenKind.Comma, blanks + 1 + Blanks(blanks + 1));
                return;
            case ':':
                Add(TokenKind.Colon, blanks + 1 + Blanks(blanks + 1));
                return;
        }
        if (blanks > 0)
        {
            Add(TokenKind.Blank, blanks);
            return;
        }
        switch (Peek())
        {
            case '$' when Peek(1) == '{':
                AddOpen();
                return;
            case '{':
                Add(TokenKind.BraceOpen, 1 + Blanks(1));
                Push(Mode.Value);
                return;
            case '[':
                Add(TokenKind.BracketOpen, 1 + Blanks(1));
                return;
            case '\'' or '"':
                var mode = Peek() == '\'' ? Mode.SingleQuoted : Mode.DoubleQuoted;
                Add(TokenKind.QuoteOpen, 1);
                Push(mode);
                return;
        }
        var (kind, length) = ValueLexer.Longest(_text, _at);
        if (length == 0) throw Unknown();
        Add(kind, length);
    }

    InterpolationFault Unknown() => InterpolationFault.Syntax($"token recognition error at: '{Peek()}'", _text, _at);
}

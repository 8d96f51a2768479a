namespace Kymo.Config;

/// <summary>
/// Cuts an override into tokens, always taking the longest that fits. It starts in the mode of keys and passes to the mode of
/// values with the first <c>=</c>. A character that starts no token gives one <see cref="OverrideTokenKind.Bad"/> token.
/// </summary>
struct OverrideLexer
{
    const string Escapable = "\\()[]{}:=, \t";

    readonly string _text;
    bool _inValue;
    int _position;

    /// <summary>A lexer at the first character of a key.</summary>
    public OverrideLexer(string text) => _text = text;

    /// <summary>A lexer that goes on in a value.</summary>
    public OverrideLexer(string text, int valueStart)
    {
        _text = text;
        _position = valueStart;
        _inValue = true;
    }

    public OverrideToken Next()
    {
        if (_position >= _text.Length) return new OverrideToken(OverrideTokenKind.End, _text.Length, _text.Length);
        var token = _inValue ? NextOfValue(_position) : NextOfKey(_position);
        _position = token.End;
        if (token.Kind == OverrideTokenKind.Equal) _inValue = true;
        return token;
    }

    readonly OverrideToken NextOfKey(int start) => _text[start] switch
    {
        '=' => new OverrideToken(OverrideTokenKind.Equal, start, SkipBlanks(start + 1)),
        '~' => new OverrideToken(OverrideTokenKind.Tilde, start, start + 1),
        '+' => new OverrideToken(OverrideTokenKind.Plus, start, start + 1),
        '@' => new OverrideToken(OverrideTokenKind.At, start, start + 1),
        ':' => new OverrideToken(OverrideTokenKind.Colon, start, start + 1),
        '/' => new OverrideToken(OverrideTokenKind.Slash, start, start + 1),
        _ => Name(start),
    };

    /// <summary>An ID, a special key (with <c>$</c>), or a path of these and whole numbers.</summary>
    readonly OverrideToken Name(int start)
    {
        var end = EndOfPart(start);
        if (end == start) return new OverrideToken(OverrideTokenKind.Bad, start, start + 1);
        var parts = 1;
        while (end < _text.Length && _text[end] == '.' && EndOfPart(end + 1) is var next && next > end + 1)
        {
            end = next;
            parts++;
        }
        if (parts > 1) return new OverrideToken(OverrideTokenKind.DotPath, start, end);
        if (char.IsAsciiDigit(_text[start])) return new OverrideToken(OverrideTokenKind.Bad, start,
            Math.Min(DeadEnd(end), _text.Length));
        var special = _text.AsSpan(start, end - start).Contains('$');
        return new OverrideToken(special ? OverrideTokenKind.KeySpecial : OverrideTokenKind.Id, start, end);
    }

    /// <summary>Where a lone number in a key stops making sense (the number, a point after it, and one character more).</summary>
    readonly int DeadEnd(int end) => end < _text.Length && _text[end] == '.' ? end + 2 : end + 1;

    readonly int EndOfPart(int start)
    {
        if (start >= _text.Length) return start;
        if (char.IsAsciiDigit(_text[start])) return EndOfUnsigned(start);
        if (!char.IsAsciiLetter(_text[start]) && _text[start] is not ('_' or '$')) return start;
        var end = start + 1;
        while (end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] is '_' or '-' or '$')) end++;
        return end;
    }

    readonly OverrideToken NextOfValue(int start)
    {
        var character = _text[start];
        if (character is ' ' or '\t') return AfterBlanks(start, SkipBlanks(start));
        if (char.IsAsciiLetter(character) || character == '_') return Word(start);
        return character switch
        {
            '(' => new OverrideToken(OverrideTokenKind.ParenOpen, start, SkipBlanks(start + 1)),
            ',' => new OverrideToken(OverrideTokenKind.Comma, start, SkipBlanks(start + 1)),
            ')' => new OverrideToken(OverrideTokenKind.ParenClose, start, start + 1),
            '[' => new OverrideToken(OverrideTokenKind.BracketOpen, start, SkipBlanks(start + 1)),
            ']' => new OverrideToken(OverrideTokenKind.BracketClose, start, start + 1),
            '{' => new OverrideToken(OverrideTokenKind.BraceOpen, start, SkipBlanks(start + 1)),
            '}' => new OverrideToken(OverrideTokenKind.BraceClose, start, start + 1),
            ':' => new OverrideToken(OverrideTokenKind.Colon, start, SkipBlanks(start + 1)),
            '=' => new OverrideToken(OverrideTokenKind.Equal, start, SkipBlanks(start + 1)),
            '\'' or '"' => Quoted(start),
            '$' => Interpolation(start),
            '\\' => Escape(start),
            '/' or '%' or '*' or '@' or '?' or '|' => new OverrideToken(OverrideTokenKind.UnquotedChar, start, start + 1),
            '+' or '-' or '.' or (>= '0' and <= '9') => Number(start),
            _ => new OverrideToken(OverrideTokenKind.Bad, start, start + 1),
        };
    }

    /// <summary>Blanks belong to the bracket, comma, colon or equal sign they stand before; else they are a token.</summary>
    readonly OverrideToken AfterBlanks(int start, int end)
    {
        if (end < _text.Length && _text[end] is '(' or ',' or ')' or ']' or '}' or ':' or '=')
            return NextOfValue(end) with { Start = start };
        return new OverrideToken(OverrideTokenKind.Blank, start, end);
    }

    readonly OverrideToken Word(int start)
    {
        var end = start + 1;
        while (end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] is '_' or '-')) end++;
        var word = _text.AsSpan(start, end - start);
        var kind = word.Length switch
        {
            3 when IsInfOrNan(word) => OverrideTokenKind.Float,
            4 when word.Equals("true", StringComparison.OrdinalIgnoreCase) => OverrideTokenKind.Bool,
            5 when word.Equals("false", StringComparison.OrdinalIgnoreCase) => OverrideTokenKind.Bool,
            4 when word.Equals("null", StringComparison.OrdinalIgnoreCase) => OverrideTokenKind.Null,
            _ => OverrideTokenKind.Id,
        };
        return new OverrideToken(kind, start, end);
    }

    static bool IsInfOrNan(ReadOnlySpan<char> word) =>
        word.Equals("inf", StringComparison.OrdinalIgnoreCase) || word.Equals("nan", StringComparison.OrdinalIgnoreCase);

    /// <summary>A quote ends at the first mark of its kind that an even number of backslashes stands before.</summary>
    readonly OverrideToken Quoted(int start)
    {
        var quote = _text[start];
        var backslashes = 0;
        for (var i = start + 1; i < _text.Length; i++)
        {
            if (_text[i] == quote && backslashes % 2 == 0) return new OverrideToken(OverrideTokenKind.Quoted, start, i + 1);
            backslashes = _text[i] == '\\' ? backslashes + 1 : 0;
        }
        return new OverrideToken(OverrideTokenKind.Bad, start, _text.Length);
    }

    readonly OverrideToken Interpolation(int start)
    {
        if (start + 1 < _text.Length && _text[start + 1] == '{')
        {
            var close = _text.IndexOf('}', start + 2);
            if (close > start + 2) return new OverrideToken(OverrideTokenKind.Interpolation, start, close + 1);
        }
        return new OverrideToken(OverrideTokenKind.UnquotedChar, start, start + 1);
    }

    readonly OverrideToken Escape(int start)
    {
        var end = start;
        while (end + 1 < _text.Length && _text[end] == '\\' && Escapable.Contains(_text[end + 1])) end += 2;
        return end == start ? new OverrideToken(OverrideTokenKind.UnquotedChar, start, start + 1)
            : new OverrideToken(OverrideTokenKind.Escape, start, end);
    }

    readonly OverrideToken Number(int start)
    {
        var digits = _text[start] is '+' or '-' ? start + 1 : start;
        if (digits > start && digits + 3 <= _text.Length && IsInfOrNan(_text.AsSpan(digits, 3)))
            return new OverrideToken(OverrideTokenKind.Float, start, digits + 3);
        var whole = EndOfUnsigned(digits);
        var end = whole;
        if (end < _text.Length && _text[end] == '.')
        {
            var fraction = EndOfDigits(end + 1);
            if (whole > digits || fraction > end + 1) end = fraction;
        }
        if (end == digits) return new OverrideToken(OverrideTokenKind.UnquotedChar, start, start + 1);
        var exponent = EndOfExponent(end);
        return new OverrideToken(end == whole && exponent == end ? OverrideTokenKind.Int : OverrideTokenKind.Float, start,
            exponent);
    }

    readonly int EndOfExponent(int start)
    {
        if (start >= _text.Length || _text[start] is not ('e' or 'E')) return start;
        var digits = start + 1;
        if (digits < _text.Length && _text[digits] is '+' or '-') digits++;
        var end = EndOfDigits(digits);
        return end == digits ? start : end;
    }

    /// <summary><c>0</c>, or a digit from 1 to 9 followed by digits with single underscores between them.</summary>
    readonly int EndOfUnsigned(int start)
    {
        if (start >= _text.Length) return start;
        return _text[start] == '0' ? start + 1 : EndOfDigits(start);
    }

    readonly int EndOfDigits(int start)
    {
        if (start >= _text.Length || !char.IsAsciiDigit(_text[start])) return start;
        var end = start + 1;
        while (end < _text.Length)
        {
            if (char.IsAsciiDigit(_text[end])) end++;
            else if (_text[end] == '_' && end + 1 < _text.Length && char.IsAsciiDigit(_text[end + 1])) end += 2;
            else break;
        }
        return end;
    }

    readonly int SkipBlanks(int start)
    {
        while (start < _text.Length && _text[start] is ' ' or '\t') start++;
        return start;
    }
}

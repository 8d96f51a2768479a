using System.Text;

namespace Kymo.Config;

/// <summary>Parses values with interpolations by OmegaConf 2.3's grammar.</summary>
internal sealed class InterpolationParser
{
    /// <summary>Deepest nesting of interpolations, lists and maps in one value.</summary>
    const int MaxDepth = 100;

    readonly string _text;
    readonly List<Token> _tokens;
    int _at;
    int _depth;

    InterpolationParser(string text, List<Token> tokens)
    {
        _text = text;
        _tokens = tokens;
    }

    /// <summary>A configuration value that holds <c>${</c>.</summary>
    /// <exception cref="InterpolationFault">The text does not fit the grammar.</exception>
    public static Syntax.Joined ConfigValue(string text)
    {
        var parser = new InterpolationParser(text, InterpolationLexer.OfConfigValue(text));
        var value = parser.ParseText();
        parser.Expect(TokenKind.End, "the end");
        return value;
    }

    /// <summary>A single element: the text that <c>oc.decode</c> is given.</summary>
    /// <exception cref="InterpolationFault">The text does not fit the grammar.</exception>
    public static Syntax Element(string text)
    {
        var parser = new InterpolationParser(text, InterpolationLexer.OfElement(text));
        var value = parser.ParseElement();
        parser.Expect(TokenKind.End, "the end");
        return value;
    }

    Token Next => _tokens[_at];

    Token Take() => _tokens[_at++];

    bool TryTake(TokenKind kind)
    {
        if (Next.Kind != kind) return false;
        _at++;
        return true;
    }

    Token Expect(TokenKind kind, string expected) => Next.Kind == kind ? Take() : throw Unexpected(expected);

    InterpolationFault Unexpected(string expected)
        => InterpolationFault.Syntax($"expected {expected}, but found {Next.Name}", _text, Next.Start);

    void Enter()
    {
        if (++_depth > MaxDepth) throw InterpolationFault.Syntax($"nested deeper than {MaxDepth} levels", _text, Next.Start);
    }

    /// <summary>Text and interpolations at top level or in quotes.</summary>
    Syntax.Joined ParseText()
    {
        var parts = new List<Syntax>();
        while (true)
        {
            var token = Next;
            switch (token.Kind)
            {
                case TokenKind.Text:
                    parts.Add(new Syntax.Text(token.Text));
                    break;
                case TokenKind.EscapedInterpolation:
                    parts.Add(new Syntax.Text(token.Text[^(token.Text.Length / 2 + 1)..]));
                    break;
                case TokenKind.Escape:
                    parts.Add(new Syntax.Text(Unescape(token.Text)));
                    break;
                case TokenKind.EscapedBackslashes:
                    parts.Add(new Syntax.Text(Unescape(token.Text)));
                    break;
                case TokenKind.InterpolationOpen:
                    parts.Add(ParseInterpolation());
                    continue;
                default:
                    return new Syntax.Joined(parts);
            }
            _at++;
        }
    }

    /// <summary><c>${path}</c> or <c>${name:arguments}</c>; which one it is shows at its end or its colon.</summary>
    Syntax ParseInterpolation()
    {
        Enter();
        Take();
        var parts = new List<Syntax>();
        var mayBeName = true;
        while (Next.Kind == TokenKind.Dot)
        {
            parts.Add(new Syntax.Text(Take().Text));
            mayBeName = false;
        }
        ParseKeyOrIndex(parts, ref mayBeName);
        while (Next.Kind is TokenKind.Dot or TokenKind.BracketOpen)
        {
            if (Next.Kind == TokenKind.BracketOpen)
            {
                ParseKeyOrIndex(parts, ref mayBeName);
                continue;
            }
            parts.Add(new Syntax.Text(Take().Text));
            ParseKey(parts, ref mayBeName);
        }
        _depth--;
        if (TryTake(TokenKind.InterpolationClose)) return new Syntax.Path(parts);
        if (Next.Kind != TokenKind.Colon || !mayBeName) throw Unexpected(mayBeName ? "'.', '[', ':' or '}'" : "'.', '[' or '}'");
        Take();
        Enter();
        var arguments = Next.Kind == TokenKind.BraceClose ? [] : ParseSequence(TokenKind.BraceClose);
        Expect(TokenKind.BraceClose, "',' or '}'");
        _depth--;
        return new Syntax.Call(parts, arguments);
    }

    /// <summary>A key, or one in brackets.</summary>
    void ParseKeyOrIndex(List<Syntax> parts, ref bool mayBeName)
    {
        if (Next.Kind != TokenKind.BracketOpen)
        {
            ParseKey(parts, ref mayBeName);
            return;
        }
        parts.Add(new Syntax.Text(Take().Text));
        ParseKey(parts, ref mayBeName);
        parts.Add(new Syntax.Text(Expect(TokenKind.BracketClose, "']'").Text));
        mayBeName = false;
    }

    /// <summary>A word, or an interpolation that stands for one.</summary>
    void ParseKey(List<Syntax> parts, ref bool mayBeName)
    {
        switch (Next.Kind)
        {
            case TokenKind.InterpolationOpen:
                parts.Add(ParseInterpolation());
                break;
            case TokenKind.Identifier or TokenKind.Key:
                mayBeName &= Next.Kind == TokenKind.Identifier;
                parts.Add(new Syntax.Text(Take().Text));
                break;
            default:
                throw Unexpected("a key");
        }
    }

    /// <summary>Elements between commas; an absent one is the empty text.</summary>
    List<Syntax> ParseSequence(TokenKind end)
    {
        var values = new List<Syntax>();
        var afterComma = true;
        while (Next.Kind != end)
        {
            if (TryTake(TokenKind.Comma))
            {
                if (afterComma) values.Add(new Syntax.Text(""));
                afterComma = true;
            }
            else if (afterComma)
            {
                values.Add(ParseElement());
                afterComma = false;
            }
            else throw Unexpected(end == TokenKind.BraceClose ? "',' or '}'" : "',' or ']'");
        }
        if (afterComma) values.Add(new Syntax.Text(""));
        return values;
    }

    Syntax ParseElement()
    {
        Enter();
        Syntax element = Next.Kind switch
        {
            TokenKind.QuoteOpen => ParseQuoted(),
            TokenKind.BracketOpen => ParseList(),
            TokenKind.BraceOpen => ParseMap(),
            _ => ParsePrimitive(),
        };
        _depth--;
        return element;
    }

    Syntax.Quoted ParseQuoted()
    {
        Take();
        if (TryTake(TokenKind.QuoteClose)) return new Syntax.Quoted(null);
        var content = ParseText();
        Expect(TokenKind.QuoteClose, "the closing quote");
        return new Syntax.Quoted(content);
    }

    Syntax.Items ParseList()
    {
        Take();
        if (TryTake(TokenKind.BracketClose)) return new Syntax.Items([]);
        var items = ParseSequence(TokenKind.BracketClose);
        Expect(TokenKind.BracketClose, "',' or ']'");
        return new Syntax.Items(items);
    }

    Syntax.Pairs ParseMap()
    {
        Take();
        var pairs = new List<(object?, Syntax)>();
        if (TryTake(TokenKind.BraceClose)) return new Syntax.Pairs(pairs);
        do
        {
            var key = ParseMapKey();
            Expect(TokenKind.Colon, "':'");
            pairs.Add((key, ParseElement()));
        }
        while (TryTake(TokenKind.Comma));
        Expect(TokenKind.BraceClose, "',' or '}'");
        return new Syntax.Pairs(pairs);
    }

    object? ParseMapKey()
    {
        var start = _at;
        while (IsPrimitive(Next.Kind) && Next.Kind != TokenKind.Colon) _at++;
        var tokens = _tokens[start.._at];
        if (tokens.Count == 0) throw Unexpected("a key");
        if (tokens.Count == 1) return Value(tokens[0]);
        return string.Concat(tokens.Select(PartText));
    }

    Syntax ParsePrimitive()
    {
        var parts = new List<Syntax>();
        var first = Next;
        var count = 0;
        for (; IsPrimitive(Next.Kind) || Next.Kind == TokenKind.InterpolationOpen; count++)
            parts.Add(Next.Kind == TokenKind.InterpolationOpen ? ParseInterpolation() : new Syntax.Text(PartText(Take())));
        if (count == 0) throw Unexpected("a value");
        if (count > 1 || first.Kind == TokenKind.InterpolationOpen) return new Syntax.Joined(parts);
        return Value(first) is string text ? new Syntax.Text(text) : new Syntax.Literal(Value(first));
    }

    static bool IsPrimitive(TokenKind kind)
        => kind is TokenKind.Identifier or TokenKind.Null or TokenKind.Int or TokenKind.Float or TokenKind.Bool or TokenKind.Character
            or TokenKind.Colon or TokenKind.Escape or TokenKind.Blank;

    static string PartText(Token token) => token.Kind == TokenKind.Escape ? Unescape(token.Text) : token.Text;

    object? Value(Token token)
    {
        switch (token.Kind)
        {
            case TokenKind.Null:
                return null;
            case TokenKind.Bool:
                return token.Text.Equals("true", StringComparison.OrdinalIgnoreCase);
            case TokenKind.Int:
                return PythonNumbers.TryParseInt(token.Text, 10, out var whole)
                    ? whole
                    : throw InterpolationFault.Syntax("the number has too many digits", _text, token.Start);
            case TokenKind.Float:
                return PythonNumbers.TryParseFloat(token.Text, out var number) ? number : double.NaN;
            case TokenKind.Blank:
                throw InterpolationFault.Syntax("a value that is all blanks; put it in quotes", _text, token.Start);
            default:
                return PartText(token);
        }
    }

    /// <summary>Every second character: what stands behind each backslash.</summary>
    static string Unescape(string text)
    {
        var result = new StringBuilder(text.Length / 2);
        for (var i = 1; i < text.Length; i += 2) result.Append(text[i]);
        return result.ToString();
    }
}

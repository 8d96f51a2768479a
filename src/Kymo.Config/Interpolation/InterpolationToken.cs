namespace Kymo.Config;

/// <summary>The kinds of token in a value with interpolations.</summary>
internal enum TokenKind
{
    End,
    Text,
    EscapedInterpolation,
    EscapedBackslashes,
    InterpolationOpen,
    InterpolationClose,
    Dot,
    Key,
    Identifier,
    Colon,
    Comma,
    BracketOpen,
    BracketClose,
    BraceOpen,
    BraceClose,
    QuoteOpen,
    QuoteClose,
    Escape,
    Blank,
    Character,
    Null,
    Int,
    Float,
    Bool,
}

/// <summary>A token: its kind, its text and where it begins.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Start)
{
    /// <summary>How the token is named in messages.</summary>
    public string Name => Kind == TokenKind.End ? "the end" : $"'{Text}'";
}

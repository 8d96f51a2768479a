namespace Kymo.Config;

/// <summary>The kinds of token of the override grammar. The names in messages are those of Hydra's grammar.</summary>
enum OverrideTokenKind : byte
{
    End,
    Bad,
    Equal,
    Tilde,
    Plus,
    At,
    Colon,
    Slash,
    Id,
    KeySpecial,
    DotPath,
    ParenOpen,
    Comma,
    ParenClose,
    BracketOpen,
    BracketClose,
    BraceOpen,
    BraceClose,
    Float,
    Int,
    Bool,
    Null,
    UnquotedChar,
    Escape,
    Blank,
    Quoted,
    Interpolation,
}

/// <summary>A stretch of the override's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Its first character.</param>
/// <param name="End">Just past its last character.</param>
readonly record struct OverrideToken(OverrideTokenKind Kind, int Start, int End)
{
    /// <summary>Whether it may stand in an unquoted value.</summary>
    public bool IsPrimitive => IsDictKey || Kind is OverrideTokenKind.Interpolation or OverrideTokenKind.Colon;

    /// <summary>Whether it may stand in a dictionary's key.</summary>
    public bool IsDictKey => Kind is OverrideTokenKind.Id or OverrideTokenKind.Null or OverrideTokenKind.Int
        or OverrideTokenKind.Float or OverrideTokenKind.Bool or OverrideTokenKind.UnquotedChar or OverrideTokenKind.Escape
        or OverrideTokenKind.Blank;

    /// <summary>Whether it may be a key or a package.</summary>
    public bool IsName => Kind is OverrideTokenKind.Id or OverrideTokenKind.KeySpecial or OverrideTokenKind.DotPath;
}

/// <summary>How Hydra's messages name the tokens.</summary>
static class OverrideTokenNames
{
    public static string Of(OverrideTokenKind kind) => kind switch
    {
        OverrideTokenKind.End => "<EOF>",
        OverrideTokenKind.Equal => "EQUAL",
        OverrideTokenKind.Tilde => "'~'",
        OverrideTokenKind.Plus => "'+'",
        OverrideTokenKind.At => "'@'",
        OverrideTokenKind.Colon => "':'",
        OverrideTokenKind.Slash => "'/'",
        OverrideTokenKind.Id => "ID",
        OverrideTokenKind.KeySpecial => "KEY_SPECIAL",
        OverrideTokenKind.DotPath => "DOT_PATH",
        OverrideTokenKind.ParenOpen => "POPEN",
        OverrideTokenKind.Comma => "COMMA",
        OverrideTokenKind.ParenClose => "PCLOSE",
        OverrideTokenKind.BracketOpen => "BRACKET_OPEN",
        OverrideTokenKind.BracketClose => "BRACKET_CLOSE",
        OverrideTokenKind.BraceOpen => "BRACE_OPEN",
        OverrideTokenKind.BraceClose => "BRACE_CLOSE",
        OverrideTokenKind.Float => "FLOAT",
        OverrideTokenKind.Int => "INT",
        OverrideTokenKind.Bool => "BOOL",
        OverrideTokenKind.Null => "NULL",
        OverrideTokenKind.UnquotedChar => "UNQUOTED_CHAR",
        OverrideTokenKind.Escape => "ESC",
        OverrideTokenKind.Blank => "WS",
        OverrideTokenKind.Quoted => "QUOTED_VALUE",
        OverrideTokenKind.Interpolation => "INTERPOLATION",
        _ => kind.ToString(),
    };
}

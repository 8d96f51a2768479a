namespace Kymo.Config;

/// <summary>A part of a parsed value.</summary>
internal abstract record Syntax
{
    /// <summary>Literal text.</summary>
    public sealed record Text(string Value) : Syntax;

    /// <summary>A value of its own type: null, bool, an integer or a float.</summary>
    public sealed record Literal(object? Value) : Syntax;

    /// <summary>Several parts put together as text; a single interpolation keeps its type.</summary>
    public sealed record Joined(IReadOnlyList<Syntax> Parts) : Syntax;

    /// <summary>Text in quotes: always text.</summary>
    public sealed record Quoted(Joined? Content) : Syntax;

    /// <summary><c>${path}</c>: text and interpolations that together spell the path.</summary>
    public sealed record Path(IReadOnlyList<Syntax> Parts) : Syntax;

    /// <summary><c>${name:arguments}</c>: the parts of the name between its dots, and the arguments.</summary>
    public sealed record Call(IReadOnlyList<Syntax> Name, IReadOnlyList<Syntax> Arguments) : Syntax;

    /// <summary><c>[…]</c>.</summary>
    public sealed record Items(IReadOnlyList<Syntax> Values) : Syntax;

    /// <summary><c>{…}</c>.</summary>
    public sealed record Pairs(IReadOnlyList<(object? Key, Syntax Value)> Values) : Syntax;
}

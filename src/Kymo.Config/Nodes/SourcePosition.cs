namespace Kymo.Config;

/// <summary>Where a node was written.</summary>
/// <param name="File">The file, or a name such as <c>command line</c>.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in characters, from 1.</param>
public readonly record struct SourcePosition(string File, int Line, int Column)
{
    /// <summary><c>file:line:column</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}";
}

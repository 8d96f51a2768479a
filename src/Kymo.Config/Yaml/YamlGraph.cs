namespace Kymo.Config;

/// <summary>A document before its scalars are read: nodes with tags, shared where an alias names them.</summary>
internal abstract class YamlGraph(string? tag, SourcePosition position)
{
    /// <summary>The full tag as written, null or <c>!</c> where it is to be found from the text.</summary>
    public string? Tag { get; } = tag;

    public SourcePosition Position { get; } = position;

    /// <summary>The word PyYAML's messages use.</summary>
    public abstract string Kind { get; }
}

internal sealed class ScalarGraph(string? tag, string text, bool plain, SourcePosition position) : YamlGraph(tag, position)
{
    public string Text { get; } = text;

    /// <summary>True for a scalar without quotes whose tag is to be found from the text.</summary>
    public bool Plain { get; } = plain;

    public override string Kind => "scalar";
}

internal sealed class SequenceGraph(string? tag, SourcePosition position) : YamlGraph(tag, position)
{
    public List<YamlGraph> Items { get; } = [];

    public override string Kind => "sequence";
}

internal sealed class MappingGraph(string? tag, SourcePosition position) : YamlGraph(tag, position)
{
    public List<(YamlGraph Key, YamlGraph Value)> Pairs { get; set; } = [];

    public override string Kind => "mapping";
}

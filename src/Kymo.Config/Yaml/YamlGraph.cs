namespace Kymo.Config;

/// <summary>A document before its scalars are read: nodes with tags, shared where an alias names them.</summary>
internal abstract class YamlGraph(string? tag, SourcePosition position)
{
    YamlTag? _resolved;
    bool _isResolved;

    /// <summary>The full tag as written, null or <c>!</c> where it is to be found from the text.</summary>
    public string? Tag { get; } = tag;

    public SourcePosition Position { get; } = position;

    /// <summary>The tag the node has, as written or as found from its text; null for one that is not of YAML 1.1.</summary>
    public YamlTag? Resolved
    {
        get
        {
            if (!_isResolved) (_resolved, _isResolved) = (YamlTags.Of(this), true);
            return _resolved;
        }
    }

    /// <summary>Whether the node was checked, and a scalar's value read.</summary>
    public bool IsRead { get; set; }

    /// <summary>Whether the node is being converted: an alias inside it names it.</summary>
    public bool IsOpen { get; set; }

    /// <summary>The word PyYAML's messages use.</summary>
    public abstract string Kind { get; }
}

internal sealed class ScalarGraph(string? tag, string text, bool plain, SourcePosition position) : YamlGraph(tag, position)
{
    public string Text { get; } = text;

    /// <summary>True for a scalar without quotes whose tag is to be found from the text.</summary>
    public bool Plain { get; } = plain;

    /// <summary>What the text stands for, once it is read.</summary>
    public object? Value { get; set; }

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

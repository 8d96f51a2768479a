namespace Kymo.Config;

/// <summary>The tag a node of a graph has, as written or as found from its text.</summary>
internal static class YamlTags
{
    const string Core = "tag:yaml.org,2002:";

    /// <summary>The node's tag; null for one that is not of YAML 1.1.</summary>
    public static YamlTag? Of(YamlGraph node)
    {
        if (node.Tag is null or "!") return Implicit(node);
        if (!node.Tag.StartsWith(Core, StringComparison.Ordinal)) return null;
        return node.Tag[Core.Length..] switch
        {
            "str" => YamlTag.String,
            "null" => YamlTag.Null,
            "bool" => YamlTag.Bool,
            "int" => YamlTag.Int,
            "float" => YamlTag.Float,
            "map" => YamlTag.Map,
            "seq" => YamlTag.Sequence,
            "binary" => YamlTag.Binary,
            _ => null,
        };
    }

    /// <summary>Throws unless the node has a tag that fits its kind and that a configuration can hold.</summary>
    public static void Check(YamlGraph node)
    {
        var tag = node.Resolved;
        switch (tag)
        {
            case null:
                throw new ConfigException($"{node.Position}: could not determine a constructor for the tag '{node.Tag}'; "
                    + "allowed are !!str !!int !!float !!bool !!null !!binary !!seq !!map");
            case YamlTag.Merge or YamlTag.Value or YamlTag.Yaml:
                var text = ((ScalarGraph)node).Text;
                throw new ConfigException($"{node.Position}: a plain {text} is no value; write '{text}' in quotes");
            case YamlTag.Map when node is not MappingGraph:
            case YamlTag.Sequence when node is not SequenceGraph:
            case not (YamlTag.Map or YamlTag.Sequence) when node is not ScalarGraph:
                throw new ConfigException($"{node.Position}: the tag '{node.Tag}' cannot stand before a {node.Kind}");
        }
    }

    static YamlTag Implicit(YamlGraph node) => node switch
    {
        MappingGraph => YamlTag.Map,
        SequenceGraph => YamlTag.Sequence,
        ScalarGraph { Plain: true } scalar => YamlResolver.Read(scalar.Text),
        ScalarGraph { Tag: "!" } scalar => YamlResolver.Read(scalar.Text),
        _ => YamlTag.String,
    };
}

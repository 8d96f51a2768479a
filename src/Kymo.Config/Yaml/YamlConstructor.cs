namespace Kymo.Config;

/// <summary>Turns a graph into configuration nodes: duplicate keys, merge keys, the values of scalars, copies for aliases.</summary>
internal sealed class YamlConstructor
{
    /// <summary>Most nodes a document may grow to by its aliases.</summary>
    const int MaxAliasedNodes = 200_000;

    /// <summary>Nodes in the order in which PyYAML constructs them (level by level): merging changes shared nodes.</summary>
    readonly Queue<YamlGraph> _waiting = [];
    readonly YamlMergeKeys _merges = new();
    int _read;
    int _count;
    int _limit;

    /// <summary>The configuration of a graph.</summary>
    /// <exception cref="ConfigException">A duplicate or unusable key, an unknown tag, a value that is not of its tag, endless aliases.</exception>
    public ConfigNode Construct(YamlGraph root)
    {
        Visit(root);
        while (_waiting.TryDequeue(out var node))
        {
            if (node is SequenceGraph sequence)
                foreach (var item in sequence.Items) Visit(item);
            else if (node is MappingGraph mapping) Prepare(mapping);
        }
        _limit = _read + MaxAliasedNodes;
        return Convert(root);
    }

    void Visit(YamlGraph node)
    {
        if (node.IsRead) return;
        node.IsRead = true;
        _read++;
        YamlTags.Check(node);
        if (node is ScalarGraph scalar) scalar.Value = YamlScalars.Value(scalar);
        else _waiting.Enqueue(node);
    }

    void Prepare(MappingGraph mapping)
    {
        var keys = new Dictionary<string, SourcePosition>();
        foreach (var (key, _) in mapping.Pairs)
        {
            if (key is not ScalarGraph scalar || key.Resolved != YamlTag.String) continue;
            if (!keys.TryAdd(scalar.Text, scalar.Position)) throw Duplicate(scalar.Text, keys[scalar.Text], scalar.Position);
        }
        _merges.Flatten(mapping);
        foreach (var (key, value) in mapping.Pairs)
        {
            if (key is not ScalarGraph) throw new ConfigException($"{key.Position}: a {key.Kind} cannot be a key");
            if (key.Resolved == YamlTag.Value) ((ScalarGraph)key).Value = "=";
            else Visit(key);
            Visit(value);
        }
    }

    static ConfigException Duplicate(string key, SourcePosition first, SourcePosition second) => new(
        $"{second}: found duplicate key {key} (first given in line {first.Line}, again in line {second.Line}); keep one of the two");

    ConfigNode Convert(YamlGraph graph)
    {
        if (++_count > _limit) throw new ConfigException($"{graph.Position}: aliases grow the document past {_limit} nodes");
        if (graph is ScalarGraph scalar) return new ScalarNode(scalar.Value) { Position = graph.Position };
        if (graph.IsOpen) throw new ConfigException($"{graph.Position}: an alias stands inside the {graph.Kind} it names");
        graph.IsOpen = true;
        ConfigNode node = graph is SequenceGraph sequence ? ConvertSequence(sequence) : ConvertMapping((MappingGraph)graph);
        node.Position = graph.Position;
        graph.IsOpen = false;
        return node;
    }

    ListNode ConvertSequence(SequenceGraph sequence)
    {
        var list = new ListNode();
        foreach (var item in sequence.Items) list.Add(Convert(item));
        return list;
    }

    MapNode ConvertMapping(MappingGraph mapping)
    {
        var map = new MapNode();
        foreach (var (keyGraph, valueGraph) in mapping.Pairs)
        {
            var value = ((ScalarGraph)keyGraph).Value;
            if (value is byte[]) throw new ConfigException($"{keyGraph.Position}: bytes cannot be a key");
            map[new ConfigKey(value)] = Convert(valueGraph);
        }
        return map;
    }
}

namespace Kymo.Config;

/// <summary>
/// The merge key <c>&lt;&lt;</c>: pairs of other maps come before a map's own, and among several maps the first wins. As in PyYAML a merge key
/// is gone before what it names is looked at, so that a map which merges itself merges nothing.
/// </summary>
internal sealed class YamlMergeKeys
{
    /// <summary>Most pairs that the merge keys of a document may copy.</summary>
    const int MaxPairs = 1_000_000;

    /// <summary>Most maps that merge one another in a row.</summary>
    const int MaxDepth = 400;

    int _pairs;
    int _depth;

    /// <summary>Puts the pairs of merged maps before the map's own pairs.</summary>
    /// <exception cref="ConfigException">What is merged is no map and no list of maps, or it is too much.</exception>
    public void Flatten(MappingGraph mapping)
    {
        if (!mapping.Pairs.Exists(pair => pair.Key.Resolved == YamlTag.Merge)) return;
        if (++_depth > MaxDepth) throw new ConfigException($"{mapping.Position}: more than {MaxDepth} maps merge one another");
        var merged = new List<(YamlGraph, YamlGraph)>();
        for (var i = 0; i < mapping.Pairs.Count;)
        {
            var (key, value) = mapping.Pairs[i];
            if (key.Resolved != YamlTag.Merge)
            {
                i++;
                continue;
            }
            mapping.Pairs.RemoveAt(i);
            foreach (var pairs in Sources(value)) merged.AddRange(pairs);
            if (_pairs + merged.Count > MaxPairs) throw new ConfigException($"{mapping.Position}: merge keys copy more than {MaxPairs} pairs");
        }
        _pairs += merged.Count;
        _depth--;
        if (merged.Count > 0) mapping.Pairs = [.. merged, .. mapping.Pairs];
    }

    IEnumerable<List<(YamlGraph, YamlGraph)>> Sources(YamlGraph value)
    {
        switch (value)
        {
            case MappingGraph mapping:
                Flatten(mapping);
                return [mapping.Pairs];
            case SequenceGraph list:
                var pairs = new List<List<(YamlGraph, YamlGraph)>>();
                foreach (var item in list.Items)
                {
                    var map = item as MappingGraph ?? throw Unmergeable(item);
                    Flatten(map);
                    pairs.Add(map.Pairs);
                }
                pairs.Reverse();
                return pairs;
            default:
                throw Unmergeable(value);
        }
    }

    static ConfigException Unmergeable(YamlGraph node)
        => new($"{node.Position}: expected a mapping or list of mappings for merging, but found a {node.Kind}");
}

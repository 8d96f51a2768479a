using System.Collections;

namespace Kymo.Config;

/// <summary>Keys and nodes, in the order in which the keys first came.</summary>
public sealed class MapNode : ConfigNode, IEnumerable<KeyValuePair<ConfigKey, ConfigNode>>
{
    readonly OrderedDictionary<ConfigKey, ConfigNode> _children = [];

    /// <summary>Number of keys.</summary>
    public int Count => _children.Count;

    /// <summary>The keys in order.</summary>
    public IReadOnlyList<ConfigKey> Keys => _children.Keys;

    /// <summary>The nodes in order.</summary>
    public IReadOnlyList<ConfigNode> Values => _children.Values;

    /// <summary>
    /// The node at a key, null where there is none. Setting replaces the node in its place, or adds the key at the end; setting null
    /// removes the key (use a <see cref="ScalarNode"/> of null for the value null).
    /// </summary>
    public ConfigNode? this[ConfigKey key]
    {
        get => _children.GetValueOrDefault(key);
        set
        {
            if (value is null) Remove(key);
            else Set(key, value);
        }
    }

    /// <summary>Adds a key at the end.</summary>
    /// <exception cref="ArgumentException">The key is already there.</exception>
    public void Add(ConfigKey key, ConfigNode node)
    {
        if (_children.ContainsKey(key)) throw new ArgumentException($"the key '{key}' is already there", nameof(key));
        _children.Add(key, Adopt(node));
    }

    /// <summary>Whether there is such a key.</summary>
    public bool Contains(ConfigKey key) => _children.ContainsKey(key);

    /// <summary>The node at a key, if there is one.</summary>
    public bool TryGet(ConfigKey key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ConfigNode? node)
        => _children.TryGetValue(key, out node);

    /// <summary>Removes a key and says whether it was there.</summary>
    public bool Remove(ConfigKey key)
    {
        if (!_children.Remove(key, out var node)) return false;
        node.Parent = null;
        return true;
    }

    /// <summary>Removes all keys.</summary>
    public void Clear()
    {
        foreach (var node in _children.Values) node.Parent = null;
        _children.Clear();
    }

    /// <summary>The key under which a child is held.</summary>
    public ConfigKey? KeyOf(ConfigNode child)
    {
        foreach (var (key, node) in _children)
            if (ReferenceEquals(node, child)) return key;
        return null;
    }

    /// <inheritdoc/>
    public override MapNode Copy()
    {
        var copy = new MapNode { Position = Position };
        foreach (var (key, node) in _children) copy._children.Add(key, copy.Adopt(node.Copy()));
        return copy;
    }

    /// <inheritdoc/>
    public override bool SameAs(ConfigNode? other)
    {
        if (other is not MapNode map || map.Count != Count) return false;
        for (var i = 0; i < Count; i++)
        {
            var (key, node) = _children.GetAt(i);
            var (otherKey, otherNode) = map._children.GetAt(i);
            if (!key.SameAs(otherKey) || !node.SameAs(otherNode)) return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<ConfigKey, ConfigNode>> GetEnumerator() => _children.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void Set(ConfigKey key, ConfigNode node)
    {
        if (_children.TryGetValue(key, out var old))
        {
            if (ReferenceEquals(old, node)) return;
            old.Parent = null;
        }
        _children[key] = Adopt(node);
    }
}

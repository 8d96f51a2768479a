using System.Collections;

namespace Kymo.Config;

/// <summary>Nodes in order.</summary>
public sealed class ListNode : ConfigNode, IReadOnlyList<ConfigNode>
{
    readonly List<ConfigNode> _items = [];

    /// <summary>An empty list.</summary>
    public ListNode()
    {
    }

    /// <summary>A list of the given nodes.</summary>
    public ListNode(IEnumerable<ConfigNode> items)
    {
        foreach (var item in items) Add(item);
    }

    /// <summary>Number of items.</summary>
    public int Count => _items.Count;

    /// <summary>The item at an index from 0.</summary>
    public ConfigNode this[int index]
    {
        get => _items[index];
        set
        {
            if (ReferenceEquals(_items[index], value)) return;
            var adopted = Adopt(value);
            _items[index].Parent = null;
            _items[index] = adopted;
        }
    }

    /// <summary>Adds an item at the end.</summary>
    public void Add(ConfigNode item) => _items.Add(Adopt(item));

    /// <summary>Puts an item before the one at <paramref name="index"/>.</summary>
    public void Insert(int index, ConfigNode item) => _items.Insert(index, Adopt(item));

    /// <summary>Removes the item at an index.</summary>
    public void RemoveAt(int index)
    {
        _items[index].Parent = null;
        _items.RemoveAt(index);
    }

    /// <summary>Removes all items.</summary>
    public void Clear()
    {
        foreach (var item in _items) item.Parent = null;
        _items.Clear();
    }

    /// <summary>The index of a child, -1 where it is none.</summary>
    public int IndexOf(ConfigNode child) => _items.FindIndex(item => ReferenceEquals(item, child));

    /// <inheritdoc/>
    public override ListNode Copy()
    {
        var copy = new ListNode { Position = Position };
        foreach (var item in _items) copy.Add(item.Copy());
        return copy;
    }

    /// <inheritdoc/>
    public override bool SameAs(ConfigNode? other)
    {
        if (other is not ListNode list || list.Count != Count) return false;
        for (var i = 0; i < Count; i++)
            if (!_items[i].SameAs(list._items[i])) return false;
        return true;
    }

    /// <inheritdoc/>
    public IEnumerator<ConfigNode> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

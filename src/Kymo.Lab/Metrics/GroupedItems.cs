namespace Kymo.Lab.Metrics;

/// <summary>Items sorted into groups, in order of each group's first appearance; without names each item is a group.</summary>
sealed class GroupedItems
{
    readonly int[] _items;
    readonly int[] _starts;

    public GroupedItems(int itemCount, IReadOnlyList<string>? groups)
    {
        if (itemCount == 0) throw new ArgumentException("no items to draw from");
        if (groups is not null && groups.Count != itemCount)
            throw new ArgumentException($"{itemCount} items but {groups.Count} group names");
        var indices = new int[itemCount];
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < itemCount; i++)
        {
            if (groups is null) indices[i] = i;
            else if (!seen.TryGetValue(groups[i], out indices[i])) seen.Add(groups[i], indices[i] = seen.Count);
        }
        Count = groups is null ? itemCount : seen.Count;
        _starts = new int[Count + 1];
        foreach (var g in indices) _starts[g + 1]++;
        for (var g = 0; g < Count; g++) _starts[g + 1] += _starts[g];
        _items = new int[itemCount];
        var next = _starts.AsSpan(0, Count).ToArray();
        for (var i = 0; i < itemCount; i++) _items[next[indices[i]]++] = i;
    }

    /// <summary>Number of groups.</summary>
    public int Count { get; }

    /// <summary>The items of a group, ascending.</summary>
    public ReadOnlySpan<int> this[int group] => _items.AsSpan(_starts[group], _starts[group + 1] - _starts[group]);
}

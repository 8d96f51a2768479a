namespace Kymo.Torch.Checkpoints;

/// <summary>Checks of a finished value before anyone walks it.</summary>
static class PickleTree
{
    /// <summary>Values nest no deeper than this, in files read and written.</summary>
    public const int MaxDepth = 128;

    /// <summary>
    /// Refuses a value that holds itself, nests too deep, contains a bare global or storage, or would be larger than
    /// <paramref name="maxValues"/> if every value that is used in several places were counted in each.
    /// </summary>
    public static void Check(PickleValue root, long maxValues)
    {
        var sizes = new Dictionary<PickleValue, long>(ReferenceEqualityComparer.Instance);
        if (Size(root, 0, sizes, maxValues) > maxValues)
            throw new PickleFault($"unfolds to more than {maxValues} values, because some are used again and again");
    }

    /// <summary>The values a container holds directly.</summary>
    public static IEnumerable<PickleValue> Children(PickleValue value) => value switch
    {
        PickleTuple tuple => tuple,
        PickleList list => list,
        PickleSet set => set.Items,
        PickleDictionary dictionary => Children(dictionary),
        _ => [],
    };

    static IEnumerable<PickleValue> Children(PickleDictionary dictionary)
    {
        foreach (var (key, value) in dictionary)
        {
            yield return key;
            yield return value;
        }
        if (dictionary.Attributes is { } attributes) yield return attributes;
    }

    static long Size(PickleValue value, int depth, Dictionary<PickleValue, long> sizes, long limit)
    {
        if (value is PickleInternal) throw new PickleFault($"holds a bare {value.Kind}, expected tensors and plain values");
        if (value is not (PickleTuple or PickleList or PickleSet or PickleDictionary)) return 1;
        if (depth > MaxDepth) throw new PickleFault($"values nest deeper than {MaxDepth}, or one holds itself");
        if (sizes.TryGetValue(value, out var size)) return size;
        size = 1;
        foreach (var child in Children(value)) size = Math.Min(limit + 1, size + Size(child, depth + 1, sizes, limit));
        sizes[value] = size;
        return size;
    }
}

using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kymo.Torch.Checkpoints;

/// <summary>A dictionary that keeps the order of its entries: Python's <c>dict</c>, or <c>collections.OrderedDict</c>.</summary>
/// <param name="isOrdered">Whether it is an <c>OrderedDict</c>, as state dictionaries are.</param>
public sealed record PickleDictionary(bool isOrdered = false) : PickleValue, IEnumerable<KeyValuePair<PickleValue, PickleValue>>
{
    OrderedDictionary<PickleValue, PickleValue>? _entries;

    /// <summary>Whether it is an <c>OrderedDict</c>.</summary>
    public bool IsOrdered { get; } = isOrdered;

    /// <summary>Attributes set on an <c>OrderedDict</c> (a state dictionary has <c>_metadata</c>), or null.</summary>
    public PickleDictionary? Attributes { get; set; }

    /// <summary>Number of entries.</summary>
    public int Count => _entries?.Count ?? 0;

    /// <summary>The value of a key. Setting an existing key keeps its place.</summary>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public PickleValue this[PickleValue key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"no key {key}");
        set => (_entries ??= [])[key] = value;
    }

    internal override string Kind => "dictionary";

    /// <summary>Adds an entry at the end.</summary>
    /// <exception cref="ArgumentException">The key is there already.</exception>
    public void Add(PickleValue key, PickleValue value) => (_entries ??= []).Add(key, value);

    /// <summary>Looks a key up.</summary>
    public bool TryGetValue(PickleValue key, [NotNullWhen(true)] out PickleValue? value)
    {
        value = null;
        return _entries is not null && _entries.TryGetValue(key, out value);
    }

    /// <summary>Whether it is the same dictionary.</summary>
    public bool Equals(PickleDictionary? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<PickleValue, PickleValue>> GetEnumerator() =>
        (_entries ?? Enumerable.Empty<KeyValuePair<PickleValue, PickleValue>>()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

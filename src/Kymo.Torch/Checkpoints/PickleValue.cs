using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kymo.Torch.Checkpoints;

/// <summary>
/// A value of the kinds a PyTorch file may hold: nothing, truth values, whole and floating-point numbers, text, bytes, lists,
/// tuples, sets, dictionaries, tensors and NumPy arrays. Plain values convert implicitly. Scalars and tuples of scalars compare
/// by value, everything else by identity, so that one list put in two places is written, and read back, as one.
/// </summary>
public abstract record PickleValue
{
    private protected PickleValue() { }

    /// <summary>Python's <c>None</c>.</summary>
    public static PickleValue None { get; } = new PickleNone();

    /// <summary>Wraps a text.</summary>
    public static implicit operator PickleValue(string value) => new PickleText(value);

    /// <summary>Wraps a truth value.</summary>
    public static implicit operator PickleValue(bool value) => new PickleBoolean(value);

    /// <summary>Wraps a whole number.</summary>
    public static implicit operator PickleValue(long value) => new PickleInteger(value);

    /// <summary>Wraps a whole number.</summary>
    public static implicit operator PickleValue(int value) => new PickleInteger(value);

    /// <summary>Wraps a number.</summary>
    public static implicit operator PickleValue(double value) => new PickleFloat(value);

    /// <summary>Wraps a tensor.</summary>
    public static implicit operator PickleValue(StoredTensor value) => new PickleTensor(value);

    /// <summary>How messages name the kind of value, e.g. <c>text</c>.</summary>
    internal abstract string Kind { get; }
}

/// <summary>Python's <c>None</c>.</summary>
public sealed record PickleNone : PickleValue
{
    internal override string Kind => "None";
}

/// <summary>A truth value.</summary>
/// <param name="Value">The value.</param>
public sealed record PickleBoolean(bool Value) : PickleValue
{
    internal override string Kind => "truth value";
}

/// <summary>A whole number of any size.</summary>
/// <param name="Value">The value.</param>
public sealed record PickleInteger(BigInteger Value) : PickleValue
{
    internal override string Kind => "whole number";
}

/// <summary>A double-precision number; may be infinite or not a number.</summary>
/// <param name="Value">The value.</param>
public sealed record PickleFloat(double Value) : PickleValue
{
    internal override string Kind => "number";
}

/// <summary>A text.</summary>
/// <param name="Value">The value.</param>
public sealed record PickleText(string Value) : PickleValue
{
    internal override string Kind => "text";
}

/// <summary>Bytes.</summary>
/// <param name="Value">The value.</param>
public sealed record PickleBytes(ReadOnlyMemory<byte> Value) : PickleValue
{
    internal override string Kind => "bytes";
}

/// <summary>A tuple: a row of values that does not change.</summary>
public sealed record PickleTuple : PickleValue, IReadOnlyList<PickleValue>
{
    readonly PickleValue[] _items;

    /// <summary>A tuple of these values.</summary>
    public PickleTuple(params PickleValue[] items) => _items = items;

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public PickleValue this[int index] => _items[index];

    internal override string Kind => "tuple";

    /// <summary>Whether both hold equal values in the same order.</summary>
    public bool Equals(PickleTuple? other) =>
        other is not null && (ReferenceEquals(this, other) || _items.SequenceEqual(other._items));

    /// <inheritdoc/>
    public override int GetHashCode() => _items.Aggregate(_items.Length, HashCode.Combine);

    /// <inheritdoc/>
    public IEnumerator<PickleValue> GetEnumerator() => ((IEnumerable<PickleValue>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A list.</summary>
public sealed record PickleList : PickleValue, IReadOnlyList<PickleValue>
{
    readonly List<PickleValue> _items;

    /// <summary>An empty list.</summary>
    public PickleList() => _items = [];

    /// <summary>A list of these values.</summary>
    public PickleList(IEnumerable<PickleValue> items) => _items = [.. items];

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <inheritdoc/>
    public PickleValue this[int index] => _items[index];

    internal override string Kind => "list";

    /// <summary>Puts a value at the end.</summary>
    public void Add(PickleValue item) => _items.Add(item);

    /// <summary>Whether it is the same list.</summary>
    public bool Equals(PickleList? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <inheritdoc/>
    public IEnumerator<PickleValue> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A set of values, in the order they were written.</summary>
/// <param name="Items">The members.</param>
public sealed record PickleSet(IReadOnlyList<PickleValue> Items) : PickleValue
{
    internal override string Kind => "set";

    /// <summary>Whether it is the same set.</summary>
    public bool Equals(PickleSet? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}

/// <summary>A NumPy array, read but not written.</summary>
public sealed record PickleArray : PickleValue
{
    internal PickleArray() { }

    /// <summary>Element type in NumPy's spelling, e.g. <c>&lt;u4</c>, <c>|b1</c>; never big-endian, never objects.</summary>
    public string DType { get; internal set; } = "";

    /// <summary>Sizes, outermost first.</summary>
    public long[] Shape { get; internal set; } = [];

    /// <summary>The elements' bytes, row-major and little-endian.</summary>
    public ReadOnlyMemory<byte> Data { get; internal set; }

    internal override string Kind => "array";

    /// <summary>Whether it is the same array.</summary>
    public bool Equals(PickleArray? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}

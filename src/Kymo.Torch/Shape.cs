using System.Runtime.CompilerServices;

namespace Kymo.Torch;

/// <summary>The sizes of a tensor, outermost first; at most eight. A value: reading it allocates nothing.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    readonly Sizes _sizes;

    /// <summary>A shape of the given sizes.</summary>
    /// <exception cref="ArgumentException">More than eight sizes.</exception>
    public Shape(params ReadOnlySpan<long> sizes)
    {
        if (sizes.Length > Native.MaxRank) throw new ArgumentException($"a shape has at most {Native.MaxRank} sizes, not {sizes.Length}");
        sizes.CopyTo(_sizes);
        Rank = sizes.Length;
    }

    /// <summary>How many dimensions there are; 0 for a scalar.</summary>
    public int Rank { get; }

    /// <summary>How many elements there are: the product of the sizes, 1 for a scalar.</summary>
    public long Count
    {
        get
        {
            var count = 1L;
            for (var i = 0; i < Rank; i++) count *= _sizes[i];
            return count;
        }
    }

    /// <summary>The size of one dimension; negative numbers count from the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public long this[int dimension]
    {
        get
        {
            var index = dimension < 0 ? dimension + Rank : dimension;
            if ((uint)index >= (uint)Rank) throw new ArgumentOutOfRangeException(nameof(dimension), dimension, $"the shape {this} has {Rank} dimensions");
            return _sizes[index];
        }
    }

    /// <summary>The size of one dimension, as in <c>shape[^1]</c>.</summary>
    public long this[Index dimension] => this[dimension.GetOffset(Rank)];

    /// <summary>Copies the sizes to a span of at least <see cref="Rank"/> places.</summary>
    public void CopyTo(Span<long> sizes)
    {
        for (var i = 0; i < Rank; i++) sizes[i] = _sizes[i];
    }

    /// <summary>The sizes as a new array.</summary>
    public long[] ToArray()
    {
        var sizes = new long[Rank];
        CopyTo(sizes);
        return sizes;
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => ((ReadOnlySpan<long>)_sizes)[..Rank].SequenceEqual(((ReadOnlySpan<long>)other._sizes)[..other.Rank]);

    /// <summary>True where the sizes are the given ones.</summary>
    public bool Is(params ReadOnlySpan<long> sizes) => ((ReadOnlySpan<long>)_sizes)[..Rank].SequenceEqual(sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        for (var i = 0; i < Rank; i++) hash.Add(_sizes[i]);
        return hash.ToHashCode();
    }

    /// <summary>The sizes as in <c>(64, 1, 128)</c>.</summary>
    public override string ToString() => "(" + string.Join(", ", ToArray()) + ")";

    /// <summary>Same sizes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Other sizes.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    [InlineArray(Native.MaxRank)]
    struct Sizes
    {
        long _first;
    }
}

using System.Globalization;

namespace Kymo.Onnx;

/// <summary>One size of a tensor: a number, a name for a size known only when the graph runs (<c>batch</c>), or neither.</summary>
public readonly record struct OnnxDimension
{
    OnnxDimension(long? size, string? name) => (Size, Name) = (size, name);

    /// <summary>A size nothing is known about before the graph runs.</summary>
    public static OnnxDimension Unknown => default;

    /// <summary>The size, at least 0, where it is fixed.</summary>
    public long? Size { get; }

    /// <summary>The name of a size that a run decides.</summary>
    public string? Name { get; }

    /// <summary>Whether the size is a number.</summary>
    public bool IsFixed => Size is not null;

    /// <summary>A fixed size.</summary>
    /// <exception cref="OnnxException">The size is negative.</exception>
    public static OnnxDimension Fixed(long size) =>
        size >= 0 ? new(size, null) : throw new OnnxException($"a dimension of {size}: sizes start at 0");

    /// <summary>A named size.</summary>
    public static OnnxDimension Named(string name) => new(null, name);

    /// <summary>A fixed size.</summary>
    public static implicit operator OnnxDimension(long size) => Fixed(size);

    /// <summary>A named size.</summary>
    public static implicit operator OnnxDimension(string name) => Named(name);

    /// <summary>The number, the name or <c>?</c>.</summary>
    public override string ToString() => Size?.ToString(CultureInfo.InvariantCulture) ?? Name ?? "?";
}

using System.Runtime.InteropServices;

namespace Kymo.Torch.Checkpoints;

/// <summary>A tensor as a weights file holds it: row-major, contiguous, little-endian, outside any engine.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Data">The elements' bytes, exactly the product of the sizes times the element's size.</param>
public sealed record StoredTensor(ElementType Type, long[] Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>Number of elements the bytes hold.</summary>
    public long ElementCount => Data.Length / Type.Size();

    /// <summary>
    /// A tensor of a copy of <paramref name="values"/>. <typeparamref name="T"/> is one of float, double, <see cref="Half"/>,
    /// long, int, short, sbyte, byte and bool (brain floats have no .NET type: give their bytes to the constructor).
    /// </summary>
    /// <param name="values">Elements, row-major.</param>
    /// <param name="shape">Sizes, outermost first; nothing for a scalar.</param>
    /// <exception cref="ArgumentException">
    /// The type has no element type, or the sizes do not give the number of values.
    /// </exception>
    public static StoredTensor Of<T>(ReadOnlySpan<T> values, params long[] shape) where T : unmanaged
    {
        if (Shapes.ElementCount(shape) != values.Length)
            throw new ArgumentException($"shape {Shapes.Text(shape)} does not hold {values.Length} values", nameof(shape));
        return new StoredTensor(TypeOf<T>(), shape, MemoryMarshal.AsBytes(values).ToArray());
    }

    /// <summary>The elements, row-major, as the .NET type that <see cref="Type"/> names; nothing is converted.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not that type.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        if (TypeOf<T>() != Type) throw new InvalidOperationException($"a tensor of {Type} holds no {typeof(T).Name}");
        return MemoryMarshal.Cast<byte, T>(Data.Span).ToArray();
    }

    static ElementType TypeOf<T>() => default(T) switch
    {
        float => ElementType.Float32,
        double => ElementType.Float64,
        Half => ElementType.Float16,
        long => ElementType.Int64,
        int => ElementType.Int32,
        short => ElementType.Int16,
        sbyte => ElementType.Int8,
        byte => ElementType.UInt8,
        bool => ElementType.Bool,
        _ => throw new ArgumentException($"{typeof(T).Name} is no element type"),
    };
}

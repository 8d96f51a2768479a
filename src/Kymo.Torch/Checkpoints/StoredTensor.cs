namespace Kymo.Torch.Checkpoints;

/// <summary>A tensor as a weights file holds it: row-major, contiguous, little-endian, outside any engine.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Data">The elements' bytes, exactly the product of the sizes times the element's size.</param>
public sealed record StoredTensor(ElementType Type, long[] Shape, ReadOnlyMemory<byte> Data);

namespace Kymo.Torch.Layers;

/// <summary>A size along height and width; one number stands for both.</summary>
/// <param name="Height">Along the third dimension of (batch, channel, height, width).</param>
/// <param name="Width">Along the fourth.</param>
public readonly record struct Extent(int Height, int Width)
{
    internal long[] Sizes => [Height, Width];

    /// <summary>The same size both ways.</summary>
    public static implicit operator Extent(int size) => new(size, size);

    /// <summary>Height and width.</summary>
    public static implicit operator Extent((int Height, int Width) size) => new(size.Height, size.Width);
}

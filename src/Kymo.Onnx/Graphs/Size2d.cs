namespace Kymo.Onnx;

/// <summary>A pair for the two axes of an image or spectrogram; a single number stands for both.</summary>
/// <param name="Height">Along the first of the two: frequency, joints.</param>
/// <param name="Width">Along the second: time.</param>
public readonly record struct Size2d(int Height, int Width)
{
    /// <summary>The same for both.</summary>
    public static implicit operator Size2d(int both) => new(both, both);

    /// <summary>A pair.</summary>
    public static implicit operator Size2d((int Height, int Width) pair) => new(pair.Height, pair.Width);
}

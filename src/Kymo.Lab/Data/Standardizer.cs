namespace Kymo.Lab.Data;

/// <summary>
/// Mean and deviation of each mel band over the training recordings: (value - mean) / deviation. Fitted on training data only and
/// saved with the model, so that prediction sees the same scale.
/// </summary>
/// <param name="Mean">Mean of each band, dB.</param>
/// <param name="Deviation">Deviation of each band, dB, at least <see cref="SmallestDeviation"/>.</param>
public sealed record Standardizer(float[] Mean, float[] Deviation)
{
    /// <summary>Bands quieter than this in every recording are left unscaled.</summary>
    public const float SmallestDeviation = 1e-3f;

    /// <summary>Changes nothing.</summary>
    public static Standardizer None(int bands) => new(new float[bands], [.. Enumerable.Repeat(1f, bands)]);

    /// <summary>Fits each band over all frames of the items.</summary>
    /// <param name="count">Number of items, at least 1.</param>
    /// <param name="bands">Mel bands.</param>
    /// <param name="frames">Frames of an item.</param>
    /// <param name="read">Copies item i, (mel, frame), into the span.</param>
    public static Standardizer Fit(int count, int bands, int frames, Action<int, Memory<float>> read)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var (sum, squares) = (new double[bands], new double[bands]);
        var item = new float[bands * frames];
        for (var i = 0; i < count; i++)
        {
            read(i, item);
            for (var band = 0; band < bands; band++)
            {
                foreach (var value in item.AsSpan(band * frames, frames))
                {
                    sum[band] += value;
                    squares[band] += (double)value * value;
                }
            }
        }
        var n = (double)count * frames;
        var mean = Array.ConvertAll(sum, total => (float)(total / n));
        var deviation = new float[bands];
        for (var band = 0; band < bands; band++)
        {
            var variance = (squares[band] / n) - (sum[band] / n * (sum[band] / n));
            deviation[band] = (float)Math.Sqrt(Math.Max(variance, 0));
            if (!(deviation[band] >= SmallestDeviation)) deviation[band] = 1;
        }
        return new Standardizer(mean, deviation);
    }

    /// <summary>Scales one item in place.</summary>
    /// <param name="item">(mel, frame).</param>
    public void Apply(Span<float> item)
    {
        var frames = item.Length / Mean.Length;
        for (var band = 0; band < Mean.Length; band++)
        {
            var (mean, scale) = (Mean[band], 1 / Deviation[band]);
            foreach (ref var value in item.Slice(band * frames, frames)) value = (value - mean) * scale;
        }
    }
}

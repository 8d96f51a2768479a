namespace Kymo.Lab.Metrics;

/// <summary>
/// The baseline beside every net: the class of the nearest training recording, by mean and deviation over time of each mel band,
/// standardised on the training recordings.
/// </summary>
public sealed class NearestNeighbour
{
    readonly float[][] _points;
    readonly int[] _labels;
    readonly float[] _mean;
    readonly float[] _scale;

    /// <summary>Remembers the training recordings.</summary>
    /// <param name="points">Descriptions of training recordings (see <see cref="Describe"/>).</param>
    /// <param name="labels">Their classes.</param>
    public NearestNeighbour(IReadOnlyList<float[]> points, IReadOnlyList<int> labels)
    {
        ArgumentOutOfRangeException.ThrowIfZero(points.Count);
        var dimensions = points[0].Length;
        (_mean, _scale) = (new float[dimensions], new float[dimensions]);
        for (var d = 0; d < dimensions; d++)
        {
            var column = points.Select(point => (double)point[d]).ToArray();
            var mean = column.Average();
            var deviation = Math.Sqrt(column.Average(value => (value - mean) * (value - mean)));
            (_mean[d], _scale[d]) = ((float)mean, deviation > 1e-6 ? (float)(1 / deviation) : 0);
        }
        _points = [.. points.Select(Scale)];
        _labels = [.. labels];
    }

    /// <summary>Mean and deviation over time of each band.</summary>
    /// <param name="item">(mel, frame).</param>
    /// <param name="bands">Mel bands.</param>
    /// <returns>Means of all bands, then deviations.</returns>
    public static float[] Describe(ReadOnlySpan<float> item, int bands)
    {
        var frames = item.Length / bands;
        var description = new float[2 * bands];
        for (var band = 0; band < bands; band++)
        {
            var row = item.Slice(band * frames, frames);
            var (sum, squares) = (0.0, 0.0);
            foreach (var value in row)
            {
                sum += value;
                squares += (double)value * value;
            }
            var mean = sum / frames;
            description[band] = (float)mean;
            description[bands + band] = (float)Math.Sqrt(Math.Max((squares / frames) - (mean * mean), 0));
        }
        return description;
    }

    /// <summary>The class of the nearest training recording (Euclid); the first where two are equally near.</summary>
    public int Predict(float[] description)
    {
        var point = Scale(description);
        var (best, label) = (float.PositiveInfinity, _labels[0]);
        for (var i = 0; i < _points.Length; i++)
        {
            var distance = SquaredDistance(_points[i], point);
            if (distance < best) (best, label) = (distance, _labels[i]);
        }
        return label;
    }

    static float SquaredDistance(float[] a, float[] b)
    {
        var sum = 0f;
        for (var d = 0; d < a.Length; d++) sum += (a[d] - b[d]) * (a[d] - b[d]);
        return sum;
    }

    float[] Scale(float[] point)
    {
        var scaled = new float[point.Length];
        for (var d = 0; d < point.Length; d++) scaled[d] = (point[d] - _mean[d]) * _scale[d];
        return scaled;
    }
}

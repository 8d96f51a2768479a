namespace Kymo.Lab.Recipes.Music;

/// <summary>Brings inputs to mean 0 and deviation 1 of the training part.</summary>
static class MusicScaling
{
    /// <summary>Mean and deviation of each input; deviations are 0.001 at least.</summary>
    public static (float[] Mean, float[] Deviation) Of(IEnumerable<float[]> rows)
    {
        var all = rows.ToArray();
        var size = all[0].Length;
        var (mean, deviation) = (new float[size], new float[size]);
        for (var i = 0; i < size; i++)
        {
            var average = all.Average(row => (double)row[i]);
            mean[i] = (float)average;
            deviation[i] = (float)Math.Max(1e-3, Math.Sqrt(all.Average(row => (row[i] - average) * (row[i] - average))));
        }
        return (mean, deviation);
    }

    /// <summary>Mean and deviation of each number of a step over the steps that count; deviations are 0.001 at least.</summary>
    public static (float[] Mean, float[] Deviation) OfSteps(IEnumerable<MusicExample> examples, int size)
    {
        var (sums, squares, count) = (new double[size], new double[size], 0L);
        foreach (var example in examples)
            for (var step = 0; step < example.Mask.Length; step++)
            {
                if (example.Mask[step] == 0) continue;
                count++;
                for (var i = 0; i < size; i++)
                {
                    double value = example.Input[(step * size) + i];
                    sums[i] += value;
                    squares[i] += value * value;
                }
            }
        float[] mean = [.. sums.Select(sum => (float)(sum / count))];
        return (mean, [.. sums.Zip(squares, (sum, square) => (float)Math.Max(1e-3, Math.Sqrt(Math.Max(0, (square / count) - (sum / count * (sum / count))))))]);
    }

    /// <summary>A row in units of deviations.</summary>
    public static float[] Apply(float[] row, (float[] Mean, float[] Deviation) scaling)
    {
        var scaled = new float[row.Length];
        for (var i = 0; i < row.Length; i++) scaled[i] = (row[i] - scaling.Mean[i % scaling.Mean.Length]) / scaling.Deviation[i % scaling.Mean.Length];
        return scaled;
    }
}

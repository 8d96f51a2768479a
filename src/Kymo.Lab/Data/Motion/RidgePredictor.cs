namespace Kymo.Lab.Data.Motion;

/// <summary>
/// The best linear predictor of the signal from the movement around the same instant (Hoerl and Kennard 1970): every 50 ms of lag, to the nearest row,
/// one coefficient for each channel, and a constant.
/// </summary>
public sealed class RidgePredictor
{
    const double Strength = 100, LagSeconds = 0.05;
    const int RowStep = 5;

    readonly int[] _lags;
    readonly int _inputs, _outputs;
    readonly double[,] _weights;

    RidgePredictor(int[] lags, int inputs, int outputs, double[,] weights) => (_lags, _inputs, _outputs, _weights) = (lags, inputs, outputs, weights);

    /// <summary>Fits to training recordings; every fifth row is looked at.</summary>
    /// <param name="recordings">Training recordings.</param>
    /// <param name="set">Gives rate and channels.</param>
    /// <param name="reach">Lags on both sides; 0 for the same instant alone.</param>
    public static RidgePredictor Fit(IReadOnlyList<PairedRecording> recordings, PairedSet set, int reach)
    {
        int[] lags = [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(lag => (int)Math.Round(lag * LagSeconds * set.RateHz, MidpointRounding.AwayFromZero)).Distinct()];
        var (inputs, outputs) = (set.Axes * set.Joints, set.TargetChannels);
        var size = (inputs * lags.Length) + 1;
        var (gram, cross) = (new double[size, size], new double[size, outputs]);
        var features = new double[size];
        foreach (var recording in recordings)
            for (var row = 0; row < recording.Rows; row += RowStep)
            {
                Describe(recording, row, lags, inputs, features);
                for (var i = 0; i < size; i++)
                {
                    var value = features[i];
                    for (var j = 0; j <= i; j++) gram[i, j] += value * features[j];
                    for (var k = 0; k < outputs; k++) cross[i, k] += value * recording.Target[(k * recording.Rows) + row];
                }
            }
        // The constant is not held back.
        for (var i = 0; i < size - 1; i++) gram[i, i] += Strength;
        return new RidgePredictor(lags, inputs, outputs, Solve(gram, cross));
    }

    /// <summary>The prediction of every row, (channel, row).</summary>
    public float[] Predict(PairedRecording recording)
    {
        var result = new float[_outputs * recording.Rows];
        var features = new double[(_inputs * _lags.Length) + 1];
        for (var row = 0; row < recording.Rows; row++)
        {
            Describe(recording, row, _lags, _inputs, features);
            for (var k = 0; k < _outputs; k++)
            {
                double sum = 0;
                for (var i = 0; i < features.Length; i++) sum += features[i] * _weights[i, k];
                result[(k * recording.Rows) + row] = (float)sum;
            }
        }
        return result;
    }

    // Instants beyond an end count as the end.
    static void Describe(PairedRecording recording, int row, int[] lags, int inputs, double[] features)
    {
        var at = 0;
        foreach (var lag in lags)
        {
            var from = Math.Clamp(row + lag, 0, recording.Rows - 1);
            for (var channel = 0; channel < inputs; channel++) features[at++] = recording.Input[(channel * recording.Rows) + from];
        }
        features[at] = 1;
    }

    // Cholesky: the lower half of the matrix is filled, and positive definite by the strength added.
    static double[,] Solve(double[,] gram, double[,] cross)
    {
        var (size, outputs) = (gram.GetLength(0), cross.GetLength(1));
        for (var i = 0; i < size; i++)
            for (var j = 0; j <= i; j++)
            {
                var sum = gram[i, j];
                for (var k = 0; k < j; k++) sum -= gram[i, k] * gram[j, k];
                gram[i, j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / gram[j, j];
            }
        var weights = new double[size, outputs];
        for (var output = 0; output < outputs; output++)
        {
            for (var i = 0; i < size; i++)
            {
                var sum = cross[i, output];
                for (var k = 0; k < i; k++) sum -= gram[i, k] * weights[k, output];
                weights[i, output] = sum / gram[i, i];
            }
            for (var i = size - 1; i >= 0; i--)
            {
                var sum = weights[i, output];
                for (var k = i + 1; k < size; k++) sum -= gram[k, i] * weights[k, output];
                weights[i, output] = sum / gram[i, i];
            }
        }
        return weights;
    }
}

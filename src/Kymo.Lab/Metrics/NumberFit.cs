namespace Kymo.Lab.Metrics;

/// <summary>How numbers agree with true ones.</summary>
/// <param name="R2">1 less the squared error over that of a constant.</param>
/// <param name="Ccc">Lin's concordance: 2 cov / (var x + var y + (mean x - mean y)²), population moments; 0 where both are constant and differ.</param>
/// <param name="R">Pearson's correlation; NaN where one is constant.</param>
/// <param name="Rmse">Root of the mean squared error.</param>
/// <param name="Mae">Mean absolute error.</param>
public sealed record NumberFit(double R2, double Ccc, double R, double Rmse, double Mae)
{
    /// <summary>Compares.</summary>
    /// <param name="truth">True values, at least one.</param>
    /// <param name="predicted">As many.</param>
    /// <param name="constant">What R² is against: the mean of the training part.</param>
    /// <exception cref="ArgumentException">No values, or lists of unequal length.</exception>
    public static NumberFit Of(ReadOnlySpan<double> truth, ReadOnlySpan<double> predicted, double constant)
    {
        if (truth.IsEmpty || truth.Length != predicted.Length) throw new ArgumentException($"{truth.Length} true values and {predicted.Length} predicted ones");
        double x = 0, y = 0;
        for (var i = 0; i < truth.Length; i++)
        {
            x += truth[i] / truth.Length;
            y += predicted[i] / truth.Length;
        }
        double both = 0, left = 0, right = 0, error = 0, rival = 0, absolute = 0;
        for (var i = 0; i < truth.Length; i++)
        {
            both += (truth[i] - x) * (predicted[i] - y) / truth.Length;
            left += (truth[i] - x) * (truth[i] - x) / truth.Length;
            right += (predicted[i] - y) * (predicted[i] - y) / truth.Length;
            error += (truth[i] - predicted[i]) * (truth[i] - predicted[i]) / truth.Length;
            absolute += Math.Abs(truth[i] - predicted[i]) / truth.Length;
            rival += (truth[i] - constant) * (truth[i] - constant) / truth.Length;
        }
        var spread = left + right + ((x - y) * (x - y));
        return new(1 - (error / rival), spread == 0 ? 1 : 2 * both / spread, both / Math.Sqrt(left * right), Math.Sqrt(error), absolute);
    }
}

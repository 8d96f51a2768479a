namespace Kymo.Lab.Metrics;

/// <summary>
/// Cohen's kappa (1960): agreement of prediction and truth beyond what their class shares would give by chance,
/// (observed - expected) / (1 - expected).
/// </summary>
public static class CohenKappa
{
    /// <summary>
    /// Kappa, at most 1; not a number for an empty matrix and where truth and prediction are one and the same class.
    /// </summary>
    public static double Of(ConfusionMatrix matrix)
    {
        double total = matrix.Total, expected = 0;
        for (var c = 0; c < matrix.ClassCount; c++) expected += matrix.Support(c) / total * (matrix.PredictedCount(c) / total);
        return (matrix.Correct / total - expected) / (1 - expected);
    }
}

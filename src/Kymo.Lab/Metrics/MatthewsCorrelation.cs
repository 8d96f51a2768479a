namespace Kymo.Lab.Metrics;

/// <summary>Correlation of true and predicted classes (Gorodkin 2004), as scikit-learn's <c>matthews_corrcoef</c>.</summary>
public static class MatthewsCorrelation
{
    /// <summary>From -1 to 1; 0 where truth or prediction is one class only, not a number for an empty matrix.</summary>
    public static double Of(ConfusionMatrix matrix)
    {
        double total = matrix.Total, products = 0, truths = 0, calls = 0;
        for (var c = 0; c < matrix.ClassCount; c++)
        {
            double support = matrix.Support(c), called = matrix.PredictedCount(c);
            products += support * called;
            truths += support * support;
            calls += called * called;
        }
        if (total == 0) return double.NaN;
        var spread = (total * total - truths) * (total * total - calls);
        return spread == 0 ? 0 : (matrix.Correct * total - products) / Math.Sqrt(spread);
    }
}

namespace Kymo.Lab.Metrics;

/// <summary>
/// Mean recall over the classes that occur among the true ones, as scikit-learn's <c>balanced_accuracy_score</c>.
/// </summary>
public static class BalancedAccuracy
{
    /// <summary>Balanced accuracy, 0 to 1; not a number for an empty matrix.</summary>
    public static double Of(ConfusionMatrix matrix)
    {
        var sum = 0.0;
        var classes = 0;
        for (var c = 0; c < matrix.ClassCount; c++)
        {
            var support = matrix.Support(c);
            if (support == 0) continue;
            sum += (double)matrix[c, c] / support;
            classes++;
        }
        return sum / classes;
    }
}

namespace Kymo.Lab.Metrics;

/// <summary>Share of items whose predicted class is the true one.</summary>
public static class Accuracy
{
    /// <summary>Accuracy, 0 to 1; not a number for an empty matrix.</summary>
    public static double Of(ConfusionMatrix matrix) => (double)matrix.Correct / matrix.Total;
}

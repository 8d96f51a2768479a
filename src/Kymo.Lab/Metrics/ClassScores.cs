namespace Kymo.Lab.Metrics;

/// <summary>Scores of one class against all others. A quotient without a denominator counts as 0.</summary>
/// <param name="Precision">Share of the items called this class that are of it.</param>
/// <param name="Recall">Share of the items of this class that are called so.</param>
/// <param name="F1">Harmonic mean of precision and recall.</param>
/// <param name="Support">Number of items of this class.</param>
public readonly record struct ClassScores(double Precision, double Recall, double F1, long Support)
{
    /// <summary>Scores of class <paramref name="index"/>.</summary>
    public static ClassScores Of(ConfusionMatrix matrix, int index)
    {
        var right = (double)matrix[index, index];
        var support = matrix.Support(index);
        var called = matrix.PredictedCount(index);
        return new ClassScores(
            Ratio(right, called), Ratio(right, support), Ratio(2 * right, support + called), support);
    }

    /// <summary>Scores of every class, in class order.</summary>
    public static ClassScores[] Of(ConfusionMatrix matrix)
    {
        var scores = new ClassScores[matrix.ClassCount];
        for (var c = 0; c < scores.Length; c++) scores[c] = Of(matrix, c);
        return scores;
    }

    static double Ratio(double numerator, double denominator) => denominator == 0 ? 0 : numerator / denominator;
}

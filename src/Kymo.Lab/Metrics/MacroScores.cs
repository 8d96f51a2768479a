namespace Kymo.Lab.Metrics;

/// <summary>Which classes a macro average runs over.</summary>
public enum AveragedClasses
{
    /// <summary>Every class of the data set. A class that never occurs and is never predicted counts 0.</summary>
    All,

    /// <summary>
    /// Only classes that occur among the true or the predicted ones: what scikit-learn does when no <c>labels</c> are given.
    /// A missing class silently shrinks the average, so this is for comparison with such numbers only.
    /// </summary>
    Present,
}

/// <summary>Unweighted means of the per-class scores.</summary>
/// <param name="Precision">Macro precision, 0 to 1.</param>
/// <param name="Recall">Macro recall, 0 to 1.</param>
/// <param name="F1">Macro F1: the mean of the classes' F1, not the F1 of the means.</param>
public readonly record struct MacroScores(double Precision, double Recall, double F1)
{
    /// <summary>Means over the classes; not numbers for an empty matrix.</summary>
    public static MacroScores Of(ConfusionMatrix matrix, AveragedClasses classes = AveragedClasses.All)
    {
        if (matrix.Total == 0) return new MacroScores(double.NaN, double.NaN, double.NaN);
        double precision = 0, recall = 0, f1 = 0;
        var averaged = 0;
        for (var c = 0; c < matrix.ClassCount; c++)
        {
            var scores = ClassScores.Of(matrix, c);
            if (classes == AveragedClasses.Present && scores.Support == 0 && matrix.PredictedCount(c) == 0) continue;
            precision += scores.Precision;
            recall += scores.Recall;
            f1 += scores.F1;
            averaged++;
        }
        return new MacroScores(precision / averaged, recall / averaged, f1 / averaged);
    }
}

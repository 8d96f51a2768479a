namespace Kymo.Lab.Metrics;

/// <summary>Share of the items of other classes that are not called a class.</summary>
public static class Specificity
{
    /// <summary>Specificity of a class, 0 to 1; 0 where all items are of it.</summary>
    public static double Of(ConfusionMatrix matrix, int index)
    {
        var others = matrix.Total - matrix.Support(index);
        return others == 0 ? 0 : 1 - (double)(matrix.PredictedCount(index) - matrix[index, index]) / others;
    }
}

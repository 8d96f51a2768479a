namespace Kymo.Lab.Metrics;

/// <summary>A mean with both standard deviations, as tables over folds or seeds need them.</summary>
/// <param name="Count">Number of values.</param>
/// <param name="Mean">Mean; not a number for no values.</param>
/// <param name="PopulationDeviation">Square root of the mean squared distance from the mean (divisor n).</param>
/// <param name="SampleDeviation">The same with divisor n - 1; not a number for fewer than two values.</param>
public readonly record struct MeanAndDeviation(int Count, double Mean, double PopulationDeviation, double SampleDeviation)
{
    /// <summary>Mean and deviations of <paramref name="values"/>, in two passes.</summary>
    public static MeanAndDeviation Of(ReadOnlySpan<double> values)
    {
        double sum = 0, squares = 0;
        foreach (var v in values) sum += v;
        var mean = sum / values.Length;
        foreach (var v in values) squares += (v - mean) * (v - mean);
        var sample = values.Length < 2 ? double.NaN : Math.Sqrt(squares / (values.Length - 1));
        return new MeanAndDeviation(values.Length, mean, Math.Sqrt(squares / values.Length), sample);
    }
}

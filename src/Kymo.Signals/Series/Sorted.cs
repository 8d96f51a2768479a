namespace Kymo.Signals.Series;

/// <summary>Questions to ascending values, such as the times of a series.</summary>
public static class Sorted
{
    /// <summary>The index of the first value that is not below a bound; their number where all are.</summary>
    /// <param name="values">Ascending.</param>
    /// <param name="bound">In the values' own unit.</param>
    public static int LowerBound(ReadOnlySpan<double> values, double bound)
    {
        var (low, high) = (0, values.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (values[middle] < bound) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}

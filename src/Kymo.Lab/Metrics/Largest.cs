namespace Kymo.Lab.Metrics;

/// <summary>The class of a row of logits or probabilities.</summary>
public static class Largest
{
    /// <summary>Index of the largest value; the first of equals.</summary>
    public static int IndexOf(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }
}

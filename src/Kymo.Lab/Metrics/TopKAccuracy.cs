namespace Kymo.Lab.Metrics;

/// <summary>Share of items whose true class is among the k most probable ones.</summary>
public static class TopKAccuracy
{
    /// <summary>Top-k accuracy, 0 to 1; not a number for no items. Of equal probabilities the lower class comes first.</summary>
    /// <param name="probabilities"><c>(item, class)</c>, row-major.</param>
    /// <param name="truth">True class of each item.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="k">1 to <paramref name="classCount"/>.</param>
    /// <exception cref="ArgumentException">Sizes disagree, a class does not exist, or a row is no distribution.</exception>
    public static double Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> truth, int classCount, int k)
    {
        Probabilities.Check(probabilities, truth, classCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, classCount);
        var hits = 0;
        for (var i = 0; i < truth.Length; i++)
            if (Rank(probabilities.Slice(i * classCount, classCount), truth[i]) < k) hits++;
        return (double)hits / truth.Length;
    }

    static int Rank(ReadOnlySpan<float> row, int index)
    {
        var rank = 0;
        for (var c = 0; c < row.Length; c++)
            if (row[c] > row[index] || (row[c] == row[index] && c < index)) rank++;
        return rank;
    }
}

namespace Kymo.Lab.Metrics;

/// <summary>Checks shared by the metrics that read class probabilities, <c>(item, class)</c> in row-major order.</summary>
static class Probabilities
{
    const double SumTolerance = 1e-3;

    /// <summary>Throws where sizes disagree, a class does not exist, or a row is no distribution.</summary>
    public static void Check(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> truth, int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        if (probabilities.Length != (long)truth.Length * classCount)
            throw new ArgumentException(
                $"{probabilities.Length} probabilities for {truth.Length} items of {classCount} classes: " +
                $"expected {(long)truth.Length * classCount}");
        for (var i = 0; i < truth.Length; i++)
        {
            if ((uint)truth[i] >= (uint)classCount)
                throw new ArgumentException($"item {i} is of class {truth[i]}: classes are 0 to {classCount - 1}");
            CheckRow(probabilities.Slice(i * classCount, classCount), i);
        }
    }

    static void CheckRow(ReadOnlySpan<float> row, int item)
    {
        var sum = 0.0;
        foreach (var p in row)
        {
            if (!(p >= 0 && p <= 1 + SumTolerance)) throw new ArgumentException($"item {item} has a probability of {p}");
            sum += p;
        }
        if (!(Math.Abs(sum - 1) <= SumTolerance))
            throw new ArgumentException($"the probabilities of item {item} sum to {sum}, not 1");
    }

    /// <summary>Index of the greatest value; the first of equals.</summary>
    public static int ArgMax(ReadOnlySpan<float> row)
    {
        var best = 0;
        for (var c = 1; c < row.Length; c++)
            if (row[c] > row[best]) best = c;
        return best;
    }
}

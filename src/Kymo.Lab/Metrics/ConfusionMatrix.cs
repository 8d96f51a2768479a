namespace Kymo.Lab.Metrics;

/// <summary>
/// Counts of items by true class (row) and predicted class (column), over a fixed list of classes. Matrices of parts add up to
/// the matrix of the whole, so every score read from one can be gathered in batches, folds or processes.
/// </summary>
public sealed class ConfusionMatrix
{
    readonly long[] _counts;

    /// <summary>An empty matrix.</summary>
    /// <param name="classCount">Number of classes, at least 1; classes are 0 to <paramref name="classCount"/> - 1.</param>
    public ConfusionMatrix(int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classCount, 30_000);
        ClassCount = classCount;
        _counts = new long[(long)classCount * classCount];
    }

    /// <summary>Number of classes, whether they occurred or not.</summary>
    public int ClassCount { get; }

    /// <summary>Number of items counted.</summary>
    public long Total { get; private set; }

    /// <summary>Number of items of class <paramref name="truth"/> that were called <paramref name="predicted"/>.</summary>
    public long this[int truth, int predicted] => _counts[Cell(truth, predicted)];

    /// <summary>The matrix of a list of items.</summary>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="truth">True class of each item.</param>
    /// <param name="predicted">Predicted class of each item, in the same order.</param>
    /// <exception cref="ArgumentException">The lists differ in length, or name a class that does not exist.</exception>
    public static ConfusionMatrix Of(int classCount, ReadOnlySpan<int> truth, ReadOnlySpan<int> predicted)
    {
        if (truth.Length != predicted.Length)
            throw new ArgumentException($"{truth.Length} true classes but {predicted.Length} predicted ones");
        var matrix = new ConfusionMatrix(classCount);
        for (var i = 0; i < truth.Length; i++) matrix.Add(truth[i], predicted[i]);
        return matrix;
    }

    /// <summary>Counts <paramref name="count"/> more items of one kind.</summary>
    public void Add(int truth, int predicted, long count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _counts[Cell(truth, predicted)] += count;
        Total += count;
    }

    /// <summary>Adds the counts of another matrix over the same classes.</summary>
    public void Merge(ConfusionMatrix other)
    {
        if (other.ClassCount != ClassCount)
            throw new ArgumentException($"a matrix of {other.ClassCount} classes cannot be added to one of {ClassCount}");
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        Total += other.Total;
    }

    /// <summary>Sets every count to zero.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Total = 0;
    }

    /// <summary>Number of items whose prediction is right.</summary>
    public long Correct
    {
        get
        {
            var sum = 0L;
            for (var c = 0; c < ClassCount; c++) sum += _counts[Cell(c, c)];
            return sum;
        }
    }

    /// <summary>Number of items of a true class (row sum).</summary>
    public long Support(int truth)
    {
        var sum = 0L;
        for (var p = 0; p < ClassCount; p++) sum += _counts[Cell(truth, p)];
        return sum;
    }

    /// <summary>Number of items called a class (column sum).</summary>
    public long PredictedCount(int predicted)
    {
        var sum = 0L;
        for (var t = 0; t < ClassCount; t++) sum += _counts[Cell(t, predicted)];
        return sum;
    }

    int Cell(int truth, int predicted)
    {
        if ((uint)truth >= (uint)ClassCount || (uint)predicted >= (uint)ClassCount)
            throw new ArgumentOutOfRangeException(
                nameof(truth), $"class {truth} called {predicted}: classes are 0 to {ClassCount - 1}");
        return truth * ClassCount + predicted;
    }
}

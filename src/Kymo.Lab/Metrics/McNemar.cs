namespace Kymo.Lab.Metrics;

/// <summary>
/// McNemar's test (1947) whether two classifiers, asked about the same items, are wrong equally often. Only the items count that
/// exactly one of them gets right. Both p-values are two-sided and conditional on that number (Fagerland et al. 2013).
/// </summary>
/// <param name="OnlyFirstRight">Items that only the first classifier gets right.</param>
/// <param name="OnlySecondRight">Items that only the second gets right.</param>
/// <param name="ExactP">Twice the smaller binomial tail, at most 1. Conservative.</param>
/// <param name="MidP">The same with half the weight on the observed count: the one to prefer.</param>
public readonly record struct McNemar(long OnlyFirstRight, long OnlySecondRight, double ExactP, double MidP)
{
    /// <summary>The test on two lists of predictions.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static McNemar Of(ReadOnlySpan<int> truth, ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        if (first.Length != truth.Length || second.Length != truth.Length)
            throw new ArgumentException($"{truth.Length} true classes, {first.Length} and {second.Length} predicted ones");
        long onlyFirst = 0, onlySecond = 0;
        for (var i = 0; i < truth.Length; i++)
        {
            if (first[i] == truth[i] && second[i] != truth[i]) onlyFirst++;
            if (first[i] != truth[i] && second[i] == truth[i]) onlySecond++;
        }
        return Of(onlyFirst, onlySecond);
    }

    /// <summary>The test on the two counts.</summary>
    public static McNemar Of(long onlyFirstRight, long onlySecondRight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(onlyFirstRight);
        ArgumentOutOfRangeException.ThrowIfNegative(onlySecondRight);
        var (tail, point) = LowerTail(Math.Min(onlyFirstRight, onlySecondRight), onlyFirstRight + onlySecondRight);
        return new McNemar(onlyFirstRight, onlySecondRight, Math.Min(1, 2 * tail), Math.Min(1, 2 * tail - point));
    }

    /// <summary>P(X &lt;= k) and P(X = k) for X binomial (n, 1/2), summed from k downwards.</summary>
    static (double Tail, double Point) LowerTail(long k, long n)
    {
        var logPoint = -n * Math.Log(2);
        for (var i = 1L; i <= k; i++) logPoint += Math.Log((double)(n - i + 1) / i);
        var point = Math.Exp(logPoint);
        double term = point, tail = point;
        for (var i = k; i > 0 && term > tail * 1e-18; i--)
        {
            term *= (double)i / (n - i + 1);
            tail += term;
        }
        return (tail, point);
    }
}

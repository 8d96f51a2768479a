namespace Kymo.Lab.Metrics;

/// <summary>Sleep against wake at one threshold.</summary>
/// <param name="Sensitivity">Share of sleep called sleep: what was asked for.</param>
/// <param name="Specificity">Share of wake called wake.</param>
/// <param name="Accuracy">Share of all items.</param>
/// <param name="Kappa">Cohen's kappa.</param>
/// <param name="Threshold">Probability of sleep from which an item is called sleep.</param>
public readonly record struct SleepWakePoint(double Sensitivity, double Specificity, double Accuracy, double Kappa, double Threshold);

/// <summary>
/// How well a probability tells sleep from wake whatever the threshold: the area under the receiver operating curve, and the score where
/// a wanted share of sleep is found, by straight lines between the curve's points. Wake is the negative class.
/// </summary>
public sealed class SleepWakeCurve
{
    // Points from the strictest threshold on: called sleep among sleep and among wake.
    readonly List<(double Threshold, double Sleep, double Wake)> _points = [(double.PositiveInfinity, 0, 0)];

    /// <summary>Sorts the items.</summary>
    /// <param name="sleep">Probability of sleep of each item.</param>
    /// <param name="isSleep">Whether it was sleep.</param>
    public SleepWakeCurve(ReadOnlySpan<double> sleep, ReadOnlySpan<bool> isSleep)
    {
        if (sleep.Length != isSleep.Length) throw new ArgumentException($"{sleep.Length} probabilities but {isSleep.Length} truths");
        var (scores, truths) = (sleep.ToArray(), isSleep.ToArray());
        Array.Sort(scores, truths);
        for (var i = scores.Length - 1; i >= 0;)
        {
            var threshold = scores[i];
            for (; i >= 0 && scores[i] == threshold; i--)
                if (truths[i]) SleepItems++;
                else WakeItems++;
            _points.Add((threshold, SleepItems, WakeItems));
        }
    }

    /// <summary>Items of sleep.</summary>
    public long SleepItems { get; }

    /// <summary>Items of wake.</summary>
    public long WakeItems { get; }

    /// <summary>Area under the curve, 0 to 1; not a number where a class is absent.</summary>
    public double Area
    {
        get
        {
            var area = 0.0;
            for (var i = 1; i < _points.Count; i++)
                area += (_points[i].Wake - _points[i - 1].Wake) * (_points[i].Sleep + _points[i - 1].Sleep) / 2;
            return area / ((double)SleepItems * WakeItems);
        }
    }

    /// <summary>The scores where a share of sleep is found.</summary>
    /// <param name="sensitivity">The share, above 0 and at most 1.</param>
    public SleepWakePoint At(double sensitivity)
    {
        if (!(sensitivity is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(sensitivity), sensitivity, "expected a share above 0 and at most 1");
        if (SleepItems == 0 || WakeItems == 0) return new SleepWakePoint(sensitivity, double.NaN, double.NaN, double.NaN, double.NaN);
        var wanted = sensitivity * SleepItems;
        var next = _points.FindIndex(point => point.Sleep >= wanted - 1e-9);
        var (low, high) = (_points[Math.Max(next - 1, 0)], _points[next]);
        var share = high.Sleep > low.Sleep ? Math.Clamp((wanted - low.Sleep) / (high.Sleep - low.Sleep), 0, 1) : 1;
        var wakeCalledSleep = low.Wake + share * (high.Wake - low.Wake);
        var threshold = double.IsInfinity(low.Threshold) ? high.Threshold : low.Threshold + share * (high.Threshold - low.Threshold);
        double total = SleepItems + WakeItems, right = wanted + WakeItems - wakeCalledSleep, calledSleep = wanted + wakeCalledSleep;
        var expected = (SleepItems * calledSleep + WakeItems * (total - calledSleep)) / (total * total);
        return new SleepWakePoint(sensitivity, 1 - wakeCalledSleep / WakeItems, right / total, (right / total - expected) / (1 - expected), threshold);
    }
}

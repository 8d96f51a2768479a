namespace Kymo.Tuning.Importance;

/// <summary>
/// A regression tree grown to the end on points of a box, and the variance of its prediction over the whole box (Hutter, Hoos and
/// Leyton-Brown 2014). A coordinate is a number between bounds, or a choice, of which a split takes one out.
/// </summary>
sealed class RegressionTree
{
    readonly Axis[] _axes;
    readonly List<(Side[] Box, double Value)> _leaves = [];
    readonly double _mean;

    /// <summary>Grows the tree.</summary>
    /// <param name="axes">The coordinates.</param>
    /// <param name="points">The points, coordinates in order of the axes.</param>
    /// <param name="values">The value at each point.</param>
    /// <param name="sample">Indices of the points to learn from; one may stand several times.</param>
    public RegressionTree(Axis[] axes, double[][] points, double[] values, int[] sample)
    {
        _axes = axes;
        Grow([.. axes.Select(axis => axis.Whole)], points, values, sample);
        _mean = _leaves.Sum(leaf => leaf.Value * Share(leaf.Box, -1));
        Variance = _leaves.Sum(leaf => Math.Pow(leaf.Value - _mean, 2) * Share(leaf.Box, -1));
    }

    /// <summary>Variance of the prediction over the box.</summary>
    public double Variance { get; }

    /// <summary>Variance, over one coordinate, of the prediction's mean over all others.</summary>
    public double MarginalVariance(int axis)
    {
        var shares = _leaves.ConvertAll(leaf => leaf.Value * Share(leaf.Box, axis));
        var variance = 0.0;
        foreach (var cell in _axes[axis].Cells(_leaves.Select(leaf => leaf.Box[axis])))
        {
            var mean = 0.0;
            for (var i = 0; i < shares.Count; i++)
                if (_leaves[i].Box[axis].Covers(cell)) mean += shares[i];
            variance += Math.Pow(mean - _mean, 2) * cell.Share(_axes[axis].Whole);
        }
        return variance;
    }

    // Share of the box that a leaf takes, one coordinate left out.
    double Share(Side[] box, int without)
    {
        var share = 1.0;
        for (var axis = 0; axis < box.Length; axis++)
            if (axis != without) share *= box[axis].Share(_axes[axis].Whole);
        return share;
    }

    void Grow(Side[] box, double[][] points, double[] values, int[] sample)
    {
        var best = sample.Length < 2 || sample.All(i => values[i] == values[sample[0]])
            ? null
            : BestSplit(box, points, values, sample);
        if (best is not { } split)
        {
            _leaves.Add((box, sample.Average(i => values[i])));
            return;
        }
        var (inside, outside) = box[split.Axis].Cut(split.At);
        foreach (var side in new[] { inside, outside })
        {
            var part = (Side[])box.Clone();
            part[split.Axis] = side;
            Grow(part, points, values, [.. sample.Where(i => side.Contains(points[i][split.Axis]))]);
        }
    }

    // The split that leaves the least squared error; null where no coordinate tells the points apart.
    (int Axis, double At)? BestSplit(Side[] box, double[][] points, double[] values, int[] sample)
    {
        (int, double)? best = null;
        var most = double.NegativeInfinity;
        var total = sample.Sum(i => values[i]);
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            foreach (var (at, count, sum) in Candidates(box[axis], axis, points, values, sample))
            {
                if (count == 0 || count == sample.Length) continue;
                var gain = sum * sum / count + (total - sum) * (total - sum) / (sample.Length - count);
                if (gain > most) (most, best) = (gain, (axis, at));
            }
        }
        return best;
    }

    // Every split of a coordinate with the count and the sum of values on its inner side.
    static IEnumerable<(double At, int Count, double Sum)> Candidates(
        Side side, int axis, double[][] points, double[] values, int[] sample)
    {
        if (side.Choices is { } choices)
        {
            foreach (var choice in choices)
            {
                var chosen = sample.Where(i => points[i][axis] == choice).ToArray();
                yield return (choice, chosen.Length, chosen.Sum(i => values[i]));
            }
            yield break;
        }
        double[] keys = [.. sample.Select(i => points[i][axis])];
        int[] order = [.. sample];
        Array.Sort(keys, order);
        var sum = 0.0;
        for (var i = 0; i + 1 < order.Length; i++)
        {
            sum += values[order[i]];
            if (keys[i] < keys[i + 1]) yield return ((keys[i] + keys[i + 1]) / 2, i + 1, sum);
        }
    }
}

/// <summary>
/// A part of a coordinate: the numbers from <paramref name="Low"/> to <paramref name="High"/>, or some choices.
/// </summary>
readonly record struct Side(double Low, double High, double[]? Choices)
{
    public bool Contains(double at) => Choices is null ? at >= Low && at <= High : Choices.Contains(at);

    public bool Covers(Side cell) => Choices is null ? Low <= cell.Low && cell.High <= High : Choices.Contains(cell.Choices![0]);

    public double Share(Side whole) =>
        Choices is null ? (High - Low) / (whole.High - whole.Low) : (double)Choices.Length / whole.Choices!.Length;

    /// <summary>Numbers below and above a place, or one choice and the others.</summary>
    public (Side Inside, Side Outside) Cut(double at) => Choices is null
        ? (this with { High = at }, this with { Low = at })
        : (this with { Choices = [at] }, this with { Choices = [.. Choices.Where(choice => choice != at)] });
}

/// <summary>A coordinate of the box.</summary>
sealed record Axis(Side Whole)
{
    public static Axis Of(Distribution distribution) => new(distribution switch
    {
        FloatDistribution real => new Side(real.Low, real.High, null),
        IntDistribution integer => new Side(integer.Low, integer.High, null),
        CategoricalDistribution choice => new Side(0, 0, [.. Enumerable.Range(0, choice.Choices.Count).Select(i => (double)i)]),
        _ => throw new ArgumentException("unknown distribution"),
    });

    /// <summary>The finest parts that all sides are made of.</summary>
    public IEnumerable<Side> Cells(IEnumerable<Side> sides)
    {
        if (Whole.Choices is not null) return Whole.Choices.Select(choice => new Side(0, 0, [choice]));
        double[] edges = [.. sides.SelectMany(side => new[] { side.Low, side.High }).Distinct().Order()];
        return edges.Zip(edges.Skip(1), (low, high) => new Side(low, high, null));
    }
}

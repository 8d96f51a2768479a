using Kymo.Tuning.Importance;

namespace Kymo.Tuning;

/// <summary>How much each parameter matters for a value.</summary>
public static class ParameterImportance
{
    const int Trees = 64;

    /// <summary>
    /// The share of the value's variance that each parameter explains alone, by functional ANOVA over a random forest
    /// (Hutter, Hoos and
    /// Leyton-Brown 2014), as Optuna's default evaluator measures it: ranges are taken as they are, logarithmic ones too.
    /// </summary>
    /// <param name="trials">Trials of a study; complete ones that have every common parameter count, infinite values do
    /// not.</param>
    /// <param name="seed">Start of the stream that grows the forest.</param>
    /// <param name="objective">Which value, from 0.</param>
    /// <returns>Names and shares that sum to 1, the largest first.</returns>
    /// <exception cref="StudyException">There are fewer than two such trials, no parameter varies, or the values do
    /// not.</exception>
    public static IReadOnlyList<KeyValuePair<string, double>> Fanova(
        IReadOnlyList<FrozenTrial> trials, uint seed, int objective = 0)
    {
        var complete = trials.Where(
            trial => trial.State == TrialState.Complete && double.IsFinite(trial.Values![objective])).ToArray();
        if (complete.Length < 2)
            throw new StudyException($"importance needs at least 2 complete trials, not {complete.Length}; run more");
        var names = complete[0].Parameters.Select(parameter => parameter.Name)
            .Where(name => complete.All(trial => trial.Find(name) is not null)).ToArray();
        Distribution[] distributions = [.. names.Select(name => Widest(complete, name))];
        if (!distributions.Any(distribution => !distribution.IsSingle))
            throw new StudyException("importance needs a parameter that varies; the trials have none in common");
        int[] varied = [.. Enumerable.Range(0, names.Length).Where(i => !distributions[i].IsSingle)];

        Axis[] axes = [.. varied.Select(i => Axis.Of(distributions[i]))];
        double[][] points = [.. complete.Select(trial => varied.Select(i => trial.Find(names[i])!.Number).ToArray())];
        var shares = Shares(axes, points, [.. complete.Select(trial => trial.Values![objective])], seed);
        var result = names.Select(name => KeyValuePair.Create(name, 0.0)).ToArray();
        for (var v = 0; v < varied.Length; v++) result[varied[v]] = KeyValuePair.Create(names[varied[v]], shares[v]);
        return [.. result.OrderByDescending(pair => pair.Value)];
    }

    static double[] Shares(Axis[] axes, double[][] points, double[] values, uint seed)
    {
        var random = new NumpyRandom(seed);
        var sums = new double[axes.Length];
        for (var t = 0; t < Trees; t++)
        {
            int[] sample = [.. points.Select(_ => random.NextInt(points.Length))];
            var tree = new RegressionTree(axes, points, values, sample);
            if (tree.Variance <= 0) continue;
            for (var axis = 0; axis < axes.Length; axis++) sums[axis] += tree.MarginalVariance(axis) / tree.Variance;
        }
        var total = sums.Sum();
        if (total <= 0) throw new StudyException("importance needs values that differ; all trials have the same");
        return [.. sums.Select(sum => sum / total)];
    }

    // A range that changed between trials counts from its lowest to its highest value.
    static Distribution Widest(FrozenTrial[] trials, string name)
    {
        Distribution[] all = [.. trials.Select(trial => trial.Find(name)!.Distribution).Distinct()];
        return all[0] switch
        {
            FloatDistribution real => new FloatDistribution(
                all.Min(other => ((FloatDistribution)other).Low), all.Max(other => ((FloatDistribution)other).High), real.Log),
            IntDistribution integer => new IntDistribution(
                all.Min(other => ((IntDistribution)other).Low), all.Max(other => ((IntDistribution)other).High), integer.Log),
            var choice => choice,
        };
    }
}

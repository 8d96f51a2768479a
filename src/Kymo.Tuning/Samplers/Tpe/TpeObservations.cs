namespace Kymo.Tuning.Samplers;

/// <summary>The trials a model learns from, split into few good ones and the rest; indices are in order of number.</summary>
sealed class TpeObservations
{
    const double Tiny = 1e-12;

    readonly List<FrozenTrial> _trials = [];
    readonly List<(double Step, double[] Losses)> _scores = [];
    readonly List<double> _violations = [];

    public TpeObservations(IReadOnlyList<FrozenTrial> trials, IReadOnlyList<StudyDirection> directions, bool constantLiar)
    {
        foreach (var trial in trials)
        {
            if (Score(trial, directions, constantLiar) is not { } score) continue;
            _trials.Add(trial);
            _scores.Add(score);
            if (trial.State != TrialState.Running) Ended++;
        }
        if (_trials.Any(trial => trial.Constraints is not null)) _violations.AddRange(_trials.Select(Violation));
        Below = [];
        Above = [];
    }

    /// <summary>Trials with a result.</summary>
    public int Ended { get; }

    /// <summary>The good trials.</summary>
    public int[] Below { get; private set; }

    /// <summary>The others.</summary>
    public int[] Above { get; private set; }

    /// <summary>Weights of the good trials by the volume each alone dominates; null for one objective.</summary>
    public double[]? WeightsBelow { get; private set; }

    bool HasSeveralObjectives => _scores.Count > 0 && _scores[0].Losses.Length > 1;

    /// <summary>The number a trial has for a parameter; null where it has none.</summary>
    public double? Number(int trial, string name) => _trials[trial].Find(name)?.Number;

    /// <summary>Splits once a model is to be used: a tenth is good, at most 25 trials.</summary>
    public void Split()
    {
        if (Below.Length + Above.Length > 0) return;
        var count = Math.Min((int)Math.Ceiling(0.1 * Ended), 25);
        int[] all = [.. Enumerable.Range(0, _trials.Count)];
        Below = [.. _violations.Count == 0 ? Best(all, count) : BestFeasible(all, count)];
        // Several objectives keep the order of the fronts, as in Optuna, unless constraints order them.
        if (_violations.Count > 0 || !HasSeveralObjectives) Array.Sort(Below);
        Above = [.. all.Except(Below)];
        if (HasSeveralObjectives) WeightsBelow = Weights();
    }

    // Trials stopped early rank after complete ones, the later they stopped the better.
    static (double Step, double[] Losses)? Score(FrozenTrial trial, IReadOnlyList<StudyDirection> directions, bool constantLiar)
    {
        if (trial.State == TrialState.Complete)
            return trial.Values is null ? null : (double.NegativeInfinity, ParetoFront.Losses(trial.Values, directions));
        if (directions.Count > 1) return null;
        if (trial.State == TrialState.Running) return constantLiar ? (double.PositiveInfinity, [double.PositiveInfinity]) : null;
        if (trial.State != TrialState.Pruned) return null;
        if (trial.LastStep is not { } step) return (1, [0.0]);
        var value = trial.IntermediateValues[step];
        return (-step, [double.IsNaN(value) ? double.PositiveInfinity : directions[0].Loss(value)]);
    }

    // How far constraints are broken; a trial without constraint values ranks last.
    static double Violation(FrozenTrial trial) => trial.State != TrialState.Running && trial.Constraints is { } constraints
        ? constraints.Where(value => value > 0).Sum()
        : double.PositiveInfinity;

    IEnumerable<int> Best(int[] indices, int count) => HasSeveralObjectives
        ? BestOfSeveralObjectives(indices, count)
        : indices.OrderBy(i => _scores[i].Step).ThenBy(i => _scores[i].Losses[0]).Take(count);

    IEnumerable<int> BestFeasible(int[] indices, int count)
    {
        int[] feasible = [.. indices.Where(i => _violations[i] == 0)];
        return count < feasible.Length ? Best(feasible, count) : indices.OrderBy(i => _violations[i]).Take(count);
    }

    // Whole fronts while they fit, then of the next front those that dominate most together.
    List<int> BestOfSeveralObjectives(int[] indices, int count)
    {
        var best = new List<int>();
        foreach (var front in Fronts(indices))
        {
            if (best.Count + front.Count <= count)
            {
                best.AddRange(front);
                if (best.Count == count) break;
                continue;
            }
            List<double[]> losses = [.. front.Select(i => _scores[i].Losses)];
            best.AddRange(Hypervolume.Select(losses, count - best.Count, Hypervolume.Reference(losses)).Select(i => front[i]));
            break;
        }
        return best;
    }

    IEnumerable<List<int>> Fronts(int[] indices)
    {
        List<int> rest = [.. indices];
        while (rest.Count > 0)
        {
            List<int> front =
                [.. rest.Where(i => !rest.Exists(j => ParetoFront.Dominates(_scores[j].Losses, _scores[i].Losses)))];
            yield return front;
            rest = [.. rest.Except(front)];
        }
    }

    double[] Weights()
    {
        var weights = new double[Below.Length];
        Array.Fill(weights, Tiny);
        int[] feasible = [.. Enumerable.Range(0, Below.Length).Where(i => _violations.Count == 0 || _violations[Below[i]] == 0)];
        List<double[]> losses = [.. feasible.Select(i => _scores[Below[i]].Losses)];
        if (losses.Count == 0) return weights;
        var reference = Hypervolume.Reference(losses);
        var volume = Hypervolume.Of(losses, reference);
        double[] contributions =
            [.. losses.Select((_, i) => volume - Hypervolume.Of([.. losses.Where((_, j) => j != i)], reference) + Tiny)];
        var most = contributions.Max();
        for (var i = 0; i < feasible.Length; i++)
            weights[feasible[i]] = losses.Count == 1 ? 1 : Math.Clamp(contributions[i] / most, 0, 1);
        return weights;
    }
}

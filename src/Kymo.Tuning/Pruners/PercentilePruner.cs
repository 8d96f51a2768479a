using Kymo.Tuning.Pruners;

namespace Kymo.Tuning;

/// <summary>
/// Stops a trial whose best value so far is worse than a percentile of the complete trials' values at the same step. Decides
/// as Optuna's <c>PercentilePruner</c> does, and as its <c>MedianPruner</c> for 50 percent.
/// </summary>
public sealed class PercentilePruner : Pruner
{
    readonly double _percentile;
    readonly int _startupTrials, _fewestTrials;
    readonly long _warmupSteps, _intervalSteps;

    /// <summary>Makes the pruner.</summary>
    /// <param name="percentile">Share of trials to keep, 0 to 100; default 50, the median.</param>
    /// <param name="startupTrials">Complete trials before any is stopped; default 5.</param>
    /// <param name="warmupSteps">Steps of a trial before it can be stopped; default 0.</param>
    /// <param name="intervalSteps">Steps between decisions; default 1.</param>
    /// <param name="fewestTrials">Complete trials needed at a step; default 1.</param>
    /// <exception cref="StudyException">A number is out of its range.</exception>
    public PercentilePruner(
        double percentile = 50, int startupTrials = 5, long warmupSteps = 0, long intervalSteps = 1, int fewestTrials = 1)
    {
        if (percentile is not (>= 0 and <= 100)) throw new StudyException($"a percentile is 0 to 100, not {percentile}");
        if (fewestTrials < 1) throw new StudyException($"a percentile needs at least 1 trial at a step, not {fewestTrials}");
        ReportInterval.Check(warmupSteps, intervalSteps);
        (_percentile, _startupTrials, _fewestTrials) = (percentile, startupTrials, fewestTrials);
        (_warmupSteps, _intervalSteps) = (warmupSteps, intervalSteps);
    }

    /// <inheritdoc/>
    public override bool ShouldPrune(Trial trial, IReadOnlyList<FrozenTrial> trials)
    {
        var complete = trials.Where(other => other.State == TrialState.Complete).ToList();
        if (complete.Count == 0 || complete.Count < _startupTrials) return false;
        if (!ReportInterval.IsDue(trial.Frozen, _warmupSteps, _intervalSteps)) return false;
        var direction = trial.Study.Directions[0];
        var best = ReportInterval.Best(trial.Frozen.IntermediateValues.Values, direction);
        if (double.IsNaN(best)) return true;
        var step = trial.Frozen.LastStep!.Value;
        var others = complete.Where(other => other.IntermediateValues.ContainsKey(step)).Select(
            other => other.IntermediateValues[step]).ToList();
        if (others.Count < _fewestTrials) return false;
        var bound = Percentile(others, direction == StudyDirection.Maximize ? 100 - _percentile : _percentile);
        return direction == StudyDirection.Maximize ? best < bound : best > bound;
    }

    // Linear between neighbours, NaN left out, in NumPy's rounding.
    static double Percentile(List<double> values, double percentile)
    {
        double[] sorted = [.. values.Where(value => !double.IsNaN(value)).Order()];
        if (sorted.Length == 0) return double.NaN;
        var place = percentile / 100 * (sorted.Length - 1);
        var below = (int)Math.Floor(place);
        var share = place - below;
        double low = sorted[below], high = sorted[Math.Min(below + 1, sorted.Length - 1)];
        return share >= 0.5 ? high - (high - low) * (1 - share) : low + (high - low) * share;
    }
}

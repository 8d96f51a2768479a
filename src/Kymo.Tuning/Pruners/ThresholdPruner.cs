using Kymo.Tuning.Pruners;

namespace Kymo.Tuning;

/// <summary>
/// Stops a trial whose last value left fixed bounds or is NaN; decides as Optuna's <c>ThresholdPruner</c> does.
/// </summary>
public sealed class ThresholdPruner : Pruner
{
    readonly double _lower, _upper;
    readonly long _warmupSteps, _intervalSteps;

    /// <summary>Makes the pruner.</summary>
    /// <param name="lower">Lowest value that goes on; none by default.</param>
    /// <param name="upper">Highest value that goes on; none by default.</param>
    /// <param name="warmupSteps">Steps of a trial before it can be stopped; default 0.</param>
    /// <param name="intervalSteps">Steps between decisions; default 1.</param>
    /// <exception cref="StudyException">No bound is given, they are reversed, or a count is out of its range.</exception>
    public ThresholdPruner(double? lower = null, double? upper = null, long warmupSteps = 0, long intervalSteps = 1)
    {
        if (lower is null && upper is null) throw new StudyException("a threshold pruner needs a lower or an upper bound");
        if (lower > upper)
            throw new StudyException($"the threshold pruner's bounds {lower} and {upper} are reversed; type the lower first");
        ReportInterval.Check(warmupSteps, intervalSteps);
        (_lower, _upper) = (lower ?? double.NegativeInfinity, upper ?? double.PositiveInfinity);
        (_warmupSteps, _intervalSteps) = (warmupSteps, intervalSteps);
    }

    /// <inheritdoc/>
    public override bool ShouldPrune(Trial trial, IReadOnlyList<FrozenTrial> trials)
    {
        if (!ReportInterval.IsDue(trial.Frozen, _warmupSteps, _intervalSteps)) return false;
        var value = trial.Frozen.IntermediateValues[trial.Frozen.LastStep!.Value];
        return !(value >= _lower && value <= _upper);
    }
}

using Kymo.Tuning.Pruners;

namespace Kymo.Tuning;

/// <summary>
/// Asks another pruner only when a trial has not improved for some reports; without another one, stops it then. Decides as
/// Optuna's <c>PatientPruner</c> does.
/// </summary>
public sealed class PatientPruner : Pruner
{
    readonly Pruner? _inner;
    readonly int _patience;
    readonly double _leastGain;

    /// <summary>Makes the pruner.</summary>
    /// <param name="inner">The pruner to ask; null to stop at once.</param>
    /// <param name="patience">Reports without improvement that are borne.</param>
    /// <param name="leastGain">How much worse than before still counts as no loss; default 0.</param>
    /// <exception cref="StudyException">A number is negative.</exception>
    public PatientPruner(Pruner? inner, int patience, double leastGain = 0)
    {
        if (patience < 0) throw new StudyException($"a pruner's patience is {patience} reports; type 0 or more");
        if (!(leastGain >= 0)) throw new StudyException($"a pruner's least gain is {leastGain}; type 0 or more");
        (_inner, _patience, _leastGain) = (inner, patience, leastGain);
    }

    /// <inheritdoc/>
    public override bool ShouldPrune(Trial trial, IReadOnlyList<FrozenTrial> trials)
    {
        var values = trial.Frozen.IntermediateValues.OrderBy(pair => pair.Key).Select(pair => pair.Value).ToArray();
        if (values.Length <= _patience + 1) return false;
        var direction = trial.Study.Directions[0];
        var before = ReportInterval.Best(values[..^(_patience + 1)], direction);
        var after = ReportInterval.Best(values[^(_patience + 1)..], direction);
        var isWorse = direction == StudyDirection.Maximize ? before - _leastGain > after : before + _leastGain < after;
        return isWorse && (_inner is null || _inner.ShouldPrune(trial, trials));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FrozenTrial> Comparable(string studyName, int number, IReadOnlyList<FrozenTrial> trials) =>
        _inner?.Comparable(studyName, number, trials) ?? trials;
}

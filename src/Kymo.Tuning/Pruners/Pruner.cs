namespace Kymo.Tuning;

/// <summary>Decides, from reported values, whether a trial is worth going on with.</summary>
public abstract class Pruner
{
    /// <summary>Whether the trial should stop after its last report.</summary>
    /// <param name="trial">The running trial.</param>
    /// <param name="trials">All trials of the study as they are now, this one included.</param>
    public abstract bool ShouldPrune(Trial trial, IReadOnlyList<FrozenTrial> trials);

    /// <summary>The trials a sampler should learn from for this trial; all by default.</summary>
    /// <param name="studyName">Name of the study.</param>
    /// <param name="number">The trial's number.</param>
    /// <param name="trials">All trials of the study.</param>
    public virtual IReadOnlyList<FrozenTrial> Comparable(string studyName, int number, IReadOnlyList<FrozenTrial> trials) =>
        trials;
}

/// <summary>Never stops a trial.</summary>
public sealed class NoPruner : Pruner
{
    /// <inheritdoc/>
    public override bool ShouldPrune(Trial trial, IReadOnlyList<FrozenTrial> trials) => false;
}

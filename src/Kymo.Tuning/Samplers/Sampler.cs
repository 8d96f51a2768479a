namespace Kymo.Tuning;

/// <summary>
/// Chooses the values of a trial's parameters. A sampler works for one study and, unless it says otherwise, is not safe between
/// threads. Values are internal numbers (see <see cref="Distribution"/>).
/// </summary>
public abstract class Sampler
{
    /// <summary>Values chosen together when a trial starts; none by default.</summary>
    /// <param name="trial">The trial; <see cref="Trial.Others"/> are the trials it can learn from.</param>
    public virtual IReadOnlyList<TrialParameter> SampleTogether(Trial trial) => [];

    /// <summary>A value chosen alone, for a parameter that <see cref="SampleTogether"/> did not choose.</summary>
    /// <param name="trial">The trial; <see cref="Trial.Others"/> are the trials it can learn from.</param>
    /// <param name="name">The parameter's name.</param>
    /// <param name="distribution">Its distribution, of more than one value.</param>
    public abstract double SampleAlone(Trial trial, string name, Distribution distribution);

    /// <summary>Whether a study has nothing left to try; never by default.</summary>
    /// <param name="trials">All trials of the study.</param>
    public virtual bool IsExhausted(IReadOnlyList<FrozenTrial> trials) => false;
}

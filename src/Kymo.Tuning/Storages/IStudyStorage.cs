namespace Kymo.Tuning;

/// <summary>Who wrote an attribute.</summary>
public enum AttributeOwner
{
    /// <summary>The user.</summary>
    User,

    /// <summary>A sampler, a pruner or the study itself.</summary>
    System,
}

/// <summary>
/// Where studies are kept. Every call is one transaction and safe between threads, processes and, where the medium allows it,
/// machines. Ids are unique in a storage; numbers count a study's trials from 0 in order of creation. A finished trial never
/// changes; lists that were handed out never change.
/// </summary>
public interface IStudyStorage : IDisposable
{
    /// <summary>What to type to open this storage again, for messages.</summary>
    string Location { get; }

    /// <summary>Makes a study.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="StudyException">The storage has a study of that name.</exception>
    long CreateStudy(string name, IReadOnlyList<StudyDirection> directions);

    /// <summary>Deletes a study with all its trials.</summary>
    void DeleteStudy(long studyId);

    /// <summary>All studies, in order of creation.</summary>
    IReadOnlyList<FrozenStudy> Studies();

    /// <summary>Writes an attribute of a study; a key written before is replaced.</summary>
    void SetStudyAttribute(long studyId, AttributeOwner owner, string key, object? value);

    /// <summary>Adds a trial to a study: a running one, or a copy of a template (its id and number apart).</summary>
    /// <param name="studyId">The study.</param>
    /// <param name="template">What to copy; null for a running trial.</param>
    /// <param name="beat">Whether the trial starts with a beat (see <see cref="Beat"/>).</param>
    FrozenTrial CreateTrial(long studyId, FrozenTrial? template = null, bool beat = false);

    /// <summary>Takes a waiting trial: false when another worker was faster.</summary>
    /// <param name="trialId">The trial.</param>
    /// <param name="beat">Whether the trial starts with a beat (see <see cref="Beat"/>).</param>
    bool TryClaim(long trialId, bool beat = false);

    /// <summary>Gives a running trial back, with all that was written to it: it waits for a worker again.</summary>
    /// <exception cref="TrialException">The trial is finished.</exception>
    void Release(long trialId);

    /// <summary>Writes parameters of a trial that is not finished.</summary>
    /// <exception cref="TrialException">The trial is finished.</exception>
    void SetParameters(long trialId, IReadOnlyList<TrialParameter> parameters);

    /// <summary>Reports the value of a step; a step reported before is replaced.</summary>
    /// <exception cref="TrialException">The trial is finished.</exception>
    void SetIntermediateValue(long trialId, long step, double value);

    /// <summary>Writes an attribute of a trial that is not finished; a key written before is replaced.</summary>
    /// <exception cref="TrialException">The trial is finished.</exception>
    void SetTrialAttribute(long trialId, AttributeOwner owner, string key, object? value);

    /// <summary>Ends a trial.</summary>
    /// <param name="trialId">The trial.</param>
    /// <param name="state">How it ended.</param>
    /// <param name="values">One for each objective, or null.</param>
    /// <param name="successor">
    /// A trial to add to the study in the same transaction, so that a worker killed here loses none; null for none.
    /// </param>
    /// <exception cref="TrialException">The trial is finished.</exception>
    void Finish(long trialId, TrialState state, IReadOnlyList<double>? values, FrozenTrial? successor = null);

    /// <summary>Says that a trial's worker lives; dated by the storage's clock.</summary>
    void Beat(long trialId);

    /// <summary>How long ago the worker of each running trial beat, by trial id; trials that never beat are left out.</summary>
    IReadOnlyDictionary<long, TimeSpan> SinceBeat(long studyId);

    /// <summary>All trials of a study as they are now, in order of number.</summary>
    /// <exception cref="StudyException">There is no such study.</exception>
    IReadOnlyList<FrozenTrial> Trials(long studyId);
}

namespace Kymo.Tuning.Storages;

/// <summary>Studies and trials in memory; ids are positions. Not safe between threads: its owner locks.</summary>
sealed class StudyTable
{
    readonly SortedDictionary<long, (FrozenStudy Study, List<FrozenTrial> Trials)> _studies = [];
    readonly List<(long StudyId, int Number)> _places = [];
    long _nextStudyId;

    public IReadOnlyList<FrozenStudy> Studies => [.. _studies.Values.Select(entry => entry.Study)];

    public int TrialCount => _places.Count;

    public bool HasStudy(long studyId) => _studies.ContainsKey(studyId);

    public bool HasStudy(string name) => _studies.Values.Any(entry => entry.Study.Name == name);

    public bool HasTrial(long trialId) => trialId >= 0 && trialId < _places.Count && HasStudy(_places[(int)trialId].StudyId);

    public long AddStudy(string name, IReadOnlyList<StudyDirection> directions)
    {
        var study = new FrozenStudy(_nextStudyId++, name, [.. directions], FrozenTrial.None, FrozenTrial.None);
        _studies.Add(study.Id, (study, []));
        return study.Id;
    }

    public void DeleteStudy(long studyId) => _studies.Remove(studyId);

    public void SetStudyAttribute(long studyId, AttributeOwner owner, string key, object? value)
    {
        var (study, trials) = Entry(studyId);
        _studies[studyId] = (study.With(owner, key, value), trials);
    }

    public FrozenTrial AddTrial(long studyId, FrozenTrial trial)
    {
        var trials = Entry(studyId).Trials;
        var added = trial with { Id = _places.Count, Number = trials.Count };
        trials.Add(added);
        _places.Add((studyId, added.Number));
        return added;
    }

    public IReadOnlyList<FrozenTrial> Trials(long studyId) => [.. Entry(studyId).Trials];

    public FrozenTrial Trial(long trialId) => HasTrial(trialId)
        ? Entry(_places[(int)trialId].StudyId).Trials[_places[(int)trialId].Number]
        : throw new StudyException($"there is no trial with the id {trialId}");

    /// <summary>The study of a trial.</summary>
    public long StudyOf(long trialId) => _places[(int)trialId].StudyId;

    /// <summary>The distribution that a trial's study first took for a name; null while there is none.</summary>
    public Distribution? FirstDistribution(FrozenTrial trial, string name)
    {
        foreach (var other in Entry(_places[(int)trial.Id].StudyId).Trials)
            if (other.Find(name) is { } known) return known.Distribution;
        return null;
    }

    public void Replace(FrozenTrial trial) => Entry(_places[(int)trial.Id].StudyId).Trials[trial.Number] = trial;

    (FrozenStudy Study, List<FrozenTrial> Trials) Entry(long studyId) =>
        _studies.TryGetValue(studyId, out var entry)
            ? entry
            : throw new StudyException($"there is no study with the id {studyId}; it may have been deleted");
}

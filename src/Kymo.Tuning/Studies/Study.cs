namespace Kymo.Tuning;

/// <summary>
/// A search: <see cref="Ask"/> gives a trial, <see cref="Tell(Trial, double[])"/> takes its result. Several processes may work on
/// one study, each with its own <see cref="Study"/> over the same storage.
/// </summary>
public sealed partial class Study
{
    readonly FrozenStudy _frozen;
    readonly Dictionary<string, Distribution> _known = [];
    int _learned;

    Study(IStudyStorage storage, FrozenStudy frozen, Sampler sampler, Pruner? pruner)
    {
        Storage = storage;
        Sampler = sampler;
        Pruner = pruner ?? new NoPruner();
        _frozen = frozen;
    }

    /// <summary>Where it is kept.</summary>
    public IStudyStorage Storage { get; }

    /// <summary>What chooses values.</summary>
    public Sampler Sampler { get; }

    /// <summary>What stops trials early.</summary>
    public Pruner Pruner { get; }

    /// <summary>The storage's key of the study.</summary>
    public long Id => _frozen.Id;

    /// <summary>Its name; unique in the storage.</summary>
    public string Name => _frozen.Name;

    /// <summary>One for each objective.</summary>
    public IReadOnlyList<StudyDirection> Directions => _frozen.Directions;

    /// <summary>Makes a study.</summary>
    /// <param name="storage">Where it is kept; stays the caller's to dispose.</param>
    /// <param name="name">Its name; unique in the storage.</param>
    /// <param name="directions">One for each objective.</param>
    /// <param name="sampler">What chooses values.</param>
    /// <param name="pruner">What stops trials early; nothing by default.</param>
    /// <exception cref="StudyException">The storage has a study of that name, or no direction is given.</exception>
    public static Study Create(
        IStudyStorage storage, string name, IReadOnlyList<StudyDirection> directions, Sampler sampler, Pruner? pruner = null)
    {
        if (name.Length is 0 or > 512) throw new StudyException($"a study's name has 1 to 512 letters, not {name.Length}");
        if (directions.Count == 0 || directions.Contains(StudyDirection.NotSet))
            throw new StudyException($"study {name} needs a direction for each objective; type minimize or maximize");
        storage.CreateStudy(name, directions);
        return Open(storage, name, sampler, pruner);
    }

    /// <summary>Opens a study to go on with it.</summary>
    /// <exception cref="StudyException">The storage has no study of that name; the message lists those it has.</exception>
    public static Study Open(IStudyStorage storage, string name, Sampler sampler, Pruner? pruner = null)
    {
        var studies = storage.Studies();
        var frozen = studies.FirstOrDefault(study => study.Name == name);
        if (frozen is not null) return new Study(storage, frozen, sampler, pruner);
        var known = studies.Count == 0 ? "it has none" : "it has " + string.Join(", ", studies.Select(study => study.Name));
        throw new StudyException($"{storage.Location} has no study named {name}; {known}");
    }

    /// <summary>
    /// Opens the study of a name, or makes it where there is none; a study made meanwhile by another worker is opened.
    /// </summary>
    /// <exception cref="StudyException">The study exists with other directions.</exception>
    public static Study OpenOrCreate(
        IStudyStorage storage, string name, IReadOnlyList<StudyDirection> directions, Sampler sampler, Pruner? pruner = null)
    {
        if (storage.Studies().All(study => study.Name != name))
        {
            try
            {
                return Create(storage, name, directions, sampler, pruner);
            }
            catch (StudyException) when (storage.Studies().Any(study => study.Name == name))
            {
                // Another worker was faster.
            }
        }
        var opened = Open(storage, name, sampler, pruner);
        if (opened.Directions.SequenceEqual(directions)) return opened;
        var stored = string.Join(", ", opened.Directions.Select(direction => direction.Text().ToLowerInvariant()));
        throw new StudyException(
            $"study {name} in {storage.Location} has the direction {stored}; type that, or another study name");
    }

    /// <summary>All trials as they are now, in order of number.</summary>
    public IReadOnlyList<FrozenTrial> Trials() => Storage.Trials(Id);

    /// <summary>The study as it is now, with its attributes.</summary>
    public FrozenStudy Read() => Storage.Studies().First(study => study.Id == Id);

    /// <summary>Writes something about the study.</summary>
    public void SetUserAttribute(string key, object? value) => Storage.SetStudyAttribute(Id, AttributeOwner.User, key, value);

    /// <summary>Whether the sampler has nothing left to try.</summary>
    public bool IsExhausted => Sampler.IsExhausted(Trials());

    /// <summary>
    /// The next trial: the first one enqueued, else a new one. With a space, all its parameters are suggested at once.
    /// </summary>
    /// <param name="space">Parameters to suggest; none by default.</param>
    /// <param name="beat">
    /// Whether the trial starts with a heartbeat, so that <see cref="RecoverLost"/> finds it however soon its worker dies;
    /// default false.
    /// </param>
    public Trial Ask(SearchSpace? space = null, bool beat = false)
    {
        var trials = Look();
        return Begin(Claim(trials, beat) ?? Storage.CreateTrial(Id, beat: beat), trials, space);
    }

    /// <summary>The first trial that waits for a worker; null where none does. No trial is made.</summary>
    /// <param name="space">Parameters to suggest; none by default.</param>
    /// <param name="beat">Whether the trial starts with a heartbeat, as in <see cref="Ask"/>.</param>
    public Trial? AskWaiting(SearchSpace? space = null, bool beat = false)
    {
        var trials = Look();
        return Claim(trials, beat) is { } frozen ? Begin(frozen, trials, space) : null;
    }

    /// <summary>
    /// Gives a running trial back with its values and attributes, for a worker that is about to be interrupted.
    /// </summary>
    /// <exception cref="TrialException">The trial ended.</exception>
    public void Release(Trial trial) => Storage.Release(trial.Frozen.Id);

    /// <summary>A trial that is running, to go on with after its worker was interrupted.</summary>
    /// <exception cref="TrialException">There is no such trial, or it does not run.</exception>
    public Trial Continue(int number)
    {
        var trials = Look();
        var frozen = trials.FirstOrDefault(trial => trial.Number == number)
            ?? throw new TrialException($"study {Name} has no trial {number}; it has {trials.Count} trials");
        if (frozen.State != TrialState.Running)
        {
            throw new TrialException(
                $"trial {number} of study {Name} is {frozen.State.Text()}; only a RUNNING trial can be continued");
        }
        return Begin(frozen, trials, null);
    }

    /// <summary>
    /// Adds trials without values that <see cref="AskWaiting"/> and <see cref="Ask"/> take: workers that take only waiting
    /// trials run
    /// exactly so many.
    /// </summary>
    /// <param name="count">How many.</param>
    public void EnqueueOpen(int count)
    {
        for (var i = 0; i < count; i++) Storage.CreateTrial(Id, new FrozenTrial { State = TrialState.Waiting });
    }

    /// <summary>Adds a trial that the next <see cref="Ask"/> takes, with given values.</summary>
    /// <param name="values">Values by name; names left out are sampled. A value outside its later range is used as it is.</param>
    /// <param name="userAttributes">What to write to the trial; nothing by default.</param>
    /// <returns>The trial's number.</returns>
    public int Enqueue(
        IReadOnlyDictionary<string, object?> values, IReadOnlyDictionary<string, object?>? userAttributes = null) =>
        Add(new FrozenTrial
        {
            State = TrialState.Waiting,
            UserAttributes = userAttributes ?? FrozenTrial.None,
            SystemAttributes = new Dictionary<string, object?> { [AttributeNames.FixedParameters] = values },
        }).Number;

    /// <summary>Adds a copy of a trial, for instance one from another study.</summary>
    public FrozenTrial Add(FrozenTrial trial)
    {
        Look();
        foreach (var parameter in trial.Parameters) CheckCompatible(parameter.Name, parameter.Distribution);
        if (trial.State == TrialState.Complete && trial.Values?.Count != Directions.Count)
        {
            throw new TrialException(
                $"a complete trial of study {Name} has {Directions.Count} values, not {trial.Values?.Count ?? 0}");
        }
        return Storage.CreateTrial(Id, trial);
    }

    /// <summary>
    /// How a search space differs from what the study's trials asked for; empty where it does not, or without trials.
    /// </summary>
    /// <param name="space">The space about to be used.</param>
    /// <returns>One sentence for each parameter that is new, gone or has another distribution.</returns>
    public IReadOnlyList<string> Differences(SearchSpace space)
    {
        var known = new Dictionary<string, Distribution>();
        foreach (var trial in Trials())
            foreach (var parameter in trial.Parameters) known[parameter.Name] = parameter.Distribution;
        if (known.Count == 0) return [];
        var differences = new List<string>();
        foreach (var (name, distribution) in space)
        {
            if (!known.Remove(name, out var before)) differences.Add($"{name} is new: {distribution}");
            else if (!before.Equals(distribution)) differences.Add($"{name} was {before} and is {distribution}");
        }
        differences.AddRange(known.Select(pair => $"{pair.Key} is gone: it was {pair.Value}"));
        return differences;
    }

    Trial Begin(FrozenTrial frozen, IReadOnlyList<FrozenTrial> trials, SearchSpace? space)
    {
        var trial = new Trial(this, frozen, [.. trials.Where(other => other.Id != frozen.Id)]);
        if (space is not null) trial.SuggestAll(space);
        return trial;
    }

    FrozenTrial? Claim(IReadOnlyList<FrozenTrial> trials, bool beat)
    {
        foreach (var waiting in trials)
        {
            if (waiting.State != TrialState.Waiting || !Storage.TryClaim(waiting.Id, beat)) continue;
            return Storage.Trials(Id).First(trial => trial.Id == waiting.Id);
        }
        return null;
    }

    // One study has one kind, one scale and the same choices under one name.
    internal void CheckCompatible(string name, Distribution distribution)
    {
        if (_known.TryAdd(name, distribution)) return;
        var known = _known[name];
        if (!ReferenceEquals(known, distribution) && !known.IsCompatible(distribution))
            throw Incompatible(name, known, distribution);
    }

    // The trials as they are now, their distributions taken note of. Those after the first unfinished trial are looked at again.
    IReadOnlyList<FrozenTrial> Look()
    {
        var trials = Trials();
        for (var i = _learned; i < trials.Count; i++)
        {
            foreach (var parameter in trials[i].Parameters) _known.TryAdd(parameter.Name, parameter.Distribution);
            if (i == _learned && trials[i].IsFinished) _learned++;
        }
        return trials;
    }

    internal TrialException Incompatible(string name, Distribution known, Distribution asked) => new(
        $"study {Name} knows {name} as {known} and cannot take it as {asked}: " +
            "kind, scale and choices stay the same within a study; type another study name");
}

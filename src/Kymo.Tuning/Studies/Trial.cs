using Kymo.Tuning.Storages;

namespace Kymo.Tuning;

/// <summary>
/// A running trial: suggests values, takes reports and attributes. What is written goes to the storage at once. One thread at a
/// time may use it.
/// </summary>
public sealed class Trial
{
    readonly IReadOnlyList<TrialParameter> _together;

    internal Trial(Study study, FrozenTrial frozen, IReadOnlyList<FrozenTrial> others)
    {
        Study = study;
        Frozen = frozen;
        Others = study.Pruner.Comparable(study.Name, frozen.Number, others);
        _together = study.Sampler.SampleTogether(this);
    }

    /// <summary>The study it belongs to.</summary>
    public Study Study { get; }

    /// <summary>The trial with everything written so far.</summary>
    public FrozenTrial Frozen { get; private set; }

    /// <summary>Place in the study, from 0.</summary>
    public int Number => Frozen.Number;

    /// <summary>
    /// The trials of the study when this one was asked for, this one not among them; what a sampler learns from.
    /// </summary>
    public IReadOnlyList<FrozenTrial> Others { get; }

    /// <summary>A real number, as <see cref="FloatDistribution"/> describes it.</summary>
    public double SuggestFloat(string name, double low, double high, bool log = false, double? step = null) =>
        Suggest(name, new FloatDistribution(low, high, log, step)).Number;

    /// <summary>An integer, as <see cref="IntDistribution"/> describes it.</summary>
    public long SuggestInt(string name, long low, long high, bool log = false, long step = 1) =>
        (long)Suggest(name, new IntDistribution(low, high, log, step)).Number;

    /// <summary>One of several values, as <see cref="CategoricalDistribution"/> describes it.</summary>
    public object? SuggestCategorical(string name, params object?[] choices) =>
        Suggest(name, new CategoricalDistribution(choices)).Value;

    /// <summary>
    /// The value of a parameter: the one it has, else the enqueued one (even outside the range), else the sampler's. A second
    /// call returns what the first did.
    /// </summary>
    /// <exception cref="TrialException">The study knows the name with another kind, scale or other choices.</exception>
    public TrialParameter Suggest(string name, Distribution distribution) => SuggestAll([new(name, distribution)])[0];

    /// <summary>The values of several parameters, written in one transaction.</summary>
    /// <exception cref="TrialException">The study knows a name with another kind, scale or other choices.</exception>
    public IReadOnlyList<TrialParameter> SuggestAll(IReadOnlyList<KeyValuePair<string, Distribution>> parameters)
    {
        var values = new TrialParameter[parameters.Count];
        var fresh = new List<TrialParameter>(parameters.Count);
        for (var i = 0; i < values.Length; i++)
        {
            var (name, distribution) = parameters[i];
            Study.CheckCompatible(name, distribution);
            if (Frozen.Find(name) is { } known)
            {
                values[i] = known.Distribution.IsCompatible(distribution)
                    ? known
                    : throw Study.Incompatible(name, known.Distribution, distribution);
                continue;
            }
            fresh.Add(values[i] = new TrialParameter(name, distribution, Choose(name, distribution)));
        }
        if (fresh.Count == 0) return values;
        Study.Storage.SetParameters(Frozen.Id, fresh);
        Frozen = Frozen.With(fresh);
        return values;
    }

    /// <summary>Reports a value the trial can be judged by before its end.</summary>
    /// <param name="value">The value; NaN and infinities are allowed.</param>
    /// <param name="step">Where it was reached, for instance the epoch; from 0. The first report of a step counts.</param>
    /// <exception cref="TrialException">The step is negative, the study has several objectives or the trial ended.</exception>
    public void Report(double value, long step)
    {
        if (step < 0) throw new TrialException($"trial {Number} reported step {step}; steps start at 0");
        if (Study.Directions.Count > 1)
        {
            throw new TrialException(
                $"study {Study.Name} has {Study.Directions.Count} objectives; only a trial of one objective reports values");
        }
        if (Frozen.IntermediateValues.ContainsKey(step)) return;
        Study.Storage.SetIntermediateValue(Frozen.Id, step, value);
        Frozen = Frozen.With(step, value);
    }

    /// <summary>
    /// Whether the study's pruner would stop the trial after its last report; end it with <see cref="Study.TellPruned"/>.
    /// </summary>
    public bool ShouldPrune() => Study.Directions.Count == 1 && Study.Pruner.ShouldPrune(this, Study.Trials());

    /// <summary>Writes something about the trial, for instance its run folder.</summary>
    public void SetUserAttribute(string key, object? value) => SetAttribute(AttributeOwner.User, key, value);

    /// <summary>Tells the values of constraints: the trial is feasible where none is above zero.</summary>
    public void SetConstraints(params double[] values) =>
        SetAttribute(AttributeOwner.System, AttributeNames.Constraints, values.Cast<object?>().ToArray());

    internal void SetAttribute(AttributeOwner owner, string key, object? value)
    {
        Study.Storage.SetTrialAttribute(Frozen.Id, owner, key, value);
        Frozen = Frozen.With(owner, key, value);
    }

    double Choose(string name, Distribution distribution)
    {
        var given = Frozen.SystemAttributes.GetValueOrDefault(
            AttributeNames.FixedParameters) as IReadOnlyDictionary<string, object?>;
        if (given is not null && given.TryGetValue(name, out var value)) return distribution.ToNumber(value);
        if (distribution.IsSingle) return distribution.Single;
        foreach (var chosen in _together)
            if (chosen.Name == name && chosen.Distribution.IsCompatible(distribution) && distribution.Contains(chosen.Number))
                return chosen.Number;
        return Study.Sampler.SampleAlone(this, name, distribution);
    }
}

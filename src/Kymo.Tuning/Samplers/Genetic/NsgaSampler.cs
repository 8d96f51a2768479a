using System.Globalization;
using Kymo.Tuning.Samplers;

namespace Kymo.Tuning;

/// <summary>How <see cref="NsgaSampler"/> searches; the defaults are Optuna's.</summary>
public sealed record NsgaOptions
{
    /// <summary>Trials of a generation; default 50.</summary>
    public int Population { get; init; } = 50;

    /// <summary>Probability that a child has two parents; default 0.9.</summary>
    public double Crossover { get; init; } = 0.9;

    /// <summary>Probability that a parameter comes from the second parent; default 0.5.</summary>
    public double Swapping { get; init; } = 0.5;

    /// <summary>Probability that a parameter is drawn anew; by default one in as many as there are.</summary>
    public double? Mutation { get; init; }
}

/// <summary>
/// The genetic algorithm NSGA-II (Deb et al. 2002), for one or several objectives, constraints honoured. Generations are kept
/// in the
/// system attribute <c>nsga2:generation</c>, so workers of Optuna and of this program breed one population; values equal
/// those of Optuna 3.1's <c>NSGAIISampler</c> for a seed.
/// </summary>
public sealed class NsgaSampler : Sampler
{
    const string GenerationKey = "nsga2:generation";

    readonly NsgaOptions _options;
    readonly NumpyRandom _random;
    readonly RandomSampler _alone;
    readonly CommonSpace _common = new(withPruned: false);

    /// <summary>Makes the sampler.</summary>
    /// <param name="seed">Start of the random streams.</param>
    /// <param name="options">How it searches; Optuna's defaults when left out.</param>
    /// <exception cref="StudyException">A number is out of its range.</exception>
    public NsgaSampler(uint seed, NsgaOptions? options = null)
    {
        _options = options ?? new NsgaOptions();
        if (_options.Population < 2) throw new StudyException($"a population has at least 2 trials, not {_options.Population}");
        foreach (var probability in new[] { _options.Crossover, _options.Swapping, _options.Mutation ?? 0 })
            if (probability is not (>= 0 and <= 1)) throw new StudyException($"a probability is 0 to 1, not {probability}");
        _random = new NumpyRandom(seed);
        _alone = new RandomSampler(seed);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TrialParameter> SampleTogether(Trial trial)
    {
        var space = _common.Update(trial.Others, trial.Number).Where(parameter => !parameter.Value.IsSingle).ToArray();
        var (generation, parents) = Parents(trial);
        trial.SetAttribute(AttributeOwner.System, GenerationKey, (long)generation);
        if (generation == 0) return [];
        var child = _random.NextDouble() < _options.Crossover
            ? Cross(parents, space, trial.Study.Directions)
            : Copy(parents[_random.NextInt(parents.Count)], space);
        var mutation = _options.Mutation ?? 1.0 / Math.Max(1, child.Count);
        return [.. child.Where(_ => _random.NextDouble() >= mutation)];
    }

    /// <inheritdoc/>
    public override double SampleAlone(Trial trial, string name, Distribution distribution) =>
        _alone.SampleAlone(trial, name, distribution);

    // The generation of the trial, and the elite of those before it.
    (int Generation, List<FrozenTrial> Parents) Parents(Trial trial)
    {
        var generations = trial.Others.Where(
            other => other.State == TrialState.Complete && other.SystemAttributes.ContainsKey(GenerationKey))
            .ToLookup(other => Convert.ToInt64(other.SystemAttributes[GenerationKey], CultureInfo.InvariantCulture));
        List<FrozenTrial> parents = [];
        var generation = 0;
        for (; generations[generation].Count() >= _options.Population; generation++)
            parents = Domination.Elite([.. generations[generation], .. parents], _options.Population, trial.Study.Directions);
        return (generation, parents);
    }

    List<TrialParameter> Cross(
        List<FrozenTrial> parents, KeyValuePair<string, Distribution>[] space, IReadOnlyList<StudyDirection> directions)
    {
        // Choices come first, as in Optuna.
        var ordered = space.OrderBy(parameter => parameter.Value is not CategoricalDistribution).ToArray();
        while (true)
        {
            var first = Select(parents, directions);
            var second = Select([.. parents.Where(parent => parent.Id != first.Id)], directions);
            double[] draws = [.. ordered.Select(_ => _random.NextDouble())];
            List<TrialParameter> child =
                [.. ordered.Select((parameter, i) => Inherit(draws[i] < _options.Swapping ? first : second, parameter))];
            if (child.TrueForAll(parameter => parameter.Distribution.Contains(parameter.Number))) return child;
        }
    }

    // The better of two drawn at random.
    FrozenTrial Select(List<FrozenTrial> parents, IReadOnlyList<StudyDirection> directions)
    {
        var (first, second) = (parents[_random.NextInt(parents.Count)], parents[_random.NextInt(parents.Count)]);
        return Domination.Dominates(first, second, directions) ? first : second;
    }

    static List<TrialParameter> Copy(FrozenTrial parent, KeyValuePair<string, Distribution>[] space) =>
        [.. space.Select(parameter => new TrialParameter(parameter.Key, parameter.Value, parent.Find(parameter.Key)!.Number))];

    static TrialParameter Inherit(FrozenTrial parent, KeyValuePair<string, Distribution> parameter)
    {
        var number = parent.Find(parameter.Key)!.Number;
        if (parameter.Value is not CategoricalDistribution)
            number = Encoding.Decode(parameter.Value, Encoding.Encode(parameter.Value, number));
        return new TrialParameter(parameter.Key, parameter.Value, number);
    }
}

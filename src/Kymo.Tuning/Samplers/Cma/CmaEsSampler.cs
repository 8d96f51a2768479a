using System.Globalization;
using Kymo.Tuning.Samplers;

namespace Kymo.Tuning;

/// <summary>
/// Evolves a normal distribution over all numerical parameters (CMA-ES; Hansen 2016), each scaled to [0, 1]; for one objective.
/// Choices, and everything while fewer than two numerical parameters are known, are drawn at random. The state follows from the
/// trials alone (system attribute <c>cma:generation</c>): workers share it and a resumed study goes on where it stopped.
/// </summary>
/// <param name="seed">Start of the random streams; each trial has its own.</param>
public sealed class CmaEsSampler(uint seed) : Sampler
{
    const string GenerationKey = "cma:generation";
    const double FirstSigma = 1.0 / 6;

    readonly RandomSampler _alone = new(seed);
    readonly CommonSpace _common = new(withPruned: false);
    KeyValuePair<string, Distribution>[] _space = [];
    CmaStrategy? _strategy;

    /// <inheritdoc/>
    public override IReadOnlyList<TrialParameter> SampleTogether(Trial trial)
    {
        if (trial.Study.Directions.Count > 1)
            throw new StudyException($"CMA-ES searches one objective, study {trial.Study.Name} has several: choose nsga or tpe");
        KeyValuePair<string, Distribution>[] space =
            [.. _common.Update(trial.Others,
                trial.Number).Where(p => p.Value is not CategoricalDistribution && !p.Value.IsSingle)];
        if (space.Length < 2) return [];
        if (_strategy is null || !space.SequenceEqual(_space))
            (_space, _strategy) = (space, new CmaStrategy(Enumerable.Repeat(0.5, space.Length).ToArray(), FirstSigma));
        Evolve(_strategy, trial);
        trial.SetAttribute(AttributeOwner.System, GenerationKey, (long)_strategy.Generation);
        var point = Draw(_strategy, new NumpyRandom(seed + (uint)trial.Number * 2654435761));
        return [.. space.Select((parameter, i) => new TrialParameter(parameter.Key, parameter.Value,
            FromUnit(parameter.Value, point[i])))];
    }

    /// <inheritdoc/>
    public override double SampleAlone(Trial trial, string name, Distribution distribution) =>
        _alone.SampleAlone(trial, name, distribution);

    // Tells every generation that is complete; its first trials by number count.
    void Evolve(CmaStrategy strategy, Trial trial)
    {
        var direction = trial.Study.Directions[0];
        while (true)
        {
            var told = trial.Others.Where(other => other.State == TrialState.Complete && IsOf(other, strategy.Generation))
                .Take(strategy.Population).ToList();
            if (told.Count < strategy.Population) return;
            strategy.Tell([.. told.OrderBy(other => direction.Loss(other.Values![0])).Select(Unit)]);
        }
    }

    // A point inside the bounds; on them when chance does not give one.
    static double[] Draw(CmaStrategy strategy, NumpyRandom random)
    {
        var point = strategy.Sample(random);
        for (var attempt = 0; attempt < 10 * point.Length && !point.All(x => x is >= 0 and <= 1); attempt++)
            point = strategy.Sample(random);
        return [.. point.Select(x => Math.Clamp(x, 0, 1))];
    }

    static bool IsOf(FrozenTrial trial, int generation) =>
        trial.SystemAttributes.TryGetValue(GenerationKey, out var own) && Convert.ToInt64(
            own, CultureInfo.InvariantCulture) == generation;

    double[] Unit(FrozenTrial trial) => [.. _space.Select(parameter =>
    {
        var (low, high) = Encoding.Bounds(parameter.Value);
        return (Encoding.Encode(parameter.Value, trial.Find(parameter.Key)!.Number) - low) / (high - low);
    })];

    static double FromUnit(Distribution distribution, double place)
    {
        var (low, high) = Encoding.Bounds(distribution);
        return Encoding.Decode(distribution, low + place * (high - low));
    }
}

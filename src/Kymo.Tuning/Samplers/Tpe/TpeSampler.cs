using Kymo.Tuning.Samplers;

namespace Kymo.Tuning;

/// <summary>
/// Tree-structured Parzen estimators (Bergstra et al. 2011; several objectives: Ozaki et al. 2022) with the formulas of Optuna
/// 3.1: of candidates drawn from the density of good trials, the one that is likeliest there compared with the other trials.
/// Constraints told to trials are honoured.
/// </summary>
public sealed class TpeSampler : Sampler
{
    readonly TpeOptions _options;
    readonly NumpyRandom _random;
    readonly RandomSampler _startup;
    readonly CommonSpace _common = new(withPruned: true);
    readonly SpaceGroups _groups = new();
    (IReadOnlyList<FrozenTrial> Trials, TpeObservations Observations)? _last;

    /// <summary>Makes the sampler.</summary>
    /// <param name="seed">Start of the random streams.</param>
    /// <param name="options">How it searches; Optuna's defaults when left out.</param>
    /// <exception cref="StudyException">Groups are wanted without the multivariate model, or a count is not positive.</exception>
    public TpeSampler(uint seed, TpeOptions? options = null)
    {
        _options = options ?? new TpeOptions();
        if (_options.Group && !_options.Multivariate)
            throw new StudyException("TPE groups need the multivariate model; type multivariate=true too");
        if (_options.Candidates < 1) throw new StudyException($"TPE needs at least 1 candidate, not {_options.Candidates}");
        _random = new NumpyRandom(seed);
        _startup = new RandomSampler(seed);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TrialParameter> SampleTogether(Trial trial)
    {
        if (!_options.Multivariate) return [];
        if (!_options.Group)
        {
            return SampleSpace(
                trial, [.. _common.Update(trial.Others, trial.Number).Where(parameter => !parameter.Value.IsSingle)]);
        }
        var chosen = new List<TrialParameter>();
        foreach (var group in _groups.Update(trial.Others))
        {
            chosen.AddRange(
                SampleSpace(trial, [.. group.Where(p => !p.Value.IsSingle).OrderBy(p => p.Key, StringComparer.Ordinal)]));
        }
        return chosen;
    }

    /// <inheritdoc/>
    public override double SampleAlone(Trial trial, string name, Distribution distribution) =>
        Model(trial, [new(name, distribution)])?[0] ?? _startup.SampleAlone(trial, name, distribution);

    IReadOnlyList<TrialParameter> SampleSpace(Trial trial, KeyValuePair<string, Distribution>[] space)
    {
        if (space.Length == 0 || Model(trial, space) is not { } numbers) return [];
        return [.. space.Select((parameter, i) => new TrialParameter(parameter.Key, parameter.Value, numbers[i]))];
    }

    // The likeliest candidate; null while there are too few trials.
    double[]? Model(Trial trial, KeyValuePair<string, Distribution>[] space)
    {
        var observations = Observe(trial);
        if (observations.Ended < _options.StartupTrials) return null;
        observations.Split();
        Distribution[] distributions = [.. space.Select(parameter => parameter.Value)];
        var below = Estimator(observations, observations.Below, space, distributions, observations.WeightsBelow);
        var above = Estimator(observations, observations.Above, space, distributions, null);
        var candidates = below.Sample(_random, _options.Candidates);
        var (good, bad) = (below.LogDensity(candidates), above.LogDensity(candidates));
        var best = 0;
        for (var i = 1; i < good.Length; i++)
            if (good[i] - bad[i] > good[best] - bad[best]) best = i;
        return [.. candidates.Select(numbers => numbers[best])];
    }

    ParzenEstimator Estimator(
        TpeObservations observations, int[] trials, KeyValuePair<string, Distribution>[] space, Distribution[] distributions,
            double[]? weights)
    {
        // Trials that lack the parameters say nothing about them.
        var numbers = new List<double>[space.Length];
        for (var p = 0; p < space.Length; p++) numbers[p] = new List<double>(trials.Length);
        var kept = weights is null ? null : new List<double>(trials.Length);
        for (var i = 0; i < trials.Length; i++)
        {
            if (observations.Number(trials[i], space[0].Key) is not { } first) continue;
            numbers[0].Add(first);
            for (var p = 1; p < space.Length; p++) numbers[p].Add(observations.Number(trials[i], space[p].Key)!.Value);
            kept?.Add(weights![i]);
        }
        return new ParzenEstimator(
            distributions, [.. numbers.Select(list => list.ToArray())], _options.Multivariate, kept?.ToArray());
    }

    // The split serves every parameter of one trial.
    TpeObservations Observe(Trial trial)
    {
        if (_last is { } last && ReferenceEquals(last.Trials, trial.Others)) return last.Observations;
        var observations = new TpeObservations(trial.Others, trial.Study.Directions, _options.ConstantLiar);
        _last = (trial.Others, observations);
        return observations;
    }
}

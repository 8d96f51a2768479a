using System.Globalization;
using Kymo.Tuning.Samplers;

namespace Kymo.Tuning;

/// <summary>A sequence that fills the space more evenly than random points.</summary>
public enum QmcSequence
{
    /// <summary>Sobol's, for up to 128 parameters.</summary>
    Sobol,

    /// <summary>Halton's.</summary>
    Halton,
}

/// <summary>
/// Draws all numerical parameters from a quasi-random sequence, unscrambled; equal to Optuna's <c>QMCSampler</c>, with which it
/// shares the place in the sequence through a system attribute of the study. The space is that of the first ended trial, which
/// is drawn at random, as choices are.
/// </summary>
/// <param name="seed">Start of the random stream.</param>
/// <param name="sequence">The sequence; default Sobol.</param>
public sealed class QmcSampler(uint seed, QmcSequence sequence = QmcSequence.Sobol) : Sampler
{
    readonly RandomSampler _alone = new(seed);
    readonly string _name = sequence == QmcSequence.Sobol ? "sobol" : "halton";
    List<TrialParameter>? _space;

    /// <inheritdoc/>
    public override IReadOnlyList<TrialParameter> SampleTogether(Trial trial)
    {
        _space ??= FirstSpace(trial.Others);
        if (_space is null || _space.Count == 0) return [];
        if (sequence == QmcSequence.Sobol && _space.Count > QuasiRandom.MostSobolDimensions)
        {
            throw new StudyException(
                $"the Sobol sequence serves {QuasiRandom.MostSobolDimensions} parameters, not {_space.Count}; choose Halton's");
        }
        var index = NextIndex(trial.Study);
        var point = sequence == QmcSequence.Sobol
            ? QuasiRandom.Sobol(index, _space.Count)
            : QuasiRandom.Halton(index, _space.Count);
        return [.. _space.Select((parameter, d) =>
        {
            var (low, high) = Encoding.Bounds(parameter.Distribution);
            return parameter with { Number = Encoding.Decode(parameter.Distribution, low + point[d] * (high - low)) };
        })];
    }

    /// <inheritdoc/>
    public override double SampleAlone(Trial trial, string name, Distribution distribution) =>
        _alone.SampleAlone(trial, name, distribution);

    long NextIndex(Study study)
    {
        var key = $"{_name} (scramble=False)'s last sample id";
        var index = study.Read().SystemAttributes.TryGetValue(key, out var last)
            ? Convert.ToInt64(last, CultureInfo.InvariantCulture) + 1
            : 0;
        study.Storage.SetStudyAttribute(study.Id, AttributeOwner.System, key, index);
        return index;
    }

    static List<TrialParameter>? FirstSpace(IReadOnlyList<FrozenTrial> trials)
    {
        var first = trials.FirstOrDefault(trial => trial.State is TrialState.Complete or TrialState.Pruned);
        return first?.Parameters.Where(parameter => parameter.Distribution is not CategoricalDistribution).ToList();
    }
}

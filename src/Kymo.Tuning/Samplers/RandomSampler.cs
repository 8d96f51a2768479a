using Kymo.Tuning.Samplers;

namespace Kymo.Tuning;

/// <summary>Draws every parameter alone and evenly; bit-equal to Optuna's <c>RandomSampler(seed)</c>.</summary>
/// <param name="seed">Start of the stream.</param>
public sealed class RandomSampler(uint seed) : Sampler
{
    readonly NumpyRandom _random = new(seed);

    /// <inheritdoc/>
    public override double SampleAlone(Trial trial, string name, Distribution distribution) => Draw(_random, distribution);

    // A choice takes one draw for each value; the first largest wins.
    internal static double Draw(NumpyRandom random, Distribution distribution)
    {
        if (distribution is not CategoricalDistribution categorical)
        {
            var (low, high) = Encoding.Bounds(distribution);
            return Encoding.Decode(distribution, random.NextUniform(low, high));
        }
        var (best, highest) = (0, double.NegativeInfinity);
        for (var i = 0; i < categorical.Choices.Count; i++)
            if (random.NextDouble() is var draw && draw > highest) (best, highest) = (i, draw);
        return best;
    }
}

using Kymo.Config;

namespace Kymo.Lab.Training;

/// <summary>Weights that make up for classes of unequal size.</summary>
public static class ClassWeights
{
    /// <summary>The weight of each class in the loss.</summary>
    /// <param name="rule">
    /// <c>none</c> (null is returned); <c>inverse</c>: items over classes times the class's items; <c>effective</c>: (1 - b) / (1 - b^n) with
    /// b = 0.999, scaled to a mean of one (Cui et al., CVPR 2019); or numbers in a list, <c>[1,2,0.5]</c>.
    /// </param>
    /// <param name="counts">Training items of each class.</param>
    /// <exception cref="ConfigException">No such rule, or another number of weights than classes.</exception>
    public static float[]? Of(string rule, IReadOnlyList<int> counts)
    {
        var present = counts.Count(count => count > 0);
        switch (rule)
        {
            case "none" or "":
                return null;
            case "inverse":
                return [.. counts.Select(count => count == 0 ? 0f : (float)((double)counts.Sum() / ((double)present * count)))];
            case "effective":
                const double beta = 0.999;
                double[] raw = [.. counts.Select(count => count == 0 ? 0 : (1 - beta) / (1 - Math.Pow(beta, count)))];
                return [.. raw.Select(weight => (float)(weight * present / raw.Sum()))];
        }
        var parts = rule.Trim('[', ']', ' ').Split(',', StringSplitOptions.TrimEntries);
        var weights = new float[parts.Length];
        for (var i = 0; i < parts.Length; i++)
            if (!float.TryParse(parts[i], System.Globalization.CultureInfo.InvariantCulture, out weights[i]) || weights[i] is not (>= 0 and < 1e6f))
                throw new ConfigException($"class weights '{rule}': expected none, inverse, effective or one number for each of {counts.Count} classes");
        return weights.Length == counts.Count ? weights
            : throw new ConfigException($"class weights '{rule}': {weights.Length} numbers for {counts.Count} classes");
    }

    /// <summary>Draws as many items as there are, with replacement, every class equally often.</summary>
    /// <param name="items">The items.</param>
    /// <param name="labels">Their classes, in the same order.</param>
    /// <param name="random">Draws.</param>
    public static int[] Draw(int[] items, IReadOnlyList<int> labels, RandomStream random)
    {
        var byClass = items.Zip(labels).GroupBy(pair => pair.Second).OrderBy(group => group.Key).Select(group => group.Select(pair => pair.First).ToArray()).ToArray();
        var drawn = new int[items.Length];
        for (var i = 0; i < drawn.Length; i++)
        {
            var members = byClass[random.Integer(0, byClass.Length)];
            drawn[i] = members[random.Integer(0, members.Length)];
        }
        return drawn;
    }
}

namespace Kymo.Tuning.Samplers;

/// <summary>The kernels of one parameter: one for each observation and, last, the prior.</summary>
abstract class Kernels
{
    public static Kernels Of(Distribution distribution, double[] observations, bool multivariate, int parameters) =>
        distribution is CategoricalDistribution categorical
            ? new ChoiceKernels(categorical.Choices.Count, observations)
            : NumberKernels.From(distribution, observations, multivariate, parameters);

    /// <summary>Draws an internal number from each of the kernels named.</summary>
    public abstract double[] Sample(NumpyRandom random, int[] kernels);

    /// <summary>Adds the logarithm of each kernel's density at an internal number.</summary>
    public abstract void AddLogDensity(double number, Span<double> logs);
}

/// <summary>Kernels over choices: the observed one is more likely by a whole, every one by a share of the prior.</summary>
sealed class ChoiceKernels(int choices, double[] observations) : Kernels
{
    readonly double _share = 1.0 / (observations.Length + 1);

    public override double[] Sample(NumpyRandom random, int[] kernels)
    {
        double[] draws = [.. kernels.Select(_ => random.NextDouble())];
        return [.. kernels.Select((kernel, i) => (double)Choose(kernel, draws[i]))];
    }

    public override void AddLogDensity(double number, Span<double> logs)
    {
        double other = Math.Log(Weight(false)), observed = Math.Log(Weight(true));
        for (var k = 0; k < observations.Length; k++) logs[k] += observations[k] == number ? observed : other;
        logs[^1] += -Math.Log(choices);
    }

    int Choose(int kernel, double draw)
    {
        var sum = 0.0;
        for (var choice = 0; choice < choices; choice++)
        {
            sum += kernel == observations.Length ? 1.0 / choices : Weight(observations[kernel] == choice);
            if (!(sum < draw)) return choice;
        }
        return choices - 1;
    }

    double Weight(bool observed) => (_share + (observed ? 1 : 0)) / (_share * choices + 1);
}

namespace Kymo.Torch.Layers;

/// <summary>
/// PyTorch's default initialisations, with the generator given. The same seed and order of layers give the numbers PyTorch gives after
/// <c>torch.manual_seed(seed)</c>.
/// </summary>
public static class Initialization
{
    /// <summary>He's uniform rule with negative slope <paramref name="slope"/> (default √5, which makes the bound 1/√fanIn).</summary>
    public static void KaimingUniform(Tensor weight, RandomGenerator generator, double? slope = null)
    {
        var a = slope ?? Math.Sqrt(5);
        var gain = Math.Sqrt(2.0 / (1 + a * a));
        var deviation = gain / Math.Sqrt(FanIn(weight));
        var bound = Math.Sqrt(3.0) * deviation;
        Uniform(weight, bound, generator);
    }

    /// <summary>Glorot's uniform rule: the bound is gain √(6 / (fanIn + fanOut)).</summary>
    public static void XavierUniform(Tensor weight, RandomGenerator generator, double gain = 1)
    {
        var shape = weight.Shape;
        var field = (double)(shape.Count / (shape[0] * shape[1]));
        var deviation = gain * Math.Sqrt(2.0 / (shape[1] * field + shape[0] * field));
        Uniform(weight, Math.Sqrt(3.0) * deviation, generator);
    }

    /// <summary>Uniform between minus and plus the bound.</summary>
    public static void Uniform(Tensor tensor, double bound, RandomGenerator generator)
    {
        using var _ = Autograd.NoGrad();
        tensor.FillUniform(-bound, bound, generator);
    }

    /// <summary>Normal with the given mean and standard deviation.</summary>
    public static void Normal(Tensor tensor, RandomGenerator generator, double mean = 0, double standardDeviation = 1)
    {
        using var _ = Autograd.NoGrad();
        tensor.FillNormal(mean, standardDeviation, generator);
    }

    /// <summary>Every element the same.</summary>
    public static void Constant(Tensor tensor, double value)
    {
        using var _ = Autograd.NoGrad();
        tensor.Fill(value);
    }

    /// <summary>Weight and bias of a convolution or linear layer as PyTorch's <c>reset_parameters</c> draws them.</summary>
    internal static void WeightAndBias(Tensor weight, Tensor? bias, RandomGenerator? generator)
    {
        if (generator is null) return;
        KaimingUniform(weight, generator);
        if (bias is { } given) Uniform(given, 1 / Math.Sqrt(FanIn(weight)), generator);
    }

    /// <summary>How many inputs one output has: all sizes but the first, multiplied.</summary>
    static double FanIn(Tensor weight)
    {
        var shape = weight.Shape;
        return (double)(shape.Count / shape[0]);
    }
}

namespace Kymo.Torch.Layers;

/// <summary>x Wᵀ + b over the last dimension: (..., in) to (..., out). PyTorch's <c>nn.Linear</c>.</summary>
public sealed class Linear : Module
{
    /// <summary>A layer with PyTorch's default initialisation; all zeros without a generator, for weights that are loaded.</summary>
    public Linear(int inFeatures, int outFeatures, RandomGenerator? generator, bool bias = true)
    {
        Weight = AddParameter("weight", outFeatures, inFeatures);
        Bias = bias ? AddParameter("bias", outFeatures) : null;
        Initialization.WeightAndBias(Weight, Bias, generator);
    }

    /// <summary>(out, in).</summary>
    public Tensor Weight { get; }

    /// <summary>(out), or null.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Linear(input, Weight, Bias);
}

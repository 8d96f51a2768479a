namespace Kymo.Torch.Layers;

/// <summary>
/// Normalises the last dimensions of each entry, then scales and shifts them. Ba, Kiros and Hinton 2016; PyTorch's <c>nn.LayerNorm</c>.
/// </summary>
public sealed class LayerNorm : Module
{
    readonly long[] _shape;
    readonly double _epsilon;

    /// <summary>A layer over one last dimension.</summary>
    /// <param name="features">Its size.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public LayerNorm(int features, double epsilon = 1e-5) : this([features], epsilon)
    {
    }

    /// <summary>A layer over several last dimensions.</summary>
    /// <param name="shape">Their sizes.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public LayerNorm(ReadOnlySpan<long> shape, double epsilon = 1e-5)
    {
        (_shape, _epsilon) = (shape.ToArray(), epsilon);
        Weight = AddParameter("weight", shape);
        Bias = AddParameter("bias", shape);
        Initialization.Constant(Weight, 1);
    }

    /// <summary>Scale of each place.</summary>
    public Tensor Weight { get; }

    /// <summary>Shift of each place.</summary>
    public Tensor Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.LayerNorm(input, _shape, Weight, Bias, _epsilon);
}

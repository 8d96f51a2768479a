namespace Kymo.Torch.Layers;

/// <summary>Cross-correlation over time: (batch, in, time) to (batch, out, time'). PyTorch's <c>nn.Conv1d</c>.</summary>
public sealed class Conv1d : Module
{
    readonly long _stride, _padding, _dilation;
    readonly int _groups;

    /// <summary>A layer with PyTorch's default initialisation; all zeros without a generator, for weights that are loaded.</summary>
    public Conv1d(int inChannels, int outChannels, int kernelSize, RandomGenerator? generator, int stride = 1, int padding = 0,
        int dilation = 1, int groups = 1, bool bias = true)
    {
        (_stride, _padding, _dilation, _groups) = (stride, padding, dilation, groups);
        Weight = AddParameter("weight", outChannels, inChannels / groups, kernelSize);
        Bias = bias ? AddParameter("bias", outChannels) : null;
        Initialization.WeightAndBias(Weight, Bias, generator);
    }

    /// <summary>(out, in / groups, k).</summary>
    public Tensor Weight { get; }

    /// <summary>(out), or null.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Conv1d(input, Weight, Bias, [_stride], [_padding], [_dilation], _groups);
}

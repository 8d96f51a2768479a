namespace Kymo.Torch.Layers;

/// <summary>Cross-correlation over height and width: (batch, in, height, width) to (batch, out, height', width'). PyTorch's <c>nn.Conv2d</c>.</summary>
public sealed class Conv2d : Module
{
    readonly long[] _stride, _padding, _dilation;
    readonly int _groups;

    /// <summary>A layer with PyTorch's default initialisation; all zeros without a generator, for weights that are loaded.</summary>
    public Conv2d(int inChannels, int outChannels, Extent kernelSize, RandomGenerator? generator, Extent? stride = null,
        Extent padding = default, Extent? dilation = null, int groups = 1, bool bias = true)
    {
        (_stride, _padding, _dilation, _groups) = ((stride ?? 1).Sizes, padding.Sizes, (dilation ?? 1).Sizes, groups);
        Weight = AddParameter("weight", outChannels, inChannels / groups, kernelSize.Height, kernelSize.Width);
        Bias = bias ? AddParameter("bias", outChannels) : null;
        Initialization.WeightAndBias(Weight, Bias, generator);
    }

    /// <summary>(out, in / groups, height, width).</summary>
    public Tensor Weight { get; }

    /// <summary>(out), or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>The padding of a convolution over every place that keeps height and width; null for every other.</summary>
    internal long[]? SizeKeepingPadding
    {
        get
        {
            var kernel = Weight.Shape;
            return _groups == 1 && _stride is [1, 1] && _dilation is [1, 1] && kernel[2] == (2 * _padding[0]) + 1
                && kernel[3] == (2 * _padding[1]) + 1 ? _padding : null;
        }
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Conv2d(input, Weight, Bias, _stride, _padding, _dilation, _groups);
}

using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>
/// Cross-correlation over (batch, channel, height, width) that keeps height and width (PyTorch's <c>nn.Conv2d(padding="same")</c>, stride 1):
/// zeros around the input, the odd one at the end. Where the dilation is as high as the input, only the kernel's middle row meets any
/// data; then only that row is computed, and the other rows get a gradient of zero.
/// </summary>
sealed class SameConv2d : Module
{
    readonly Extent _kernel;
    readonly int _dilation;

    /// <summary>A layer with Glorot's uniform weights and a bias of zero; all zeros without a generator, for weights that are loaded.</summary>
    public SameConv2d(int inChannels, int outChannels, Extent kernel, int dilation, RandomGenerator? generator)
    {
        (_kernel, _dilation) = (kernel, dilation);
        Weight = AddParameter("weight", outChannels, inChannels, kernel.Height, kernel.Width);
        Bias = AddParameter("bias", outChannels);
        if (generator is not null) Initialization.XavierUniform(Weight, generator);
    }

    /// <summary>(out, in, height, width).</summary>
    public Tensor Weight { get; }

    /// <summary>(out).</summary>
    public Tensor Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var (weight, height) = (Weight, _kernel.Height);
        if (height % 2 == 1 && height > 1 && _dilation >= input.Shape[2])
            (weight, height) = (weight.Narrow(2, height / 2, 1), 1);
        var (top, bottom) = Padding((int)height);
        var (left, right) = Padding((int)_kernel.Width);
        if (top != bottom || left != right) (input, top, left) = (input.Pad([left, right, top, bottom]), 0, 0);
        return Functional.Conv2d(input, weight, Bias, [1, 1], [top, left], [_dilation, _dilation]);
    }

    (long Before, long After) Padding(int size)
    {
        long total = (long)_dilation * (size - 1);
        return (total / 2, total - (total / 2));
    }
}

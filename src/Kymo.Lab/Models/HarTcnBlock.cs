using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>
/// A residual block over joints and time: (batch, in, joint, time) to (batch, out, joint, time). Two dilated convolutions with optional
/// batch normalisation, LeakyReLU (0.01) and dropout beside a 1x1 shortcut; no activation after the sum.
/// </summary>
sealed class HarTcnBlock : Module
{
    readonly SameConv2d _shortcut, _first, _second;
    readonly BatchNorm2d? _norm1, _norm2;
    readonly Dropout _dropout;

    /// <summary>Builds the block; convolutions start with Glorot's uniform weights and biases of zero.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="joints">Height of the kernels; a kernel of width 1 has height 1 too.</param>
    /// <param name="kernel">Width of the kernels.</param>
    /// <param name="dilation">Dilation along both axes.</param>
    /// <param name="dropout">Share of cells dropped.</param>
    /// <param name="norm">Whether there is batch normalisation.</param>
    /// <param name="init">Draws the weights.</param>
    /// <param name="generator">Draws the dropped cells.</param>
    public HarTcnBlock(
        int inputs, int outputs, int joints, int kernel, int dilation, double dropout, bool norm, RandomGenerator? init, RandomGenerator generator)
    {
        Extent size = kernel == 1 ? (1, 1) : (joints, kernel);
        _shortcut = Add("conv0", new SameConv2d(inputs, outputs, (1, 1), 1, init));
        _first = Add("conv1", new SameConv2d(inputs, outputs, size, dilation, init));
        _second = Add("conv2", new SameConv2d(outputs, outputs, size, dilation, init));
        if (norm) (_norm1, _norm2) = (Add("norm1", new BatchNorm2d(outputs)), Add("norm2", new BatchNorm2d(outputs)));
        _dropout = new Dropout(dropout, generator);
        Add("dropout", _dropout);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var main = Finish(_first.Forward(input), _norm1);
        main = Finish(_second.Forward(main), _norm2);
        return main.Add(_shortcut.Forward(input));
    }

    Tensor Finish(Tensor value, BatchNorm2d? norm) => _dropout.Forward((norm is null ? value : norm.Forward(value)).LeakyRelu());
}

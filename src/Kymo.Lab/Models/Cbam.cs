using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Which parts of the attention block are there.</summary>
public enum AttentionMode
{
    /// <summary>Channels, then places.</summary>
    Cbam,

    /// <summary>Channels only.</summary>
    Ca,

    /// <summary>Places only.</summary>
    Sa,
}

/// <summary>
/// The convolutional block attention module (Woo et al., ECCV 2018), as the sleep-events original has it: channel weights from a shared
/// two-layer network over mean and maximum, then weights of places from a convolution over both; no residual, no normalisation.
/// </summary>
public sealed class Cbam : Module
{
    readonly ChannelAttention? _channels;
    readonly SpatialAttention? _places;

    /// <summary>Builds the block.</summary>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="reduction">Channels over units of the hidden layer.</param>
    /// <param name="kernel">Width of the spatial convolution; odd.</param>
    /// <param name="mode">Which parts are there.</param>
    /// <param name="init">Draws the initial weights.</param>
    public Cbam(int channels, int reduction, int kernel, AttentionMode mode, RandomGenerator init)
    {
        if (mode != AttentionMode.Sa) _channels = Add("ca", new ChannelAttention(channels, reduction, init));
        if (mode != AttentionMode.Ca) _places = Add("sa", new SpatialAttention(kernel, init));
    }

    /// <summary>Multiplications of one item: the shared network twice, the spatial convolution, both weightings left out.</summary>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="reduction">Channels over units of the hidden layer.</param>
    /// <param name="kernel">Width of the spatial convolution.</param>
    /// <param name="mode">Which parts are there.</param>
    /// <param name="places">Rows times columns of the input.</param>
    public static long Macs(long channels, long reduction, long kernel, AttentionMode mode, long places) =>
        (mode == AttentionMode.Sa ? 0 : 4 * channels * Math.Max(1, channels / reduction)) + (mode == AttentionMode.Ca ? 0 : 2 * kernel * kernel * places);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var x = _channels?.Forward(input) ?? input;
        return _places?.Forward(x) ?? x;
    }

    sealed class ChannelAttention : Module
    {
        readonly Sequential _mlp;

        public ChannelAttention(int channels, int reduction, RandomGenerator init)
        {
            var hidden = Math.Max(1, channels / reduction);
            _mlp = Add("mlp", new Sequential(new Linear(channels, hidden, init), new Relu(), new Linear(hidden, channels, init)));
        }

        public override Tensor Forward(Tensor input)
        {
            var weights = (_mlp.Forward(input.Mean([2, 3])) + _mlp.Forward(input.Max([2, 3]))).Sigmoid();
            return input * weights.Unsqueeze(-1).Unsqueeze(-1);
        }
    }

    sealed class SpatialAttention : Module
    {
        readonly Conv2d _conv;

        public SpatialAttention(int kernel, RandomGenerator init) =>
            _conv = Add("conv", new Conv2d(2, 1, kernel, init, padding: kernel / 2, bias: false));

        public override Tensor Forward(Tensor input) =>
            input * _conv.Forward(Functional.Concatenate([input.Mean(1, keepDim: true), input.Max(1, keepDim: true)], 1)).Sigmoid();
    }
}

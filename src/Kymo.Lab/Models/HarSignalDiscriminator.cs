using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="HarSignalDiscriminator"/>.</summary>
/// <param name="HiddenChannels">Filters of the convolutions; empty for 32, 64.</param>
/// <param name="InputChannels">Axes of the signal.</param>
/// <param name="WindowSize">Samples of a window.</param>
/// <param name="HiddenUnits">Units of the dense layer; 0 for the original's 64, with classes 128.</param>
/// <param name="NClasses">Classes that are embedded and recognised too; 0 for none.</param>
/// <param name="EmbedDim">Numbers of a class embedding.</param>
/// <param name="Dropout">Share of cells dropped.</param>
public sealed record HarSignalDiscriminatorConfig(
    [property: Range(1, 4096)] IReadOnlyList<int> HiddenChannels,
    [property: Range(1, 64)] int InputChannels = 3,
    [property: Range(4, 100_000)] int WindowSize = 400,
    [property: Range(0, 65_536)] int HiddenUnits = 0,
    [property: Range(0, 10_000)] int NClasses = 0,
    [property: Range(1, 4096)] int EmbedDim = 32,
    [property: Range(0, 0.95)] double Dropout = 0.3);

/// <summary>
/// Tells real signals from simulated ones: convolutions of width 5 and stride 2, a dense layer, a logit, and with classes class logits too.
/// Input (batch, axis, time). It also gives the gradient of its logit with respect to the signal as something that can be differentiated
/// again, which the gradient penalty of WGAN-GP needs (Gulrajani et al. 2017).
/// </summary>
public sealed class HarSignalDiscriminator : Module, IHarDiscriminator
{
    const int Kernel = 5, Stride = 2, Padding = 2;
    const double Slope = 0.2;

    readonly Conv1d[] _convs;
    readonly Linear _dense;
    readonly Linear _real;
    readonly Embedding? _classEmbedding;
    readonly Linear? _classes;
    readonly double _dropout;
    readonly RandomGenerator _generator;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights; null leaves zeros, for weights that are loaded.</param>
    /// <param name="dropout">Draws the dropped cells.</param>
    public HarSignalDiscriminator(HarSignalDiscriminatorConfig config, RandomGenerator? init, RandomGenerator dropout)
    {
        (_dropout, _generator) = (config.Dropout, dropout);
        var layers = new List<Module>();
        var (channels, length) = (config.InputChannels, config.WindowSize);
        var convs = new List<Conv1d>();
        foreach (var filters in config.HiddenChannels is { Count: > 0 } given ? given : [32, 64])
        {
            convs.Add(HarLayers.Kaiming(new Conv1d(channels, filters, Kernel, null, stride: Stride, padding: Padding), init, Slope));
            layers.AddRange([convs[^1], new LeakyRelu(Slope), new Dropout(config.Dropout, dropout)]);
            (channels, length) = (filters, ((length - 1) / Stride) + 1);
        }
        _convs = [.. convs];
        Add("conv_net", new Sequential([.. layers]));
        var flat = channels * length;
        if (config.NClasses == 0)
        {
            var units = config.HiddenUnits > 0 ? config.HiddenUnits : 64;
            _dense = HarLayers.Kaiming(new Linear(flat, units, null), init, Slope);
            _real = HarLayers.Kaiming(new Linear(units, 1, null), init, Slope);
            Add("fc", new Sequential(_dense, new LeakyRelu(Slope), new Dropout(config.Dropout, dropout), _real));
            return;
        }
        var shared = config.HiddenUnits > 0 ? config.HiddenUnits : 128;
        _classEmbedding = Add("class_embed", HarLayers.SmallEmbedding(config.NClasses, config.EmbedDim, init));
        _dense = HarLayers.Kaiming(new Linear(flat + config.EmbedDim, shared, null), init, Slope);
        Add("fc_shared", new Sequential(_dense, new LeakyRelu(Slope), new Dropout(config.Dropout, dropout)));
        _real = Add("fc_adv", HarLayers.Kaiming(new Linear(shared, 1, null), init, Slope));
        _classes = Add("fc_aux", HarLayers.Kaiming(new Linear(shared, config.NClasses, null), init, Slope));
    }

    /// <summary>The logit alone, for a discriminator without classes.</summary>
    public override Tensor Forward(Tensor input) => Judge(input, null).Real;

    /// <inheritdoc/>
    public (Tensor Real, Tensor? Classes) Judge(Tensor input, Tensor? labels)
    {
        var hidden = Hidden(input, labels, null);
        return (_real.Forward(hidden).Squeeze(1), _classes?.Forward(hidden));
    }

    /// <summary>
    /// The gradient of the logits' sum with respect to the signal, (batch, axis, time), with a history: it is written as a forward
    /// computation from the weights, since the activations' slopes are constant almost everywhere.
    /// </summary>
    /// <param name="input">Signals; gradients do not flow into them.</param>
    /// <param name="labels">Int64 classes, for a discriminator with classes.</param>
    public Tensor InputGradient(Tensor input, Tensor? labels)
    {
        var slopes = new List<Tensor>();
        Tensor flat;
        using (Autograd.NoGrad()) flat = Hidden(input.Detach(), labels, slopes);
        var batch = input.Shape[0];
        // From the logit down: the weights of the last layer, then for each layer the slopes and the transposed weights.
        var gradient = _real.Weight.Expand(batch, flat.Shape[1]).Multiply(slopes[^1]).MatrixMultiply(_dense.Weight);
        var shape = slopes[^2].Shape;
        gradient = gradient.Narrow(1, 0, shape[1] * shape[2]).Reshape(shape);
        for (var i = _convs.Length - 1; i >= 0; i--)
            gradient = Transposed(gradient.Multiply(slopes[i]), _convs[i].Weight, i == 0 ? input.Shape[2] : slopes[i - 1].Shape[2]);
        return gradient;
    }

    // The dense layer's output; fills in the slope of every activation (dropout included) where asked for.
    Tensor Hidden(Tensor input, Tensor? labels, List<Tensor>? slopes)
    {
        var x = input;
        foreach (var conv in _convs) x = Activate(conv.Forward(x), slopes);
        x = x.Flatten(1);
        if (_classEmbedding is not null)
            x = Functional.Concatenate([x, _classEmbedding.Forward(labels ?? throw new ArgumentNullException(nameof(labels)))], 1);
        return Activate(_dense.Forward(x), slopes);
    }

    Tensor Activate(Tensor x, List<Tensor>? slopes)
    {
        if (slopes is null)
        {
            x = x.LeakyRelu(Slope);
            return Training && _dropout > 0 ? Functional.Dropout(x, _dropout, _generator) : x;
        }
        var slope = x.GreaterThan(0).To(ElementType.Float32).Multiply(1 - Slope).Add(Slope);
        if (Training && _dropout > 0) slope = Functional.Dropout(slope, _dropout, _generator);
        slopes.Add(slope);
        return x.Multiply(slope);
    }

    // The transposed convolution: zeros between the places, then the kernel turned round with inputs and outputs exchanged.
    static Tensor Transposed(Tensor gradient, Tensor weight, long length)
    {
        var shape = gradient.Shape;
        var spread = Functional.Stack([gradient, gradient.NewZeros(shape)], 3).Reshape(shape[0], shape[1], shape[2] * Stride);
        var before = Kernel - 1 - Padding;
        var after = length + Kernel - 1 - before - (shape[2] * Stride);
        return Functional.Conv1d(spread.Pad([before, after]), weight.Flip(2).Transpose(0, 1), null, [1], [0], [1]);
    }
}

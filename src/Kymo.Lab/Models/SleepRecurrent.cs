using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>The kind of a recurrent layer.</summary>
public enum RecurrentCell
{
    /// <summary>Plain: tanh of a sum. State names begin with <c>rnn.</c></summary>
    Rnn,

    /// <summary>Gated recurrent unit. State names begin with <c>gru.</c></summary>
    Gru,

    /// <summary>Long short-term memory. State names begin with <c>lstm.</c></summary>
    Lstm,
}

/// <summary>Settings of <see cref="SleepRecurrent"/>; the defaults are the sleep-stages original's.</summary>
/// <param name="InputDim">Features of a row: 5, or 6 with the magnitude of the motion.</param>
/// <param name="HiddenDim">Numbers in the state.</param>
/// <param name="NClasses">Number of classes.</param>
/// <param name="Layers">Recurrent layers on each other.</param>
/// <param name="Bidirectional">Whether a second net reads the window backwards; the head then sees both last states.</param>
/// <param name="Dropout">Share of numbers dropped between recurrent layers and before the head.</param>
/// <param name="ConvStride">Stride of a convolution of <paramref name="HiddenDim"/> channels before the recurrent layers; 0 for none.</param>
public sealed record SleepRecurrentConfig(
    [property: Range(1, 4096)] int InputDim = 5,
    [property: Range(1, 8192)] int HiddenDim = 64,
    [property: Range(2, 10_000)] int NClasses = 5,
    [property: Range(1, 8)] int Layers = 1,
    bool Bidirectional = false,
    [property: Range(0, 0.95)] double Dropout = 0,
    [property: Range(0, 64)] int ConvStride = 0);

/// <summary>
/// The recurrent networks of the sleep-stages original: a recurrent layer over a window, its last state through a linear layer. With 5
/// features, 64 hidden numbers and 5 classes 4,869 (RNN), 13,957 (GRU) and 18,501 (LSTM) parameters. Input (batch, time, feature),
/// output logits (batch, class).
/// </summary>
public sealed class SleepRecurrent : Module
{
    const int ConvKernel = 5;

    readonly Conv1d? _conv;
    readonly Recurrent _layers;
    readonly Dropout _dropout;
    readonly Linear _fc;

    /// <summary>Builds the network with PyTorch's default initial weights.</summary>
    /// <param name="cell">The kind of the recurrent layers.</param>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights.</param>
    /// <param name="dropout">Draws the dropped numbers.</param>
    public SleepRecurrent(RecurrentCell cell, SleepRecurrentConfig config, RandomGenerator init, RandomGenerator dropout)
    {
        var inputs = config.InputDim;
        if (config.ConvStride > 0)
        {
            _conv = Add("conv", new Conv1d(inputs, config.HiddenDim, ConvKernel, init, config.ConvStride, ConvKernel / 2));
            inputs = config.HiddenDim;
        }
        var options = new RecurrentOptions
        {
            Layers = config.Layers,
            Bidirectional = config.Bidirectional,
            Dropout = config.Layers > 1 ? config.Dropout : 0,
            DropoutGenerator = dropout,
        };
        _layers = Add(cell.ToString().ToLowerInvariant(), RecurrentLayers.Create(cell, inputs, config.HiddenDim, init, options));
        _dropout = new Dropout(config.Dropout, dropout);
        _fc = Add("fc", new Linear(config.HiddenDim * (config.Bidirectional ? 2 : 1), config.NClasses, init));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        if (_conv is not null) input = _conv.Forward(input.Transpose(1, 2)).Relu().Transpose(1, 2);
        var (_, hidden) = _layers.ForwardWithState(input);
        var directions = _layers.Options.Bidirectional ? 2 : 1;
        var states = hidden.Shape[0];
        var last = directions == 1
            ? hidden.Select(0, states - 1)
            : Functional.Concatenate([hidden.Select(0, states - 2), hidden.Select(0, states - 1)], 1);
        return _fc.Forward(Training ? _dropout.Forward(last) : last);
    }
}

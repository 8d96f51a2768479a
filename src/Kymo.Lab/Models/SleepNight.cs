using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="SleepNight"/>.</summary>
/// <param name="InputDim">Features of an epoch.</param>
/// <param name="HiddenDim">Numbers in the state of one direction.</param>
/// <param name="NClasses">Number of classes.</param>
/// <param name="Cell">Kind of the recurrent layers.</param>
/// <param name="Layers">Recurrent layers on each other.</param>
/// <param name="Bidirectional">Whether the night is read backwards too; false uses the past only, if there is no convolution.</param>
/// <param name="ConvLayers">Convolutions along the night before the recurrent layers.</param>
/// <param name="ConvKernel">Epochs that one convolution sees; odd.</param>
/// <param name="Dropout">Share of numbers dropped after each convolution, between recurrent layers and before the head.</param>
public sealed record SleepNightConfig(
    [property: Range(1, 4096)] int InputDim = 8,
    [property: Range(1, 8192)] int HiddenDim = 32,
    [property: Range(2, 10_000)] int NClasses = 5,
    RecurrentCell Cell = RecurrentCell.Gru,
    [property: Range(1, 8)] int Layers = 1,
    bool Bidirectional = true,
    [property: Range(0, 8)] int ConvLayers = 0,
    [property: Range(1, 255)] int ConvKernel = 9,
    [property: Range(0, 0.95)] double Dropout = 0.3);

/// <summary>
/// A network from sequence to sequence: convolutions along the night, recurrent layers in both directions, a linear layer at every
/// epoch. Input (batch, epoch, feature), output logits (batch, epoch, class).
/// </summary>
public sealed class SleepNight : Module
{
    readonly Conv1d[] _convolutions;
    readonly Recurrent _layers;
    readonly Dropout _dropout;
    readonly Linear _fc;

    /// <summary>Builds the network with PyTorch's default initial weights.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights.</param>
    /// <param name="dropout">Draws the dropped numbers.</param>
    /// <exception cref="ConfigException">A convolution over an even number of epochs.</exception>
    public SleepNight(SleepNightConfig config, RandomGenerator init, RandomGenerator dropout)
    {
        if (config.ConvKernel % 2 == 0)
            throw new ConfigException($"conv_kernel={config.ConvKernel}: expected an odd number of epochs, for instance {config.ConvKernel + 1}");
        _dropout = new Dropout(config.Dropout, dropout);
        _convolutions = new Conv1d[config.ConvLayers];
        for (var i = 0; i < _convolutions.Length; i++)
        {
            var inputs = i == 0 ? config.InputDim : config.HiddenDim;
            _convolutions[i] = Add($"conv{i}", new Conv1d(inputs, config.HiddenDim, config.ConvKernel, init, padding: config.ConvKernel / 2));
        }
        var options = new RecurrentOptions
        {
            Layers = config.Layers,
            Bidirectional = config.Bidirectional,
            Dropout = config.Layers > 1 ? config.Dropout : 0,
            DropoutGenerator = dropout,
        };
        var recurrentInputs = config.ConvLayers > 0 ? config.HiddenDim : config.InputDim;
        _layers = Add("recurrent", RecurrentLayers.Create(config.Cell, recurrentInputs, config.HiddenDim, init, options));
        _fc = Add("fc", new Linear(config.HiddenDim * (config.Bidirectional ? 2 : 1), config.NClasses, init));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        if (_convolutions.Length > 0)
        {
            input = input.Transpose(1, 2);
            foreach (var convolution in _convolutions) input = Drop(convolution.Forward(input).Relu());
            input = input.Transpose(1, 2);
        }
        return _fc.Forward(Drop(_layers.Forward(input)));
    }

    // The dropout layer holds nothing and is no child, so it does not learn by itself whether the network trains.
    Tensor Drop(Tensor input) => Training ? _dropout.Forward(input) : input;
}

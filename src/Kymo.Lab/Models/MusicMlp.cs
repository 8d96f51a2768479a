using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="MusicMlp"/>.</summary>
/// <param name="Inputs">Numbers of an item.</param>
/// <param name="Outputs">Numbers of an answer.</param>
/// <param name="Hidden">Width.</param>
/// <param name="InputDropout">Share of inputs dropped.</param>
/// <param name="Dropout">Share of units dropped before the last layer.</param>
public sealed record MusicMlpConfig(
    [property: Range(1, 4096)] int Inputs = 128,
    [property: Range(1, 4096)] int Outputs = 64,
    [property: Range(1, 4096)] int Hidden = 128,
    [property: Range(0, 0.95)] double InputDropout = 0.2,
    [property: Range(0, 0.95)] double Dropout = 0.5);

/// <summary>
/// Two dense layers with ReLU and dropout for descriptions of whole pieces, of which there are too few for more. Input (batch, input),
/// output (batch, output) logits or numbers. With a dimension of time in the middle each step is answered by itself.
/// </summary>
public sealed class MusicMlp : Module
{
    readonly Dropout _inputDropout;
    readonly Linear _fc1;
    readonly Dropout _dropout;
    readonly Linear _fc2;

    /// <summary>Builds the network with PyTorch's default initial weights.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights.</param>
    /// <param name="dropout">Draws the dropped units.</param>
    public MusicMlp(MusicMlpConfig config, RandomGenerator? init, RandomGenerator dropout)
    {
        _inputDropout = Add("input_dropout", new Dropout(config.InputDropout, dropout));
        _fc1 = Add("fc1", new Linear(config.Inputs, config.Hidden, init));
        _dropout = Add("dropout", new Dropout(config.Dropout, dropout));
        _fc2 = Add("fc2", new Linear(config.Hidden, config.Outputs, init));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => _fc2.Forward(_dropout.Forward(_fc1.Forward(_inputDropout.Forward(input)).Relu()));
}

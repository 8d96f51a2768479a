using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="MusicSequence"/>.</summary>
/// <param name="Inputs">Numbers of a step: a note, a chord, a sixteenth.</param>
/// <param name="Outputs">Numbers of an answer.</param>
/// <param name="Hidden">Width of the state.</param>
/// <param name="Bidirectional">Whether what follows is seen, too. Never where the next event is the target.</param>
/// <param name="Pooled">Whether there is one answer for all steps (from their mean and maximum), not one for each.</param>
/// <param name="Dropout">Share of units dropped before the last layer.</param>
public sealed record MusicSequenceConfig(
    [property: Range(1, 4096)] int Inputs = 128,
    [property: Range(1, 4096)] int Outputs = 64,
    [property: Range(1, 2048)] int Hidden = 128,
    bool Bidirectional = false,
    bool Pooled = false,
    [property: Range(0, 0.95)] double Dropout = 0.3);

/// <summary>
/// The improved net of the music recipes: a dense layer with ReLU, one GRU over the events, one dense layer. It keeps the order of
/// events, which the original's nets never see. Input (batch, time, feature); output logits or numbers, (batch, time, output), or
/// (batch, output) where it is pooled.
/// </summary>
public sealed class MusicSequence : Module
{
    readonly bool _pooled;
    readonly Linear _embed;
    readonly Gru _gru;
    readonly Dropout _dropout;
    readonly Linear _head;

    /// <summary>Builds the network with PyTorch's default initial weights.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights.</param>
    /// <param name="dropout">Draws the dropped units.</param>
    public MusicSequence(MusicSequenceConfig config, RandomGenerator? init, RandomGenerator dropout)
    {
        _pooled = config.Pooled;
        _embed = Add("embed", new Linear(config.Inputs, config.Hidden, init));
        _gru = Add("gru", new Gru(config.Hidden, config.Hidden, init, new RecurrentOptions { Bidirectional = config.Bidirectional }));
        _dropout = Add("dropout", new Dropout(config.Dropout, dropout));
        var width = config.Hidden * (config.Bidirectional ? 2 : 1) * (config.Pooled ? 2 : 1);
        _head = Add("head", new Linear(width, config.Outputs, init));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        var states = _gru.Forward(_dropout.Forward(_embed.Forward(input).Relu()));
        if (_pooled) states = Functional.Concatenate([states.Mean(1), states.Max(1)], 1);
        return _head.Forward(_dropout.Forward(states));
    }
}

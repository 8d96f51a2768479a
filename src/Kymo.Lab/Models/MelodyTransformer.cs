using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="MelodyTransformer"/>: none.</summary>
public sealed record MelodyTransformerConfig;

/// <summary>
/// The melody net of the music original (its name notwithstanding, no transformer): 64-256 relu, LSTM 256-256 over one step, 256-256
/// relu, 256-128 sigmoid; 641,664 parameters, of which 262,144 recurrent ones never get a gradient. Input (batch, 64) a condition,
/// output (batch, 128) a probability for each MIDI pitch.
/// </summary>
public sealed class MelodyTransformer : Module
{
    readonly Linear _fc1;
    readonly Lstm _lstm;
    readonly Linear _fc2;
    readonly Linear _fc3;

    /// <summary>Builds the network with PyTorch's default initial weights.</summary>
    /// <param name="init">Draws the initial weights.</param>
    public MelodyTransformer(RandomGenerator? init)
    {
        _fc1 = Add("fc1", new Linear(64, 256, init));
        _lstm = Add("lstm", new Lstm(256, 256, init));
        _fc2 = Add("fc2", new Linear(256, 256, init));
        _fc3 = Add("fc3", new Linear(256, 128, init));
    }

    /// <summary>The output before its sigmoid, which training's loss wants.</summary>
    public Tensor Logits(Tensor input)
    {
        var steps = _lstm.Forward(_fc1.Forward(input).Relu().Unsqueeze(1));
        return _fc3.Forward(_fc2.Forward(steps.Select(1, -1)).Relu());
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Logits(input).Sigmoid();
}

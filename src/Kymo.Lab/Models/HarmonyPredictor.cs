using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="HarmonyPredictor"/>: none.</summary>
public sealed record HarmonyPredictorConfig;

/// <summary>
/// The harmony net of the music original: 128-256 tanh, 256-128 tanh, 128-64 softmax; 74,176 parameters. Input (batch, 128) a condition
/// and a history of chords, output (batch, 64) the chance of each chord slot.
/// </summary>
public sealed class HarmonyPredictor : Module
{
    readonly Linear _fc1;
    readonly Linear _fc2;
    readonly Linear _fc3;

    /// <summary>Builds the network with PyTorch's default initial weights.</summary>
    /// <param name="init">Draws the initial weights.</param>
    public HarmonyPredictor(RandomGenerator? init)
    {
        _fc1 = Add("fc1", new Linear(128, 256, init));
        _fc2 = Add("fc2", new Linear(256, 128, init));
        _fc3 = Add("fc3", new Linear(128, 64, init));
    }

    /// <summary>The output before its softmax, which training's loss wants.</summary>
    public Tensor Logits(Tensor input) => _fc3.Forward(_fc2.Forward(_fc1.Forward(input).Tanh()).Tanh());

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Logits(input).Softmax(-1);
}

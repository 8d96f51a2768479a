using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="GroovePredictor"/>: none.</summary>
public sealed record GroovePredictorConfig;

/// <summary>
/// The groove net of the music original: 64-128 tanh, 128-64 tanh, 64-32 tanh; 18,656 parameters. Input (batch, 64) a condition, output
/// (batch, 32) what the groove does.
/// </summary>
public sealed class GroovePredictor : Module
{
    readonly Linear _fc1;
    readonly Linear _fc2;
    readonly Linear _fc3;

    /// <summary>Builds the network with PyTorch's default initial weights.</summary>
    /// <param name="init">Draws the initial weights.</param>
    public GroovePredictor(RandomGenerator? init)
    {
        _fc1 = Add("fc1", new Linear(64, 128, init));
        _fc2 = Add("fc2", new Linear(128, 64, init));
        _fc3 = Add("fc3", new Linear(64, 32, init));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => _fc3.Forward(_fc2.Forward(_fc1.Forward(input).Tanh()).Tanh()).Tanh();
}

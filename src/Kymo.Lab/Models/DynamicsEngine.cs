using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="DynamicsEngine"/>: none.</summary>
public sealed record DynamicsEngineConfig;

/// <summary>
/// The dynamics net of the music original: 32-128 relu, 128-64 relu, 64-16 sigmoid; 13,520 parameters. Input (batch, 32) a score's
/// context, output (batch, 16) how it is played.
/// </summary>
public sealed class DynamicsEngine : Module
{
    readonly Linear _fc1;
    readonly Linear _fc2;
    readonly Linear _fc3;

    /// <summary>Builds the network with PyTorch's default initial weights.</summary>
    /// <param name="init">Draws the initial weights.</param>
    public DynamicsEngine(RandomGenerator? init)
    {
        _fc1 = Add("fc1", new Linear(32, 128, init));
        _fc2 = Add("fc2", new Linear(128, 64, init));
        _fc3 = Add("fc3", new Linear(64, 16, init));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => _fc3.Forward(_fc2.Forward(_fc1.Forward(input).Relu()).Relu()).Sigmoid();
}

using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="HarMlp"/>.</summary>
/// <param name="Hidden">Units of the hidden layers; empty for one layer of 100.</param>
/// <param name="FIn">Numbers in an embedding.</param>
/// <param name="NClasses">Classes.</param>
/// <param name="DropProb">Share of units dropped after each hidden layer.</param>
public sealed record HarMlpConfig(
    [property: Range(1, 65_536)] IReadOnlyList<int> Hidden,
    [property: Range(1, 65_536)] int FIn = 100,
    [property: Range(2, 10_000)] int NClasses = 11,
    [property: Range(0, 0.95)] double DropProb = 0.2);

/// <summary>Dense layers with ReLU and dropout from an embedding to logits: (batch, f_in) to (batch, class).</summary>
public sealed class HarMlp : Module
{
    readonly Sequential _net;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights; null leaves zeros, for weights that are loaded.</param>
    /// <param name="dropout">Draws the dropped units.</param>
    public HarMlp(HarMlpConfig config, RandomGenerator? init, RandomGenerator dropout)
    {
        var layers = new List<Module>();
        var inputs = config.FIn;
        foreach (var units in config.Hidden is { Count: > 0 } given ? given : [100])
        {
            layers.Add(HarLayers.Kaiming(new Linear(inputs, units, null), init));
            layers.Add(new Relu());
            if (config.DropProb > 0) layers.Add(new Dropout(config.DropProb, dropout));
            inputs = units;
        }
        layers.Add(HarLayers.Kaiming(new Linear(inputs, config.NClasses, null), init));
        _net = Add("net", new Sequential([.. layers]));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => _net.Forward(input);
}

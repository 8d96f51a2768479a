using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="HarFeatureDiscriminator"/>.</summary>
/// <param name="HiddenUnits">Units of the hidden layers; empty for one layer of 64.</param>
/// <param name="FIn">Numbers in an embedding.</param>
/// <param name="NClasses">Classes that are embedded and recognised too; 0 for none.</param>
/// <param name="EmbedDim">Numbers of a class embedding.</param>
/// <param name="Dropout">Share of units dropped.</param>
/// <param name="NormalizeFeatures">Whether embeddings are divided by their norm first.</param>
public sealed record HarFeatureDiscriminatorConfig(
    [property: Range(1, 65_536)] IReadOnlyList<int> HiddenUnits,
    [property: Range(1, 65_536)] int FIn = 100,
    [property: Range(0, 10_000)] int NClasses = 0,
    [property: Range(1, 4096)] int EmbedDim = 32,
    [property: Range(0, 0.95)] double Dropout = 0.3,
    bool NormalizeFeatures = true);

/// <summary>
/// Tells embeddings of real signals from those of simulated ones: (batch, f_in) to a logit, and with classes to class logits too (ACGAN,
/// Odena et al. 2017). Gradient reversal stands outside, see <see cref="GradientReversal"/>.
/// </summary>
public sealed class HarFeatureDiscriminator : Module, IHarDiscriminator
{
    readonly HarFeatureDiscriminatorConfig _config;
    readonly Embedding? _classes;
    readonly Sequential _net;
    readonly Linear? _adversary, _auxiliary;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights; null leaves zeros, for weights that are loaded.</param>
    /// <param name="dropout">Draws the dropped units.</param>
    public HarFeatureDiscriminator(HarFeatureDiscriminatorConfig config, RandomGenerator? init, RandomGenerator dropout)
    {
        _config = config;
        var inputs = config.FIn;
        if (config.NClasses > 0)
        {
            _classes = Add("class_embed", HarLayers.SmallEmbedding(config.NClasses, config.EmbedDim, init));
            inputs += config.EmbedDim;
        }
        var layers = new List<Module>();
        foreach (var units in config.HiddenUnits is { Count: > 0 } given ? given : [64])
        {
            layers.AddRange([HarLayers.Kaiming(new Linear(inputs, units, null), init, 0.2), new LeakyRelu(0.2), new Dropout(config.Dropout, dropout)]);
            inputs = units;
        }
        if (config.NClasses == 0) layers.Add(HarLayers.Kaiming(new Linear(inputs, 1, null), init, 0.2));
        _net = Add("net", new Sequential([.. layers]));
        if (config.NClasses == 0) return;
        _adversary = Add("fc_adv", HarLayers.Kaiming(new Linear(inputs, 1, null), init, 0.2));
        _auxiliary = Add("fc_aux", HarLayers.Kaiming(new Linear(inputs, config.NClasses, null), init, 0.2));
    }

    /// <summary>The logit alone, for a discriminator without classes.</summary>
    public override Tensor Forward(Tensor input) => Judge(input, null).Real;

    /// <inheritdoc/>
    public (Tensor Real, Tensor? Classes) Judge(Tensor input, Tensor? labels)
    {
        var x = _config.NormalizeFeatures ? input.Divide(input.Norm(1, keepDim: true).Clamp(min: 1e-12)) : input;
        if (_classes is not null) x = Functional.Concatenate([x, _classes.Forward(labels ?? throw new ArgumentNullException(nameof(labels)))], 1);
        var hidden = _net.Forward(x);
        return _adversary is null ? (hidden.Squeeze(1), null) : (_adversary.Forward(hidden).Squeeze(1), _auxiliary!.Forward(hidden));
    }
}

using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Settings of <see cref="HarClassifier"/>.</summary>
/// <param name="Type">Architecture.</param>
/// <param name="FIn">Numbers in an embedding.</param>
/// <param name="NClasses">Classes.</param>
public sealed record HarClassifierConfig(
    [property: AllowedValues("activity_classifier")] string Type = "activity_classifier",
    [property: Range(1, 65_536)] int FIn = 100,
    [property: Range(2, 10_000)] int NClasses = 11);

/// <summary>One dense layer from an embedding to logits: (batch, f_in) to (batch, class). Kaiming's normal weights, bias zero.</summary>
public sealed class HarClassifier : Module
{
    const string Misspelt = "classfier.";

    readonly Linear _layer;

    /// <summary>Builds the network.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="init">Draws the initial weights; null leaves zeros, for weights that are loaded.</param>
    public HarClassifier(HarClassifierConfig config, RandomGenerator? init) =>
        _layer = Add("classifier", HarLayers.Kaiming(new Linear(config.FIn, config.NClasses, null), init));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => _layer.Forward(input);

    /// <summary>Weights of the original's files, whose names say <c>classfier</c>, under the right names; others as they are.</summary>
    public static OrderedDictionary<string, StoredTensor> RightNames(IReadOnlyDictionary<string, StoredTensor> state) =>
        new(state.Select(entry => KeyValuePair.Create(entry.Key.Replace(Misspelt, "classifier.", StringComparison.Ordinal), entry.Value)));

    /// <summary>Weights under the original's misspelt names.</summary>
    public static OrderedDictionary<string, StoredTensor> OriginalNames(IReadOnlyDictionary<string, StoredTensor> state) =>
        new(state.Select(entry => KeyValuePair.Create(entry.Key.Replace("classifier.", Misspelt, StringComparison.Ordinal), entry.Value)));
}

using Kymo.Lab.Models;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>The recipe's networks by name.</summary>
static class SleepNetworks
{
    /// <summary>Builds one.</summary>
    public static Module Create(string name, SleepModelOptions model, int features, int classes, RandomGenerator init, RandomGenerator dropout) => name switch
    {
        "Night" => new SleepNight(
            new SleepNightConfig(features, model.HiddenDim, classes, model.Cell, model.Layers, model.Bidirectional, model.ConvLayers, model.ConvKernel, model.Dropout),
            init, dropout),
        "Transformer" => new SleepTransformer(
            new SleepTransformerConfig(features, model.HiddenDim, classes, model.TransformerLayers, model.Heads, model.FeedForward, model.TransformerDropout, model.CloneLayers),
            init, dropout),
        _ => new SleepRecurrent(
            Enum.Parse<RecurrentCell>(name, ignoreCase: true),
            new SleepRecurrentConfig(features, model.HiddenDim, classes, model.Layers, model.Bidirectional, model.Dropout, model.ConvStride),
            init, dropout),
    };
}

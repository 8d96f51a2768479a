using Kymo.Lab.Prediction;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>A trained network of this recipe, whatever computes it.</summary>
/// <param name="Card">What it is and how it was trained.</param>
/// <param name="Probabilities">Of scaled rows, (time, feature): (class), or for a network of nights (epoch, class).</param>
/// <param name="Close">Gives its memory back.</param>
sealed record SleepNetwork(SleepModelCard Card, Func<float[], float[]> Probabilities, Action Close)
{
    /// <summary>A network computed by LibTorch.</summary>
    public static SleepNetwork Of(SleepModelFile model) => new(model.Card, rows =>
    {
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        return model.Network.Forward(scope.From<float>(rows, 1, rows.Length / model.Card.Features.Count, model.Card.Features.Count)).Softmax(-1).ToArray<float>();
    }, model.Dispose);

    /// <summary>An export, computed by ONNX Runtime.</summary>
    /// <exception cref="Signals.DataException">It has no card, or a damaged one.</exception>
    public static SleepNetwork Of(ExportedNetwork export)
    {
        var card = export.Card<SleepModelCard>(SleepModelFile.Json);
        return new SleepNetwork(card, rows =>
        {
            var logits = export.Run(rows, 1, rows.Length / card.Features.Count, card.Features.Count);
            return [.. logits.Chunk(card.Classes.Count).SelectMany(row => Softmax.Of(row))];
        }, export.Dispose);
    }
}

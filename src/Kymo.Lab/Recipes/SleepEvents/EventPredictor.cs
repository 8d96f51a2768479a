using Kymo.Lab.Data;
using Kymo.Lab.Prediction;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.SleepEvents;

/// <summary>Opens networks of this recipe for answers.</summary>
public static class EventPredictor
{
    /// <summary>Opens the network of a run.</summary>
    /// <param name="run">A run folder, or a <c>.safetensors</c> file that this recipe wrote.</param>
    public static SoundPredictor Open(string run)
    {
        var (network, card) = EventNetwork.Read(run);
        var options = EventNetwork.Options(card.Features);
        var (bands, frames) = (options.NMels, LogMelFeatures.Frames(options));
        return new SoundPredictor(run, [new SoundNetwork(card.Classes, options, (clips, batch) =>
        {
            var scaled = clips.AsSpan(0, batch * bands * frames).ToArray();
            for (var i = 0; i < batch; i++) card.Standardizer.Apply(scaled.AsSpan(i * bands * frames, bands * frames));
            using var noGrad = Autograd.NoGrad();
            using var scope = new TensorScope();
            var logits = network.Forward(scope.From<float>(scaled, batch, bands, frames)).ToArray<float>();
            return [.. logits.Chunk(card.Classes.Count).Select(row => Softmax.Of(row))];
        }, network.Dispose) { Trim = card.Features.Trim }]);
    }

    /// <summary>Opens an export of this recipe.</summary>
    /// <exception cref="Signals.DataException">It has no card, or a damaged one.</exception>
    public static SoundPredictor OpenExport(ExportedNetwork export)
    {
        var card = export.Card<EventModelCard>(EventNetwork.Json);
        return new SoundPredictor(export.Path, [SoundNetwork.Of(export, card.Classes, EventNetwork.Options(card.Features)) with { Trim = card.Features.Trim }]);
    }
}

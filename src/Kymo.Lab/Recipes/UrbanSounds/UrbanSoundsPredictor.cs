using Kymo.Lab.Data;
using Kymo.Lab.Prediction;
using Kymo.Signals;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>Opens networks of this recipe for answers.</summary>
public static class UrbanSoundsPredictor
{
    /// <summary>Opens the networks of a run, or one network.</summary>
    /// <param name="run">A run folder, or a <c>.safetensors</c> file that this recipe wrote.</param>
    /// <param name="fold">Only the network that held out this fold; 0 for all.</param>
    /// <exception cref="DataException">No networks there, or networks that do not fit together.</exception>
    public static SoundPredictor Open(string run, int fold = 0)
    {
        var networks = new List<SoundNetwork>();
        try
        {
            foreach (var file in File.Exists(run) ? [run] : ModelFiles(run, fold)) networks.Add(Network(UrbanModelFile.Read(file)));
        }
        catch
        {
            foreach (var network in networks) network.Close();
            throw;
        }
        return new SoundPredictor(run, networks);
    }

    /// <summary>Opens an export of this recipe.</summary>
    /// <exception cref="DataException">It has no card, or a damaged one.</exception>
    public static SoundPredictor OpenExport(ExportedNetwork export)
    {
        var card = export.Card<UrbanModelCard>(UrbanModelFile.Json);
        return new SoundPredictor(export.Path, [SoundNetwork.Of(export, card.Classes, UrbanSoundsData.Options(card.Features))]);
    }

    /// <summary>The network files of a run, by fold.</summary>
    internal static string[] ModelFiles(string run, int fold)
    {
        var folder = Path.Combine(run, "checkpoints");
        var pattern = fold == 0 ? "model_fold_*_best.safetensors" : $"model_fold_{fold}_best.safetensors";
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal).ToArray() : [];
        return files.Length > 0
            ? files
            : throw new DataException(run, $"holds no checkpoints/{pattern}; expected a finished run of kymo train urban-sounds");
    }

    static SoundNetwork Network(UrbanModelFile model) => new(
        model.Card.Classes, model.Options, (clips, batch) => model.Predict(clips.AsSpan(0, batch * model.Options.NMels * LogMelFeatures.Frames(model.Options)).ToArray(), batch), model.Dispose);
}

using Kymo.Lab.Models;
using Kymo.Lab.Prediction;
using Kymo.Onnx;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>Writes trained networks of this recipe for other programs.</summary>
public static class UrbanSoundsExport
{
    /// <summary>Writes the network of one fold.</summary>
    /// <param name="run">A run folder, or a <c>.safetensors</c> file that this recipe wrote.</param>
    /// <param name="fold">The fold whose network is written; 0 for the one that the run promoted.</param>
    /// <param name="format"><c>onnx</c>, <c>safetensors</c> or <c>pth</c>.</param>
    /// <param name="path">The file to write.</param>
    /// <exception cref="OnnxException">ONNX Runtime failed on the written graph.</exception>
    public static Export Write(string run, int fold, string format, string path)
    {
        var source = File.Exists(run) ? run
            : fold > 0 ? UrbanSoundsPredictor.ModelFiles(run, fold)[0]
            : Path.Combine(run, Runs.RunFiles.BestModelSafetensors);
        using var model = UrbanModelFile.Read(source);
        if (format != "onnx")
        {
            if (format == "safetensors") UrbanModelFile.Write(path, model.Card, model.Network.SaveState());
            else WeightFiles.Write(path, model.Network.SaveState());
            return Export.Weights(path);
        }
        return Export.Graph(Graph(model), path, () => SoundGraph.Difference(path, model.Options, model.Card.Standardizer, model.Network));
    }

    static OnnxGraph Graph(UrbanModelFile model)
    {
        var card = model.Card;
        var weights = new NetworkWeights();
        foreach (var (name, tensor) in model.Network.SaveState())
            if (tensor.Type == ElementType.Float32) weights.Add(name, tensor.ToArray<float>(), tensor.Shape);
        var graph = new OnnxGraph("urban-cnn", "Names short sounds from log-mel spectrograms (dB below the clip's maximum).");
        return SoundGraph.Of(
            graph, model.Options, card.Standardizer, x => ModelGraphs.UrbanCnn(graph, x, weights), (card.Recipe, card.Classes, card.Data, UrbanModelFile.Metadata(card)["kymo"]));
    }
}

using Kymo.Config;
using Kymo.Lab.Models;
using Kymo.Lab.Prediction;
using Kymo.Onnx;
using Kymo.Torch.Checkpoints;
using LogMelOptions = Kymo.Signals.Features.LogMelOptions;

namespace Kymo.Lab.Recipes.SleepEvents;

/// <summary>Writes trained networks of this recipe for other programs.</summary>
public static class EventExport
{
    /// <summary>Writes the network of a run.</summary>
    /// <param name="run">A run folder, or a <c>.safetensors</c> file that this recipe wrote.</param>
    /// <param name="fold">Must be 0: runs of this recipe have one network.</param>
    /// <param name="format"><c>onnx</c>, <c>safetensors</c> or <c>pth</c>.</param>
    /// <param name="path">The file to write.</param>
    /// <exception cref="ConfigException">A fold.</exception>
    /// <exception cref="OnnxException">ONNX Runtime failed on the written graph.</exception>
    public static Export Write(string run, int fold, string format, string path)
    {
        if (fold > 0) throw new ConfigException($"--fold {fold}: runs of sleep-events have one network");
        var (network, card) = EventNetwork.Read(run);
        using (network)
        {
            var state = network.SaveState();
            if (format != "onnx")
            {
                if (format == "safetensors") SafetensorsFile.Write(path, [.. state.Select(entry => (entry.Key, entry.Value))], EventNetwork.Metadata(card));
                else WeightFiles.Write(path, state);
                return Export.Weights(path);
            }
            var options = EventNetwork.Options(card.Features);
            return Export.Graph(Graph(card, options, state), path, () => SoundGraph.Difference(path, options, card.Standardizer, network));
        }
    }

    static OnnxGraph Graph(EventModelCard card, LogMelOptions options, OrderedDictionary<string, StoredTensor> state)
    {
        var weights = new NetworkWeights();
        foreach (var (name, tensor) in state) weights.Add(name, tensor.ToArray<float>(), tensor.Shape);
        var graph = new OnnxGraph(card.Model.Name, "Names sounds heard in the ear from log-mel spectrograms (dB below the clip's maximum).");
        return SoundGraph.Of(
            graph, options, card.Standardizer, x => card.Model.Name == "crnn" ? ModelGraphs.EventCrnn(graph, x, weights) : ModelGraphs.EventCnn(graph, x, weights),
            (card.Recipe, card.Classes, card.Data, EventNetwork.Metadata(card)["kymo"]));
    }
}

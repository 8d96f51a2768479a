using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Models;
using Kymo.Lab.Training;
using Kymo.Onnx;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.SleepEvents;

/// <summary>Writes trained networks of this recipe for other programs.</summary>
public static class EventExport
{
    const int CheckedClips = 4;

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
                return new Export(path, new FileInfo(path).Length, null, "weights as they are");
            }
            var bytes = Graph(card, state).Save(path);
            try
            {
                return new Export(path, bytes, Compare(card, network, path));
            }
            catch (OnnxException error) when (error.Message.Contains("libonnxruntime", StringComparison.Ordinal))
            {
                return new Export(path, bytes, null, error.Message);
            }
        }
    }

    // Spectrograms in dB go in, (batch, mel, frame); logits come out. The standardisation is part of the graph.
    static OnnxGraph Graph(EventModelCard card, OrderedDictionary<string, StoredTensor> state)
    {
        var weights = new NetworkWeights();
        foreach (var (name, tensor) in state) weights.Add(name, tensor.ToArray<float>(), tensor.Shape);
        var options = EventNetwork.Options(card.Features);
        var graph = new OnnxGraph(card.Model.Name, "Names sounds heard in the ear from log-mel spectrograms (dB below the clip's maximum).");
        var input = graph.Input("logmel", "batch", options.NMels, LogMelFeatures.Frames(options));
        var scaled = graph.Normalise(input, card.Standardizer.Mean, card.Standardizer.Deviation, axis: 1);
        graph.Output("logits", card.Model.Name == "crnn" ? ModelGraphs.EventCrnn(graph, scaled, weights) : ModelGraphs.EventCnn(graph, scaled, weights));
        return graph
            .Metadata("recipe", card.Recipe)
            .Metadata("classes", new JsonArray([.. card.Classes.Select(name => (JsonNode)name)]).ToJsonString())
            .Metadata("features", options.ToCanonicalText())
            .Metadata("feature_hash", options.Fingerprint())
            .Metadata("sample_rate", options.SampleRate.ToString(CultureInfo.InvariantCulture))
            .Metadata("data", card.Data)
            .Metadata("kymo", EventNetwork.Metadata(card)["kymo"]);
    }

    static double Compare(EventModelCard card, Module network, string path)
    {
        var options = EventNetwork.Options(card.Features);
        var (bands, frames) = (options.NMels, LogMelFeatures.Frames(options));
        var random = new RandomStream(0, "parity");
        var clips = new float[CheckedClips * bands * frames];
        for (var i = 0; i < clips.Length; i++) clips[i] = (float)random.Uniform(-80, 0);
        using var session = InferenceSession.Load(path);
        using var answer = session.Run(clips, CheckedClips, bands, frames);
        var exported = answer.Float32().ToArray();
        for (var i = 0; i < CheckedClips; i++) card.Standardizer.Apply(clips.AsSpan(i * bands * frames, bands * frames));
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        var own = network.Forward(scope.From<float>(clips, CheckedClips, bands, frames)).ToArray<float>();
        return own.Zip(exported, (a, b) => (double)Math.Abs(a - b)).Max();
    }
}

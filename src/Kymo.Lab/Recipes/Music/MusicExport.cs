using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Models;
using Kymo.Lab.Training;
using Kymo.Onnx;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.Music;

/// <summary>Writes trained networks of the music recipes for other programs, with the data's licence in their metadata.</summary>
public static class MusicExport
{
    const int CheckedItems = 4;

    /// <summary>Writes the network of a run.</summary>
    /// <param name="run">A run folder, or a <c>.safetensors</c> file of one.</param>
    /// <param name="fold">Not used: these runs have one network.</param>
    /// <param name="format"><c>onnx</c>, <c>rtneural</c>, <c>safetensors</c> or <c>pth</c>.</param>
    /// <param name="path">The file to write.</param>
    /// <exception cref="OnnxException">ONNX Runtime failed on the written graph.</exception>
    public static Export Write(string run, int fold, string format, string path)
    {
        var (card, network) = MusicCard.Open(run);
        using (network)
        {
            var remark = card.IsNonCommercial ? $"trained on data under {card.Licence}: no commercial use" : "weights as they are";
            switch (format)
            {
                case "onnx":
                    return Export.Graph(Graph(card, network), path, () => Compare(card, network, path));
                case "rtneural" when card.Compat.Contains("compat.export=original"):
                    OriginalJson.Write(path, card, network);
                    return new Export(path, new FileInfo(path).Length, OriginalJson.Difference(path, card, network), "the original's JSON, which RTNeural cannot load");
                case "rtneural":
                    RtNeural.Write(path, card, network);
                    return new Export(path, new FileInfo(path).Length, RtNeuralCheck.Difference(path, card, network));
                case "safetensors":
                    Kymo.Torch.Checkpoints.SafetensorsFile.Write(path, [.. network.SaveState().Select(entry => (entry.Key, entry.Value))], card.Metadata());
                    return Export.Weights(path, remark);
                default:
                    WeightFiles.Write(path, network.SaveState());
                    return Export.Weights(path, remark);
            }
        }
    }

    /// <summary>Items to compare answers on: numbers from -1 to 1.</summary>
    internal static float[] Probe(int length)
    {
        var random = new RandomStream(0, "parity");
        return [.. Enumerable.Range(0, length).Select(_ => (float)random.Uniform(-1, 1))];
    }

    /// <summary>The network's own answers to items that are not scaled yet.</summary>
    internal static float[] Own(MusicCard card, Module network, float[] items, int count)
    {
        var shape = card.Steps == 0 ? new long[] { count, card.InputSize } : [count, card.Steps, card.InputSize];
        var length = items.Length / count;
        var scaled = (float[])items.Clone();
        if (card is { Mean: { } mean, Deviation: { } deviation })
            for (var i = 0; i < scaled.Length; i++) scaled[i] = (scaled[i] - mean[i % length % mean.Length]) / deviation[i % length % mean.Length];
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        return network.Forward(scope.From<float>(scaled, shape)).ToArray<float>();
    }

    static double Compare(MusicCard card, Module network, string path)
    {
        var items = Probe(CheckedItems * Math.Max(1, card.Steps) * card.InputSize);
        using var session = InferenceSession.Load(path);
        using var answer = card.Steps == 0 ? session.Run(items, CheckedItems, card.InputSize) : session.Run(items, CheckedItems, card.Steps, card.InputSize);
        return Own(card, network, items, CheckedItems).Zip(answer.Float32().ToArray(), (a, b) => (double)Math.Abs(a - b)).Max();
    }

    static OnnxGraph Graph(MusicCard card, Module network)
    {
        var weights = new NetworkWeights();
        foreach (var (name, tensor) in network.SaveState()) weights.Add(name, tensor.ToArray<float>(), tensor.Shape);
        var (inputName, outputName) = Names(card);
        var graph = new OnnxGraph(card.Model, $"{card.Recipe}, {card.Task}. Data: {card.Dataset}, {card.Licence}.");
        var x = card.Steps == 0 ? graph.Input(inputName, "batch", card.InputSize) : graph.Input(inputName, "batch", card.Steps, card.InputSize);
        if (card is { Mean: { } mean, Deviation: { } deviation })
        {
            if (mean.Length != card.InputSize) throw new ConfigException("a network of steps with features.norm=train is not exported; train with features.norm=fixed");
            x = graph.Normalise(x, mean, deviation);
        }
        var y = network switch
        {
            EmotionRecognizer => ModelGraphs.Emotion(graph, x, weights),
            MelodyTransformer => ModelGraphs.Melody(graph, x, weights),
            HarmonyPredictor => ModelGraphs.Harmony(graph, x, weights),
            DynamicsEngine => ModelGraphs.Dynamics(graph, x, weights),
            GroovePredictor => ModelGraphs.Groove(graph, x, weights),
            MusicMlp => ModelGraphs.MusicMlp(graph, x, weights),
            _ => ModelGraphs.MusicSequence(graph, x, weights, card.Settings.TryGetValue("pooled", out var pooled) && bool.Parse(pooled)),
        };
        graph.Output(outputName, y);
        return graph.Metadata("recipe", card.Recipe).Metadata("task", card.Task).Metadata("inputs", Texts(card.Inputs)).Metadata("outputs", Texts(card.Outputs))
            .Metadata("feature_version", card.FeatureVersion.ToString(CultureInfo.InvariantCulture)).Metadata("data_source", card.DataSource)
            .Metadata("dataset", card.Dataset).Metadata("licence", card.Licence).Metadata("non_commercial", card.IsNonCommercial ? "true" : "false")
            .Metadata("compat", Texts(card.Compat)).Metadata("kymo", card.ToJson());
    }

    static (string Input, string Output) Names(MusicCard card) => card.Model switch
    {
        "emotion-recognizer" => ("audio_features", "emotion_embedding"),
        "melody-transformer" => ("emotion_embedding", "midi_notes"),
        "harmony-predictor" => ("context", "chord_probs"),
        "dynamics-engine" => ("context", "expression_params"),
        "groove-predictor" => ("emotion_embedding", "groove_params"),
        _ => ("input", "output"),
    };

    static string Texts(IReadOnlyList<string> texts) => new JsonArray([.. texts.Select(text => (JsonNode)text)]).ToJsonString();
}

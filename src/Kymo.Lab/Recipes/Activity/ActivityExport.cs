using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data.Motion;
using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Onnx;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>
/// Writes trained networks for other programs. The name's ending says which part an ONNX file holds. <c>*.regressor.onnx</c>: from standardised movement to
/// standardised signal; <c>*.extractor.onnx</c>: from standardised signal to embedding; <c>*.classifier.onnx</c>: from embedding to logits; any other: extractor and
/// classifier together, from the sensor's raw numbers to logits. Means and deviations stand in the file's metadata (<c>kymo</c>).
/// </summary>
public static class ActivityExport
{
    const int CheckedWindows = 4;

    /// <summary>Writes a network.</summary>
    /// <param name="run">A run folder, or a <c>.safetensors</c> file that this recipe wrote.</param>
    /// <param name="fold">Must be 0: runs of this recipe have no folds.</param>
    /// <param name="format"><c>onnx</c>, <c>safetensors</c> or <c>pth</c> (names of the original's files).</param>
    /// <param name="path">The file to write.</param>
    /// <exception cref="ConfigException">A fold.</exception>
    /// <exception cref="Signals.DataException">Extractor and classifier together, and nobody knows the scale of the signals.</exception>
    public static Export Write(string run, int fold, string format, string path)
    {
        if (fold > 0) throw new ConfigException($"--fold {fold}: runs of activity have no folds");
        var source = File.Exists(run) ? run : Path.Combine(run, RunFiles.BestModelSafetensors);
        var (weights, card) = ActivityWeights.Read(source);
        if (format != "onnx")
        {
            if (format == "safetensors") File.Copy(source, path, overwrite: true);
            else WeightFiles.Write(path, HarClassifier.OriginalNames(weights));
            return Export.Weights(path);
        }
        var part = Path.GetFileNameWithoutExtension(path).Split('.')[^1];
        var scale = part is "regressor" or "extractor" or "classifier" ? null : card.SignalScale(source);
        return Export.Graph(Graph(part, weights, card, scale), path, () => Compare(part, weights, card, scale, path));
    }

    // With a scale, extractor and classifier together for raw windows; without, one part for standardised ones.
    static OnnxGraph Graph(string part, OrderedDictionary<string, StoredTensor> weights, ActivityCard card, ChannelScale? scale)
    {
        var tensors = new NetworkWeights();
        foreach (var (name, tensor) in weights)
            if (tensor.Type == ElementType.Float32) tensors.Add(name, tensor.ToArray<float>(), tensor.Shape);
        var (regressor, extractor) = (card.Model.Regressor, card.Model.FeatureExtractor);
        var graph = new OnnxGraph("activity-" + part, part switch
        {
            "regressor" => "Simulates a worn sensor from movement; both are standardised, by the means and deviations in the metadata.",
            "extractor" => "Embeds windows of a worn sensor, standardised by target_mean and target_deviation in the metadata.",
            "classifier" => "Names activities from embeddings.",
            _ => "Names activities from windows of a worn sensor, in its own units.",
        });
        switch (part)
        {
            case "regressor":
                var movement = graph.Input("movement", "batch", regressor.InputChannels, regressor.NumJoints, regressor.SequenceLength);
                graph.Output("signal", HarGraphs.Regressor(graph, movement, tensors, regressor, "pose2imu."));
                break;
            case "extractor":
                graph.Output("embedding", Extractor(graph, graph.Input("signal", "batch", extractor.InputChannels, extractor.WindowSize), tensors, card.Model));
                break;
            case "classifier":
                graph.Output("logits", Classifier(graph, graph.Input("embedding", "batch", card.Model.Classifier.FIn), tensors, card.Model));
                break;
            default:
                var raw = graph.Input("signal", "batch", extractor.InputChannels, extractor.WindowSize);
                var signal = graph.Normalise(raw, scale!.Mean, scale.Deviation, axis: 1);
                graph.Output("logits", Classifier(graph, Extractor(graph, signal, tensors, card.Model), tensors, card.Model));
                break;
        }
        return graph.Metadata("recipe", card.Recipe).Metadata("part", part).Metadata("data", card.Data).Metadata("kymo", card.ToJson())
            .Metadata("classes", new JsonArray([.. card.Classes.Select(name => (JsonNode)name)]).ToJsonString());
    }

    static OnnxValue Extractor(OnnxGraph graph, OnnxValue signal, NetworkWeights weights, ActivityModelOptions model) => model.Encoder is { } later
        ? HarGraphs.Encoder(graph, signal, weights, later, "fe.")
        : HarGraphs.FeatureExtractor(graph, signal, weights, model.FeatureExtractor.PoolSize, "fe.");

    static OnnxValue Classifier(OnnxGraph graph, OnnxValue embedding, NetworkWeights weights, ActivityModelOptions model) =>
        model.Head is null ? graph.Linear(embedding, weights, "ac.classifier") : HarGraphs.Mlp(graph, embedding, weights, "ac.");

    static double Compare(string part, OrderedDictionary<string, StoredTensor> weights, ActivityCard card, ChannelScale? scale, string path)
    {
        using var generator = new RandomGenerator(0);
        var (regressor, extractor) = (card.Model.Regressor, card.Model.FeatureExtractor);
        long[] shape = part switch
        {
            "regressor" => [CheckedWindows, regressor.InputChannels, regressor.NumJoints, regressor.SequenceLength],
            "classifier" => [CheckedWindows, card.Model.Classifier.FIn],
            _ => [CheckedWindows, extractor.InputChannels, extractor.WindowSize],
        };
        var random = new RandomStream(0, "parity");
        var values = new float[shape.Aggregate((a, b) => a * b)];
        for (var i = 0; i < values.Length; i++) values[i] = (float)random.Normal();
        using var session = InferenceSession.Load(path);
        using var answer = session.Run(values, shape);
        var exported = answer.Float32().ToArray();

        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        var input = scope.From<float>(values, shape);
        T Loaded<T>(T network, string module) where T : Module
        {
            network.LoadState(ActivityWeights.Of(weights, module));
            network.Eval();
            return network;
        }
        using var r = Loaded(new HarRegressor(regressor, null, generator), "pose2imu");
        using var f = Loaded(card.Model.NewExtractor(null, generator), "fe");
        using var c = Loaded(card.Model.NewClassifier(null, generator), "ac");
        var own = part switch
        {
            "regressor" => r.Forward(input),
            "extractor" => f.Forward(input),
            "classifier" => c.Forward(input),
            _ => c.Forward(f.Forward(input.Subtract(scope.From<float>(scale!.Mean, 1, scale.Mean.Length, 1)).Divide(scope.From<float>(scale.Deviation, 1, scale.Mean.Length, 1)))),
        };
        return own.ToArray<float>().Zip(exported, (a, b) => (double)Math.Abs(a - b)).Max();
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Models;
using Kymo.Lab.Training;
using Kymo.Onnx;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>Writes trained networks of this recipe for other programs.</summary>
public static class SleepExport
{
    const int CheckedItems = 3, CheckedEpochs = 50;

    /// <summary>Writes the network of one fold.</summary>
    /// <param name="run">A run folder, or a <c>.safetensors</c> file that this recipe wrote.</param>
    /// <param name="fold">The fold whose network is written; 0 for the one that the run promoted.</param>
    /// <param name="format"><c>onnx</c>, <c>safetensors</c> or <c>pth</c>.</param>
    /// <param name="path">The file to write.</param>
    /// <exception cref="OnnxException">ONNX Runtime failed on the written graph.</exception>
    public static Export Write(string run, int fold, string format, string path)
    {
        var source = File.Exists(run) ? run : fold > 0 ? SleepPredictor.ModelFiles(run, fold)[0] : Path.Combine(run, Runs.RunFiles.BestModelSafetensors);
        using var model = SleepModelFile.Read(source);
        if (format != "onnx")
        {
            if (format == "safetensors") model.Write(path);
            else WeightFiles.Write(path, model.Network.SaveState());
            return Export.Weights(path);
        }
        return Export.Graph(Graph(model.Card, model.Network.SaveState()), path, () => Compare(model, path));
    }

    /// <summary>
    /// The graph of a trained network: scaled rows go in, (batch, time, feature); logits come out. What rows are scaled by stands in the
    /// metadata: it may be the recording's own.
    /// </summary>
    /// <param name="card">What the network is.</param>
    /// <param name="state">Its weights under PyTorch's names.</param>
    internal static OnnxGraph Graph(SleepModelCard card, IEnumerable<KeyValuePair<string, StoredTensor>> state)
    {
        var weights = new NetworkWeights();
        foreach (var (name, tensor) in state) weights.Add(name, tensor.ToArray<float>(), tensor.Shape);
        var graph = new OnnxGraph(card.Network, "Sleep stages from rows of a watch's signals, scaled as the metadata say.");
        var input = graph.Input("rows", "batch", "time", card.Features.Count);
        graph.Output("logits", card.Network switch
        {
            "Night" => ModelGraphs.SleepNight(graph, input, weights, new SleepNightConfig(
                Cell: card.Model.Cell, ConvLayers: card.Model.ConvLayers, ConvKernel: card.Model.ConvKernel)),
            "Transformer" => ModelGraphs.SleepTransformer(graph, input, weights, card.Model.Heads),
            _ => ModelGraphs.SleepRecurrent(graph, input, weights, Enum.Parse<RecurrentCell>(card.Network, ignoreCase: true), new SleepRecurrentConfig(
                Layers: card.Model.Layers, Bidirectional: card.Model.Bidirectional, ConvStride: card.Model.ConvStride)),
        });
        JsonArray Numbers(float[] values) => new([.. values.Select(value => (JsonNode)value)]);
        return graph
            .Metadata("recipe", card.Recipe)
            .Metadata("classes", new JsonArray([.. card.Classes.Select(name => (JsonNode)name)]).ToJsonString())
            .Metadata("stage_codes", new JsonArray([.. card.Classes.Select((_, label) =>
                (JsonNode)SleepStage.CodeOf(SleepStage.Merge(card.Classes.Count).Index().First(stage => stage.Item == label).Index))]).ToJsonString())
            .Metadata("features", new JsonArray([.. card.Features.Select(name => (JsonNode)name)]).ToJsonString())
            .Metadata("window_rows", card.Length.ToString(CultureInfo.InvariantCulture))
            .Metadata("scaling", card.Scaling.PerRecording ? "recording" : "pooled")
            .Metadata("pooled_mean", Numbers(card.Scaling.Mean).ToJsonString())
            .Metadata("pooled_std", Numbers(card.Scaling.Deviation).ToJsonString())
            .Metadata("data", card.Source)
            .Metadata("kymo", SleepModelFile.Metadata(card)["kymo"]);
    }

    static double Compare(SleepModelFile model, string path)
    {
        var (time, columns) = (model.Card.Length > 0 ? model.Card.Length : CheckedEpochs, model.Card.Features.Count);
        var random = new RandomStream(0, "parity");
        var rows = new float[CheckedItems * time * columns];
        for (var i = 0; i < rows.Length; i++) rows[i] = (float)random.Normal();
        using var session = InferenceSession.Load(path);
        using var answer = session.Run(rows, CheckedItems, time, columns);
        var exported = answer.Float32().ToArray();
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        var own = model.Network.Forward(scope.From<float>(rows, CheckedItems, time, columns)).ToArray<float>();
        return own.Zip(exported, (a, b) => (double)Math.Abs(a - b)).Max();
    }
}

using System.Text.Json.Nodes;
using Kymo.Lab.Models;
using Kymo.Lab.Training;
using Kymo.Onnx;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>Writes trained networks of this recipe for other programs.</summary>
public static class UrbanSoundsExport
{
    const int CheckedClips = 4;

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
            return new Export(path, new FileInfo(path).Length, null, "weights as they are");
        }
        var bytes = Graph(model).Save(path);
        try
        {
            return new Export(path, bytes, Compare(model, path));
        }
        catch (OnnxException error) when (error.Message.Contains("libonnxruntime", StringComparison.Ordinal))
        {
            return new Export(path, bytes, null, error.Message);
        }
    }

    // Spectrograms in dB go in, (batch, mel, frame); logits come out. The standardisation is part of the graph.
    static OnnxGraph Graph(UrbanModelFile model)
    {
        var card = model.Card;
        var weights = new NetworkWeights();
        foreach (var (name, tensor) in model.Network.SaveState())
            if (tensor.Type == ElementType.Float32) weights.Add(name, tensor.ToArray<float>(), tensor.Shape);
        var graph = new OnnxGraph("urban-cnn", "Names short sounds from log-mel spectrograms (dB below the clip's maximum).");
        var input = graph.Input("logmel", "batch", card.Model.Bands, UrbanSoundsData.Frames(model.Options));
        var scaled = graph.Normalise(input, card.Standardizer.Mean, card.Standardizer.Deviation, axis: 1);
        graph.Output("logits", ModelGraphs.UrbanCnn(graph, scaled, weights));
        return graph
            .Metadata("recipe", card.Recipe)
            .Metadata("classes", new JsonArray([.. card.Classes.Select(name => (JsonNode)name)]).ToJsonString())
            .Metadata("features", model.Options.ToCanonicalText())
            .Metadata("feature_hash", model.Options.Fingerprint())
            .Metadata("sample_rate", model.Options.SampleRate.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .Metadata("data", card.Data)
            .Metadata("kymo", UrbanModelFile.Metadata(card)["kymo"]);
    }

    static double Compare(UrbanModelFile model, string path)
    {
        var (bands, frames) = (model.Card.Model.Bands, UrbanSoundsData.Frames(model.Options));
        var random = new RandomStream(0, "parity");
        var clips = new float[CheckedClips * bands * frames];
        for (var i = 0; i < clips.Length; i++) clips[i] = (float)random.Uniform(-80, 0);
        using var session = InferenceSession.Load(path);
        using var answer = session.Run(clips, CheckedClips, bands, frames);
        var exported = answer.Float32().ToArray();
        var length = bands * frames;
        for (var i = 0; i < CheckedClips; i++) model.Card.Standardizer.Apply(clips.AsSpan(i * length, length));
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        var own = model.Network.Forward(scope.From<float>(clips, CheckedClips, bands, frames)).ToArray<float>();
        return own.Zip(exported, (a, b) => (double)Math.Abs(a - b)).Max();
    }
}

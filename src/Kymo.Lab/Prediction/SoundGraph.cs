using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Data;
using Kymo.Lab.Training;
using Kymo.Onnx;
using Kymo.Torch;
using LogMelOptions = Kymo.Signals.Features.LogMelOptions;

namespace Kymo.Lab.Prediction;

/// <summary>
/// What exports of sound networks have in common: spectrograms in dB go in, (batch, mel, frame); logits come out; the standardisation is a part
/// of the graph, and the metadata say how the spectrograms are made.
/// </summary>
public static class SoundGraph
{
    const int CheckedClips = 4;

    /// <summary>A graph of a network, with its metadata.</summary>
    /// <param name="graph">The empty graph.</param>
    /// <param name="features">The spectrogram settings.</param>
    /// <param name="standardizer">What the network's input was standardised by.</param>
    /// <param name="network">Standardised spectrograms (batch, mel, frame) to logits.</param>
    /// <param name="recipe">Recipe, class names, data and card, as <see cref="ExportedNetwork"/> reads them.</param>
    public static OnnxGraph Of(
        OnnxGraph graph, LogMelOptions features, Standardizer standardizer, Func<OnnxValue, OnnxValue> network,
        (string Name, IReadOnlyList<string> Classes, string Data, string Card) recipe)
    {
        var input = graph.Input("logmel", "batch", features.NMels, LogMelFeatures.Frames(features));
        graph.Output("logits", network(graph.Normalise(input, standardizer.Mean, standardizer.Deviation, axis: 1)));
        return graph
            .Metadata("recipe", recipe.Name)
            .Metadata("classes", new JsonArray([.. recipe.Classes.Select(name => (JsonNode)name)]).ToJsonString())
            .Metadata("features", features.ToCanonicalText())
            .Metadata("feature_hash", features.Fingerprint())
            .Metadata("sample_rate", features.SampleRate.ToString(CultureInfo.InvariantCulture))
            .Metadata("data", recipe.Data)
            .Metadata("kymo", recipe.Card);
    }

    /// <summary>The largest difference between a network and its export on random spectrograms.</summary>
    /// <param name="path">The export.</param>
    /// <param name="features">The spectrogram settings.</param>
    /// <param name="standardizer">What the network's input is standardised by.</param>
    /// <param name="network">The network, in evaluation mode.</param>
    /// <exception cref="OnnxException">ONNX Runtime is not there, or failed.</exception>
    public static double Difference(string path, LogMelOptions features, Standardizer standardizer, Module network)
    {
        var (bands, frames) = (features.NMels, LogMelFeatures.Frames(features));
        var random = new RandomStream(0, "parity");
        var clips = new float[CheckedClips * bands * frames];
        for (var i = 0; i < clips.Length; i++) clips[i] = (float)random.Uniform(-80, 0);
        // The last one ends in silence, as padded clips do.
        for (var band = 1; band <= bands; band++) clips.AsSpan(clips.Length - (bands - band) * frames - frames / 2, frames / 2).Fill(-80);
        using var session = InferenceSession.Load(path);
        using var answer = session.Run(clips, CheckedClips, bands, frames);
        var exported = answer.Float32().ToArray();
        for (var i = 0; i < CheckedClips; i++) standardizer.Apply(clips.AsSpan(i * bands * frames, bands * frames));
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        var own = network.Forward(scope.From<float>(clips, CheckedClips, bands, frames)).ToArray<float>();
        return own.Zip(exported, (a, b) => (double)Math.Abs(a - b)).Max();
    }
}

using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Kymo.Lab.Models;
using Kymo.Lab.Training;
using Kymo.Onnx;
using Kymo.Torch;

namespace Kymo.Lab.Tests.Models;

/// <summary>Every architecture of the registry as an ONNX graph: the same answers as the network's, and sound to the onnx package.</summary>
public sealed class ModelGraphTests
{
    public static TheoryData<string, string> Architectures
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var model in ModelRegistry.Models) data.Add(model.Name, "");
            data.Add("event-cnn", "width=8 attention=true");
            data.Add("event-cnn", "attention=true att_mode=ca");
            data.Add("event-cnn", "attention=true att_mode=sa cbam_sa_kernel=3");
            data.Add("event-cnn", "pooling=sounding");
            data.Add("event-cnn", "width=8 attention=true pooling=sounding");
            data.Add("event-crnn", "pooling=sounding");
            data.Add("emotion-recognizer", "frames=5");
            data.Add("music-sequence", "bidirectional=true pooled=true");
            data.Add("sleep-lstm", "layers=2 bidirectional=true conv_stride=2");
            data.Add("sleep-night", "conv_layers=2 cell=lstm layers=2");
            data.Add("har-mlp", "hidden=[20,30]");
            data.Add("har-feature-discriminator", "hidden_units=[16,8] normalize_features=false");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Graph_answers_as_the_network_does(string name, string typed)
    {
        var (graph, network, _) = Build(name, typed);
        using (network)
        {
            var model = graph.ToModel();
            Assert.Empty(OnnxChecker.Check(model));
            using var session = Session(model);
            // Two batch sizes and two lengths: what is dynamic is not fixed by accident.
            foreach (var (batch, open) in new[] { (3, 50), (1, 37) })
            {
                var (values, shape) = Numbers(model, batch, open);
                using var answer = session.Run(values, shape);
                AssertSame(Forward(network, values, shape), answer.Float32());
            }
        }
    }

    [Fact]
    public void Onnxruntime_node_answers_as_every_network_does()
    {
        using var folder = new TempFolder();
        var cases = new JsonArray();
        var expected = new Dictionary<string, float[]>();
        foreach (var row in Architectures)
        {
            var (graph, network, name) = Build(row.Data.Item1, row.Data.Item2);
            using (network)
            {
                graph.Save(folder[name + ".onnx"]);
                foreach (var (batch, open) in new[] { (3, 50), (1, 37) })
                {
                    var (values, shape) = Numbers(graph.ToModel(), batch, open);
                    var (input, output) = ($"{name}-{batch}.in", $"{name}-{batch}.out");
                    File.WriteAllBytes(folder[input], MemoryMarshal.AsBytes<float>(values).ToArray());
                    cases.Add(new JsonObject { ["file"] = name + ".onnx", ["input"] = input, ["shape"] = new JsonArray([.. shape.Select(size => (JsonNode)size)]), ["output"] = output });
                    expected[output] = Forward(network, values, shape);
                }
            }
        }
        File.WriteAllText(folder["cases.json"], cases.ToJsonString());
        Assert.StartsWith($"{cases.Count} runs", Oracle.AskNode("onnx_node.js", "native/onnxruntime/node_modules/onnxruntime-node", folder.Path), StringComparison.Ordinal);
        foreach (var (output, own) in expected) AssertSame(own, MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(folder[output])));
    }

    [Fact]
    public void Onnx_package_finds_every_graph_sound()
    {
        using var folder = new TempFolder();
        foreach (var row in Architectures)
        {
            var (graph, network, name) = Build(row.Data.Item1, row.Data.Item2);
            using (network) graph.Save(folder[name + ".onnx"]);
        }
        Oracle.Ask("onnx_check.py", ["onnx"], folder.Path);
    }

    // Standard normal numbers; the batch and open sizes as asked.
    static (float[] Values, long[] Shape) Numbers(OnnxModel model, int batch, int open)
    {
        var shape = model.Graph.Inputs[0].Shape!.Select((size, axis) => size.Size ?? (axis == 0 ? batch : open)).ToArray();
        var random = new RandomStream(batch, "parity");
        var values = new float[shape.Aggregate((a, b) => a * b)];
        for (var i = 0; i < values.Length; i++) values[i] = (float)random.Normal();
        return (values, shape);
    }

    static float[] Forward(Module network, float[] values, long[] shape)
    {
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        return network.Forward(scope.From<float>(values, shape)).ToArray<float>();
    }

    static void AssertSame(float[] own, ReadOnlySpan<float> exported)
    {
        Assert.Equal(own.Length, exported.Length);
        for (var i = 0; i < own.Length; i++) Assert.Equal(own[i], exported[i], 1e-4f);
    }

    static (OnnxGraph Graph, Module Network, string Name) Build(string name, string typed)
    {
        var entry = ModelRegistry.Find(name);
        var settings = typed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        var network = entry.Create(settings, 1);
        network.Eval();
        var weights = new NetworkWeights();
        foreach (var (key, tensor) in network.SaveState())
            if (tensor.Type == ElementType.Float32) weights.Add(key, tensor.ToArray<float>(), tensor.Shape);
        return (entry.Graph(settings, weights), network, $"{name}-{typed.GetHashCode(StringComparison.Ordinal):x}");
    }

    static InferenceSession Session(OnnxModel model)
    {
        try
        {
            return InferenceSession.Load(model, new SessionOptions { Threads = 1 });
        }
        catch (OnnxException error) when (error.Message.Contains("libonnxruntime", StringComparison.Ordinal))
        {
            Assert.Skip(error.Message);
            throw;
        }
    }
}

using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.Music;

/// <summary>
/// The JSON that the C++ library RTNeural loads at run time: dense layers with weights (in, out), LSTM layers with kernel, recurrent
/// kernel and one summed bias in the gate order i, f, c, o. An LSTM keeps its state there: the host calls reset() before each pass.
/// </summary>
static class RtNeural
{
    /// <summary>Writes a network.</summary>
    /// <exception cref="ConfigException">A network with a GRU over both directions or steps, which RTNeural's format does not hold.</exception>
    public static void Write(string path, MusicCard card, Module network)
    {
        var state = network.SaveState();
        var layers = Layers(card, network, state);
        var root = new JsonObject
        {
            ["in_shape"] = new JsonArray(null, null, card.InputSize),
            ["layers"] = new JsonArray([.. layers]),
            ["metadata"] = new JsonObject
            {
                ["model_name"] = card.Model,
                ["framework"] = "Kymo",
                ["export_version"] = "3.0",
                ["parameter_count"] = network.ParameterCount,
                ["memory_bytes"] = 4 * network.ParameterCount,
                ["input_size"] = card.InputSize,
                ["output_size"] = card.Outputs.Count,
                ["feature_version"] = card.FeatureVersion,
                ["stateful"] = state.ContainsKey("lstm.weight_ih_l0"),
                ["recipe"] = card.Recipe,
                ["data_source"] = card.DataSource,
                ["dataset"] = card.Dataset,
                ["licence"] = card.Licence,
                ["non_commercial"] = card.IsNonCommercial,
            },
        };
        AtomicFile.Write(path, root.ToJsonString() + "\n");
    }

    static IEnumerable<JsonNode> Layers(MusicCard card, Module network, OrderedDictionary<string, StoredTensor> state)
    {
        JsonNode Layer(string name, string activation) => Dense(state, name, activation, name == "fc1" ? card : null);
        return network switch
        {
            EmotionRecognizer when card.Steps == 0 => [Layer("fc1", "tanh"), Layer("fc2", "tanh"), Lstm(state), Layer("fc3", "tanh")],
            MelodyTransformer => [Layer("fc1", "relu"), Lstm(state), Layer("fc2", "relu"), Layer("fc3", "sigmoid")],
            HarmonyPredictor => [Layer("fc1", "tanh"), Layer("fc2", "tanh"), Layer("fc3", "softmax")],
            DynamicsEngine => [Layer("fc1", "relu"), Layer("fc2", "relu"), Layer("fc3", "sigmoid")],
            GroovePredictor => [Layer("fc1", "tanh"), Layer("fc2", "tanh"), Layer("fc3", "tanh")],
            MusicMlp => [Layer("fc1", "relu"), Layer("fc2", "")],
            _ => throw new ConfigException($"{card.Model} over {card.Steps} steps is not written for RTNeural; type --format onnx, or train with model=original"),
        };
    }

    // Where inputs are scaled, the first layer takes the scaling in.
    static JsonObject Dense(OrderedDictionary<string, StoredTensor> state, string name, string activation, MusicCard? scaled)
    {
        var (weight, bias) = (state[name + ".weight"].ToArray<float>(), state[name + ".bias"].ToArray<float>());
        var (outputs, inputs) = (bias.Length, weight.Length / bias.Length);
        if (scaled is { Mean: { } mean, Deviation: { } deviation })
            for (var o = 0; o < outputs; o++)
                for (var i = 0; i < inputs; i++)
                {
                    weight[(o * inputs) + i] /= deviation[i];
                    bias[o] -= weight[(o * inputs) + i] * mean[i];
                }
        return new JsonObject
        {
            ["type"] = "dense",
            ["activation"] = activation,
            ["shape"] = new JsonArray(null, null, outputs),
            ["weights"] = new JsonArray(Transposed(weight, outputs, inputs), Row(bias)),
        };
    }

    static JsonObject Lstm(OrderedDictionary<string, StoredTensor> state)
    {
        var (first, second) = (state["lstm.bias_ih_l0"].ToArray<float>(), state["lstm.bias_hh_l0"].ToArray<float>());
        var hidden = first.Length / 4;
        var (input, recurrent) = (state["lstm.weight_ih_l0"].ToArray<float>(), state["lstm.weight_hh_l0"].ToArray<float>());
        return new JsonObject
        {
            ["type"] = "lstm",
            ["activation"] = "",
            ["shape"] = new JsonArray(null, null, hidden),
            ["weights"] = new JsonArray(
                Transposed(input, 4 * hidden, input.Length / (4 * hidden)), Transposed(recurrent, 4 * hidden, hidden), Row([.. first.Zip(second, (a, b) => a + b)])),
        };
    }

    static JsonArray Transposed(float[] matrix, int rows, int columns) =>
        new([.. Enumerable.Range(0, columns).Select(column => (JsonNode)Row([.. Enumerable.Range(0, rows).Select(row => matrix[(row * columns) + column])]))]);

    static JsonArray Row(float[] values) => new([.. values.Select(value => (JsonNode)value)]);
}

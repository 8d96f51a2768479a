using System.Text.Json;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data.Music;
using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Signals;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.Music;

/// <summary>
/// The original's JSON of a network (<c>compat.export=original</c>): dense weights (out, in), LSTM weights by gate i, f, g, o with both biases. Each
/// layer says its own activation, which the original guessed. RTNeural cannot load it; Kymo reads it back.
/// </summary>
static class OriginalJson
{
    /// <summary>Writes one of the original's five nets.</summary>
    /// <exception cref="ConfigException">Another network, or scaled inputs, which the format does not hold.</exception>
    public static void Write(string path, MusicCard card, Module network)
    {
        if (card.Mean is not null) throw new ConfigException("compat.export=original: the format has no place for scaled inputs; train with features.norm=fixed");
        var state = network.SaveState();
        var layers = Plan(card, network).Select(layer => layer.Name == "lstm" ? Lstm(state) : Dense(state, layer.Name, layer.Activation));
        AtomicFile.Write(path, new JsonObject
        {
            ["layers"] = new JsonArray([.. layers.Select(layer => (JsonNode)layer)]),
            ["metadata"] = new JsonObject
            {
                ["model_name"] = card.Model,
                ["framework"] = "Kymo",
                ["export_version"] = "2.0",
                ["parameter_count"] = network.ParameterCount,
                ["input_size"] = card.InputSize,
                ["output_size"] = card.Outputs.Count,
                ["dataset"] = card.Dataset,
                ["licence"] = card.Licence,
                ["non_commercial"] = card.IsNonCommercial,
            },
        }.ToJsonString() + "\n");
    }

    /// <summary>Reads such a file into a network of the same kind.</summary>
    /// <exception cref="DataException">Not such a file, or one of another network.</exception>
    public static void Read(string path, MusicCard card, Module network)
    {
        using var document = JsonFile.Open(path);
        var state = new OrderedDictionary<string, StoredTensor>();
        try
        {
            foreach (var (layer, (name, _)) in document.RootElement.GetProperty("layers").EnumerateArray().Zip(Plan(card, network)))
            {
                if (name == "lstm")
                {
                    foreach (var part in new[] { "weight_ih", "weight_hh", "bias_ih", "bias_hh" })
                        Put(state, $"lstm.{part}_l0", layer.GetProperty(part.Replace("weight", "weights", StringComparison.Ordinal)), flatGates: true);
                    continue;
                }
                Put(state, name + ".weight", layer.GetProperty("weights"), flatGates: false);
                Put(state, name + ".bias", layer.GetProperty("bias"), flatGates: false);
            }
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new DataException(path, "is no network in the original's JSON: " + error.Message, error);
        }
        network.LoadState(state, path);
    }

    /// <summary>The largest difference between a network's answers and those of the network read back.</summary>
    public static double Difference(string path, MusicCard card, Module network)
    {
        using var random = new RandomGenerator(0);
        using var other = MusicNetworks.New(card.Model, card.Settings, random, random);
        Read(path, card, other);
        other.Eval();
        var input = MusicExport.Probe(card.InputSize);
        return MusicExport.Own(card, network, input, 1).Zip(MusicExport.Own(card, other, input, 1), (a, b) => (double)Math.Abs(a - b)).Max();
    }

    static (string Name, string Activation)[] Plan(MusicCard card, Module network) => network switch
    {
        EmotionRecognizer when card.Steps == 0 => [("fc1", "tanh"), ("fc2", "tanh"), ("lstm", ""), ("fc3", "tanh")],
        MelodyTransformer => [("fc1", "relu"), ("lstm", ""), ("fc2", "relu"), ("fc3", "sigmoid")],
        HarmonyPredictor => [("fc1", "tanh"), ("fc2", "tanh"), ("fc3", "softmax")],
        DynamicsEngine => [("fc1", "relu"), ("fc2", "relu"), ("fc3", "sigmoid")],
        GroovePredictor => [("fc1", "tanh"), ("fc2", "tanh"), ("fc3", "tanh")],
        _ => throw new ConfigException($"compat.export=original holds the original's five nets; {card.Model} is none of them: train with model=original"),
    };

    static JsonObject Dense(OrderedDictionary<string, StoredTensor> state, string name, string activation)
    {
        var (weight, bias) = (state[name + ".weight"], state[name + ".bias"]);
        return new JsonObject
        {
            ["type"] = "dense",
            ["in_size"] = weight.Shape[1],
            ["out_size"] = weight.Shape[0],
            ["activation"] = activation,
            ["weights"] = Rows(weight.ToArray<float>(), (int)weight.Shape[1]),
            ["bias"] = Row(bias.ToArray<float>()),
        };
    }

    static JsonObject Lstm(OrderedDictionary<string, StoredTensor> state)
    {
        JsonArray Gates(string part)
        {
            var tensor = state[$"lstm.{part}_l0"];
            var values = tensor.ToArray<float>();
            return new JsonArray([.. values.Chunk(values.Length / 4).Select(gate => (JsonNode)(tensor.Shape.Length == 1 ? Row(gate) : Rows(gate, (int)tensor.Shape[1])))]);
        }
        var input = state["lstm.weight_ih_l0"];
        return new JsonObject
        {
            ["type"] = "lstm",
            ["in_size"] = input.Shape[1],
            ["out_size"] = input.Shape[0] / 4,
            ["gates"] = "i,f,g,o",
            ["weights_ih"] = Gates("weight_ih"),
            ["weights_hh"] = Gates("weight_hh"),
            ["bias_ih"] = Gates("bias_ih"),
            ["bias_hh"] = Gates("bias_hh"),
        };
    }

    // Gates stand one below the other in PyTorch's tensors.
    static void Put(OrderedDictionary<string, StoredTensor> state, string name, JsonElement value, bool flatGates)
    {
        var shape = new List<long>();
        for (var at = value; at.ValueKind == JsonValueKind.Array; at = at[0]) shape.Add(at.GetArrayLength());
        if (flatGates) shape = [shape[0] * shape[1], .. shape.Skip(2)];
        var numbers = new List<float>();
        Collect(value, numbers);
        state[name] = StoredTensor.Of<float>([.. numbers], [.. shape]);
    }

    static void Collect(JsonElement value, List<float> numbers)
    {
        if (value.ValueKind != JsonValueKind.Array) numbers.Add(value.GetSingle());
        else
            foreach (var item in value.EnumerateArray()) Collect(item, numbers);
    }

    static JsonArray Rows(float[] matrix, int columns) => new([.. matrix.Chunk(columns).Select(row => (JsonNode)Row(row))]);

    static JsonArray Row(float[] values) => new([.. values.Select(value => (JsonNode)value)]);
}

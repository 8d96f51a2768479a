using System.Text.Json.Nodes;
using Kymo.Lab.Models;
using Kymo.Torch.Checkpoints;

namespace Kymo.App.Tests.Web;

/// <summary>The six files that the original's service reads, with weights of one seed.</summary>
static class OriginalModels
{
    public static readonly string[] Networks = ["LSTM", "GRU", "RNN", "Transformer"];

    /// <summary>Writes them.</summary>
    /// <param name="folder">The folder to make.</param>
    /// <param name="rem">Whether every network says REM whatever it reads.</param>
    /// <param name="magnitude">Whether the networks read a sixth feature.</param>
    /// <param name="seed">Seeds the weights.</param>
    public static string Write(string folder, bool rem = false, bool magnitude = false, long seed = 1)
    {
        Directory.CreateDirectory(folder);
        var columns = magnitude ? 6 : 5;
        foreach (var network in Networks)
        {
            var settings = new Dictionary<string, string> { ["input_dim"] = columns.ToString(System.Globalization.CultureInfo.InvariantCulture) };
            using var module = ModelRegistry.Find("sleep-" + network.ToLowerInvariant()).Create(settings, seed);
            var state = module.SaveState();
            if (rem) state["fc.bias"] = StoredTensor.Of<float>([0, 0, 0, 0, 50], 5);
            TorchFile.WriteStateDict(Path.Combine(folder, network + "_best_model.pt"), [.. state.Select(entry => (entry.Key, entry.Value))]);
        }
        File.WriteAllText(Path.Combine(folder, "hparams.json"), new JsonObject
        {
            ["dataset_dir"] = "data",
            ["negative_times"] = false,
            ["data_alignment"] = 1,
            ["motion_magnitude"] = magnitude,
            ["window_size"] = 30,
            ["stride"] = 15,
            ["hidden_dim"] = 64,
        }.ToJsonString());
        double[] mean = magnitude ? [60, 0, 0, -1, 2, 1] : [60, 0, 0, -1, 2];
        double[] deviation = magnitude ? [10, 0.5, 0.5, 0.5, 5, 0.5] : [10, 0.5, 0.5, 0.5, 5];
        File.WriteAllText(Path.Combine(folder, "scaler.json"), new JsonObject
        {
            ["mode"] = "pooled",
            ["pooled"] = new JsonObject { ["mean"] = Numbers(mean), ["std"] = Numbers(deviation), ["n"] = 100 },
        }.ToJsonString());
        return folder;
    }

    /// <summary>A request of so many rows.</summary>
    public static JsonObject Request(string network = "LSTM", int rows = 30)
    {
        JsonArray Wave(double level, double size) => new([.. Enumerable.Range(0, rows).Select(i => (JsonNode)(level + (size * Math.Sin(i * 0.7))))]);
        return new JsonObject
        {
            ["model_type"] = network,
            ["heart_rate"] = Wave(62, 4),
            ["motion_x"] = Wave(0.1, 0.2),
            ["motion_y"] = Wave(-0.2, 0.1),
            ["motion_z"] = Wave(-0.9, 0.05),
            ["steps"] = Wave(0, 0),
        };
    }

    static JsonArray Numbers(double[] values) => new([.. values.Select(value => (JsonNode)value)]);
}

using System.Text.Json;
using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Prediction;
using Kymo.Onnx;
using Kymo.Signals;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>
/// The folder that the original's service reads (<c>inference/production_models</c>): <c>hparams.json</c>, the scaler and four
/// <c>*_best_model.pt</c>. Each becomes a graph; nothing in the files is run.
/// </summary>
public static class SleepOriginalFolder
{
    const int DefaultWindow = 30, DefaultHidden = 64;

    static readonly string[] s_networks = ["LSTM", "GRU", "RNN", "Transformer"];

    /// <summary>The networks whose files are there.</summary>
    public static IReadOnlyList<string> Networks(string folder) => [.. s_networks.Where(network => File.Exists(FileOf(folder, network)))];

    /// <summary>Opens one network.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="network">LSTM, GRU, RNN or Transformer.</param>
    /// <param name="threads">Threads of one computation.</param>
    /// <exception cref="DataException">A file is missing, or says what no run writes.</exception>
    /// <exception cref="CheckpointException">Damaged weights.</exception>
    public static ExportedNetwork Open(string folder, string network, int threads = 1)
    {
        var card = Card(folder, network);
        var graph = SleepExport.Graph(card, WeightsFile.Read(FileOf(folder, network)).Select(entry => KeyValuePair.Create(entry.Name, entry.Tensor)));
        return ExportedNetwork.Open(OnnxModelFile.ToBytes(graph.ToModel()), FileOf(folder, network), threads);
    }

    static string FileOf(string folder, string network) => Path.Combine(folder, network + "_best_model.pt");

    static SleepModelCard Card(string folder, string network)
    {
        using var settings = Read(Path.Combine(folder, "hparams.json"));
        int Whole(string key, int otherwise) => settings.RootElement.TryGetProperty(key, out var value) && value.TryGetInt32(out var number) ? number : otherwise;
        bool IsOn(string key) => settings.RootElement.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.True;
        IReadOnlyList<string> Names(string key, IReadOnlyList<string> otherwise) => settings.RootElement.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.GetString() ?? "")] : otherwise;
        var isOriginal = !settings.RootElement.TryGetProperty("compat", out var compat) || compat.GetString() == "original";
        var magnitude = IsOn("motion_magnitude");
        IReadOnlyList<string> usual = ["heart_rate", "motion_x", "motion_y", "motion_z", "steps"];
        var features = Names("feature_names", magnitude ? [.. usual, "motion_magnitude"] : usual);
        var (window, alignment) = (Whole("window_size", DefaultWindow), Math.Max(1, Whole("data_alignment", 1)));
        if (window is < 1 or > 36_000) throw new DataException(Path.Combine(folder, "hparams.json"), $"window_size is {window}; expected 1 to 36000");
        var (mean, deviation, perRecording) = Scaler(folder, features.Count);
        return new SleepModelCard(
            SleepStagesRecipe.Name, network, new SleepModelOptions(HiddenDim: Whole("hidden_dim", DefaultHidden)), Names("class_names", SleepStage.Five), features,
            // The original counts rows, Kymo seconds.
            isOriginal ? window : window / alignment,
            new SleepDataOptions("sleep_accel", "", [], DataAlignment: alignment, MotionMagnitude: magnitude, WindowSize: window, Motion: MotionColumns.Mean),
            new SleepScaling(mean, deviation, 0, perRecording), 0, [], "Sleep-Accel (ODC-By 1.0), " + Path.GetFileName(Path.GetFullPath(folder)), isOriginal ? "original" : "none");
    }

    static (float[] Mean, float[] Deviation, bool PerRecording) Scaler(string folder, int columns)
    {
        var path = Path.Combine(folder, "scaler.json");
        if (!File.Exists(path))
        {
            path = Path.Combine(folder, "scaler.pkl");
            if (!File.Exists(path)) throw new DataException(folder, "has neither scaler.json nor scaler.pkl; copy the run's scaler beside hparams.json");
            var (mean, scale) = StandardScalerFile.Read(path);
            return Checked(path, [.. mean.Select(value => (float)value)], [.. scale.Select(value => (float)value)], false, columns);
        }
        using var scaler = Read(path);
        try
        {
            var pooled = scaler.RootElement.GetProperty("pooled");
            float[] Numbers(string key) => [.. pooled.GetProperty(key).EnumerateArray().Select(item => item.GetSingle())];
            return Checked(path, Numbers("mean"), Numbers("std"), scaler.RootElement.GetProperty("mode").GetString() == "recording", columns);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new DataException(path, "expected mode and pooled {mean, std}: " + error.Message, error);
        }
    }

    static (float[], float[], bool) Checked(string path, float[] mean, float[] deviation, bool perRecording, int columns) =>
        mean.Length == columns && deviation.Length == columns && mean.All(float.IsFinite) && deviation.All(value => value > 0 && float.IsFinite(value))
            ? (mean, deviation, perRecording)
            : throw new DataException(path, $"scales {mean.Length} columns, the networks read {columns}; expected finite means and positive deviations");

    static JsonDocument Read(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException error)
        {
            throw new DataException(path, "is no JSON: " + error.Message, error);
        }
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Signals;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.App.Bench;

/// <summary>A network and a seeded input, float32, batch first.</summary>
sealed class BenchSubject : IDisposable
{
    const int Frames = 173;  // 4 s at 22,050 Hz and a hop of 512

    BenchSubject(string model, Module network, IReadOnlyDictionary<string, string> settings, long[] shape)
    {
        (Model, Network, Settings, Shape) = (model, network, settings, shape);
        Input = new float[shape.Aggregate(1L, (count, size) => count * size)];
        var random = new Random(0);
        for (var i = 0; i < Input.Length; i++) Input[i] = (float)(random.NextDouble() * 2) - 1;
    }

    /// <summary>The architecture's name.</summary>
    public string Model { get; }

    /// <summary>The network.</summary>
    public Module Network { get; }

    /// <summary>Its settings.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>The input's shape.</summary>
    public long[] Shape { get; }

    /// <summary>The input.</summary>
    public float[] Input { get; }

    /// <summary>Items in a batch.</summary>
    public int Batch => (int)Shape[0];

    /// <summary>Length of the logits.</summary>
    public int Classes
    {
        get
        {
            using var noGrad = Autograd.NoGrad();
            using var scope = new TensorScope();
            return (int)Network.Forward(scope.From<float>(Input, Shape)).Shape[^1];
        }
    }

    /// <summary>Bytes of all weights and statistics as they are stored.</summary>
    public long SizeBytes => Network.SaveState().Values.Sum(tensor => (long)tensor.Data.Length);

    /// <summary>Multiplications of one item's forward pass; null where the architecture does not count them.</summary>
    public long? Macs => Model == "urban-cnn"
        ? UrbanCnn.Macs(Lab.Models.Settings.Bind<UrbanCnnConfig>(Settings), (int)Shape[^1])
        : null;

    /// <summary>An architecture with seeded weights, or a run's best weights.</summary>
    /// <param name="target">A model's name, or a run's folder or name.</param>
    /// <param name="settings">The architecture's settings; a run has its own.</param>
    /// <param name="batch">Items in a batch.</param>
    /// <param name="item">Shape of one item; null: the architecture's own.</param>
    public static BenchSubject Create(string target, IReadOnlyDictionary<string, string> settings, int batch, long[]? item)
    {
        if (ModelRegistry.Models.FirstOrDefault(model => model.Name == target) is { } entry) return Create(entry, settings, batch, item);
        var isRun = Directory.Exists(target) || Directory.Exists(Path.Combine("results", "runs", target));
        if (!isRun)
            throw new ConfigException($"'{target}' is neither a model ({string.Join(", ", ModelRegistry.Models.Select(model => model.Name))}) "
                + "nor a run; see: kymo models, kymo runs list");
        if (settings.Count > 0) throw new ConfigException($"a run has its settings already; leave out {string.Join(' ', settings.Keys)}");
        return OfRun(RunPaths.Find(target), batch, item);
    }

    /// <summary>The same network with another batch; it belongs to this subject.</summary>
    public BenchSubject WithBatch(int batch) => new(Model, Network, Settings, [batch, .. Shape[1..]]);

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();

    static BenchSubject Create(ModelEntry entry, IReadOnlyDictionary<string, string> settings, int batch, long[]? item)
    {
        var network = entry.Create(settings, 0);
        network.Eval();
        return new BenchSubject(entry.Name, network, settings, [batch, .. item ?? Item(entry, settings)]);
    }

    static BenchSubject OfRun(string folder, int batch, long[]? item)
    {
        var metrics = CanonicalJson.ReadObject(Path.Combine(folder, RunFiles.Metrics));
        var path = Path.Combine(folder, RunFiles.BestModelSafetensors);
        var file = SafetensorsFile.Read(path);
        var model = metrics["model"]?.GetValue<string>() ?? throw new DataException(folder, "metrics.json names no model");
        var settings = new Dictionary<string, string>();
        if (file.Metadata.TryGetValue("kymo", out var card) && JsonNode.Parse(card)?["model"] is JsonObject own)
            foreach (var (key, value) in own) settings[key] = value?.ToString() ?? "";
        var subject = Create(ModelRegistry.Find(model), settings, batch, item);
        subject.Network.LoadState(file.Tensors.ToDictionary(entry => entry.Name, entry => entry.Tensor), path);
        return subject;
    }

    // `(batch, 128, frames)` with the words replaced by sizes; the bands of a setting come first.
    static long[] Item(ModelEntry entry, IReadOnlyDictionary<string, string> settings)
    {
        var words = entry.Input.Trim('(', ')').Split(',', StringSplitOptions.TrimEntries)[1..];
        return [.. words.Select((word, i) => (word, i) switch
        {
            (_, 0) when settings.TryGetValue("bands", out var bands) => long.Parse(bands, CultureInfo.InvariantCulture),
            ("frames", _) => Frames,
            ("time", _) => 100,
            ("feature", _) when settings.TryGetValue("input_dim", out var size) => long.Parse(size, CultureInfo.InvariantCulture),
            _ when long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var size) => size,
            _ => throw new ConfigException($"{entry.Name} takes {entry.Input}: give the shape of one item, --shape 128,173"),
        })];
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;
using Kymo.Signals;
using Kymo.Signals.Audio;
using Kymo.Signals.Features;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>One window of a recording.</summary>
/// <param name="Start">Seconds from the beginning.</param>
/// <param name="End">Seconds from the beginning.</param>
/// <param name="Probabilities">One for each class.</param>
public sealed record WindowPrediction(double Start, double End, float[] Probabilities);

/// <summary>What a network hears in a recording.</summary>
/// <param name="Path">The recording.</param>
/// <param name="Classes">Class names.</param>
/// <param name="Probabilities">Mean over the windows and the networks, one for each class.</param>
/// <param name="Windows">The windows; one for a recording no longer than the network's input.</param>
public sealed record Prediction(string Path, IReadOnlyList<string> Classes, float[] Probabilities, IReadOnlyList<WindowPrediction> Windows)
{
    /// <summary>The most probable class.</summary>
    public string Class => Classes[Largest.IndexOf(Probabilities)];

    /// <summary>Its probability.</summary>
    public float Confidence => Probabilities.Max();
}

/// <summary>The networks of a run as one: the mean of their probabilities; long recordings in overlapping windows.</summary>
public sealed class UrbanSoundsPredictor : IDisposable
{
    const int WindowsAtOnce = 32;

    readonly UrbanModelFile[] _models;

    UrbanSoundsPredictor(UrbanModelFile[] models) => _models = models;

    /// <summary>Class names.</summary>
    public IReadOnlyList<string> Classes => _models[0].Card.Classes;

    /// <summary>How many networks answer together.</summary>
    public int Networks => _models.Length;

    /// <summary>Opens the networks of a run, or one network.</summary>
    /// <param name="run">A run folder, or a <c>.safetensors</c> file that this recipe wrote.</param>
    /// <param name="fold">Only the network that held out this fold; 0 for all.</param>
    /// <exception cref="DataException">No networks there, or networks that do not fit together.</exception>
    public static UrbanSoundsPredictor Open(string run, int fold = 0)
    {
        var files = File.Exists(run) ? [run] : ModelFiles(run, fold);
        var models = new List<UrbanModelFile>();
        try
        {
            foreach (var file in files) models.Add(UrbanModelFile.Read(file));
            if (models.Any(model => model.Options != models[0].Options || !model.Card.Classes.SequenceEqual(models[0].Card.Classes)))
                throw new DataException(run, "its networks differ in classes or features and cannot answer together; choose one with --fold");
            return new UrbanSoundsPredictor([.. models]);
        }
        catch
        {
            foreach (var model in models) model.Dispose();
            throw;
        }
    }

    /// <summary>Opens the networks for the program's <c>predict</c>.</summary>
    public static Recipes.Predictor OpenAny(string run, int fold)
    {
        var predictor = Open(run, fold);
        return new Recipes.Predictor(predictor.Networks, (path, options) => Answer(predictor.Predict(path, options.Hop), options.Top), predictor.Dispose);
    }

    /// <summary>Listens to one recording.</summary>
    /// <param name="path">The recording.</param>
    /// <param name="hop">Seconds between windows of a long recording; half a window by default.</param>
    public Prediction Predict(string path, double? hop = null)
    {
        var options = _models[0].Options;
        var samples = AudioFile.ReadMono(path, options.SampleRate);
        var window = options.ClipSamples!.Value;
        var step = Math.Max(1, (int)Math.Round((hop ?? (options.Duration!.Value / 2)) * options.SampleRate));
        var starts = new List<int> { 0 };
        while (starts[^1] + window < samples.Length) starts.Add(Math.Min(starts[^1] + step, samples.Length - window));

        var extractor = new LogMelExtractor(options);
        var length = extractor.OutputLength(window);
        var clips = new float[Math.Min(WindowsAtOnce, starts.Count) * length];
        var windows = new List<WindowPrediction>(starts.Count);
        foreach (var chunk in starts.Chunk(WindowsAtOnce))
        {
            for (var i = 0; i < chunk.Length; i++)
                extractor.Extract(samples.AsSpan(chunk[i]..Math.Min(chunk[i] + window, samples.Length)), clips.AsSpan(i * length, length));
            var probabilities = Mean(clips, chunk.Length, length);
            windows.AddRange(chunk.Select((start, i) => new WindowPrediction(
                (double)start / options.SampleRate, Math.Min(start + window, samples.Length) / (double)options.SampleRate, probabilities[i])));
        }
        return new Prediction(path, Classes, Mean(windows), windows);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in _models) model.Dispose();
    }

    /// <summary>The network files of a run, by fold.</summary>
    internal static string[] ModelFiles(string run, int fold)
    {
        var folder = Path.Combine(run, "checkpoints");
        var pattern = fold == 0 ? "model_fold_*_best.safetensors" : $"model_fold_{fold}_best.safetensors";
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal).ToArray() : [];
        return files.Length > 0
            ? files
            : throw new DataException(run, $"holds no checkpoints/{pattern}; expected a finished run of kymo train urban-sounds");
    }

    static FilePrediction Answer(Prediction prediction, int top)
    {
        var best = prediction.Probabilities.Select((probability, label) => (Class: prediction.Classes[label], probability)).OrderByDescending(pair => pair.probability).Take(top);
        var lines = new List<string>
        {
            $"{prediction.Path}: " + string.Join(", ", best.Select(pair => $"{pair.Class} {pair.probability.ToString("0.000", CultureInfo.InvariantCulture)}")),
        };
        if (prediction.Windows.Count > 1)
        {
            lines.AddRange(prediction.Windows.Select(window => (window, label: Largest.IndexOf(window.Probabilities))).Select(pair => string.Create(CultureInfo.InvariantCulture,
                $"  {pair.window.Start,8:F2} to {pair.window.End,8:F2} s  {prediction.Classes[pair.label]} {pair.window.Probabilities[pair.label]:F3}")));
        }
        return new FilePrediction(lines, Json(prediction));
    }

    static JsonObject Json(Prediction prediction) => new()
    {
        ["file"] = prediction.Path,
        ["class"] = prediction.Class,
        ["confidence"] = prediction.Confidence,
        ["probabilities"] = Probabilities(prediction.Classes, prediction.Probabilities),
        ["windows"] = new JsonArray([.. prediction.Windows.Select(window => (JsonNode)new JsonObject
        {
            ["start"] = window.Start,
            ["end"] = window.End,
            ["probabilities"] = Probabilities(prediction.Classes, window.Probabilities),
        })]),
    };

    static JsonObject Probabilities(IReadOnlyList<string> classes, float[] probabilities) =>
        new(classes.Select((name, label) => KeyValuePair.Create(name, (JsonNode?)probabilities[label])));

    float[][] Mean(float[] clips, int batch, int length)
    {
        var mean = new float[batch][];
        foreach (var model in _models)
        {
            var scaled = clips.AsSpan(0, batch * length).ToArray();
            var probabilities = model.Predict(scaled, batch);
            for (var i = 0; i < batch; i++)
            {
                mean[i] ??= new float[Classes.Count];
                for (var k = 0; k < Classes.Count; k++) mean[i][k] += probabilities[i][k] / _models.Length;
            }
        }
        return mean;
    }

    float[] Mean(List<WindowPrediction> windows)
    {
        var mean = new float[Classes.Count];
        foreach (var window in windows)
            for (var k = 0; k < mean.Length; k++) mean[k] += window.Probabilities[k] / windows.Count;
        return mean;
    }
}

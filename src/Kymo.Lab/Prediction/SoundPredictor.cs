using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Data;
using Kymo.Lab.Metrics;
using Kymo.Signals;
using Kymo.Signals.Audio;
using Kymo.Signals.Features;

namespace Kymo.Lab.Prediction;

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
public sealed record SoundPrediction(string Path, IReadOnlyList<string> Classes, float[] Probabilities, IReadOnlyList<WindowPrediction> Windows)
{
    /// <summary>The most probable class.</summary>
    public string Class => Classes[Largest.IndexOf(Probabilities)];

    /// <summary>Its probability.</summary>
    public float Confidence => Probabilities.Max();
}

/// <summary>Networks that name sounds as one: the mean of their probabilities; long recordings in overlapping windows.</summary>
public sealed class SoundPredictor : IDisposable
{
    const int WindowsAtOnce = 32;

    readonly IReadOnlyList<SoundNetwork> _models;

    /// <summary>Takes networks of the same classes and features; they are closed with it.</summary>
    /// <param name="source">The run or file, for messages.</param>
    /// <param name="models">The networks.</param>
    /// <exception cref="DataException">They differ in classes or features.</exception>
    public SoundPredictor(string source, IReadOnlyList<SoundNetwork> models)
    {
        _models = models;
        if (!models.Any(model => model.Features != models[0].Features || model.Trim != models[0].Trim || !model.Classes.SequenceEqual(models[0].Classes))) return;
        Dispose();
        throw new DataException(source, "its networks differ in classes or features and cannot answer together; choose one with --fold");
    }

    /// <summary>Class names.</summary>
    public IReadOnlyList<string> Classes => _models[0].Classes;

    /// <summary>The spectrogram settings.</summary>
    public LogMelOptions Features => _models[0].Features;

    /// <summary>How many networks answer together.</summary>
    public int Networks => _models.Count;

    /// <summary>The same for the program's <c>predict</c>.</summary>
    public Predictor AsPredictor() => new(Networks, (path, options) => Answer(Predict(path, options.Hop), options.Top), Dispose);

    /// <summary>Listens to one recording.</summary>
    /// <param name="path">The recording.</param>
    /// <param name="hop">Seconds between windows of a long recording; half a window by default.</param>
    public SoundPrediction Predict(string path, double? hop = null)
    {
        var samples = AudioFile.ReadMono(path, Features.SampleRate);
        return Hear(path, samples, hop);
    }

    /// <summary>Listens to samples.</summary>
    /// <param name="name">The recording's name.</param>
    /// <param name="samples">Mono, at the features' rate.</param>
    /// <param name="hop">Seconds between windows of a long recording; half a window by default.</param>
    public SoundPrediction Hear(string name, ReadOnlySpan<float> samples, double? hop = null)
    {
        if (_models[0].Trim) samples = LogMelFeatures.WithoutSilentEnd(samples);
        var options = Features;
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
                extractor.Extract(samples[chunk[i]..Math.Min(chunk[i] + window, samples.Length)], clips.AsSpan(i * length, length));
            var probabilities = Mean(clips, chunk.Length);
            for (var i = 0; i < chunk.Length; i++)
                windows.Add(new WindowPrediction((double)chunk[i] / options.SampleRate, Math.Min(chunk[i] + window, samples.Length) / (double)options.SampleRate, probabilities[i]));
        }
        return new SoundPrediction(name, Classes, Mean(windows), windows);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in _models) model.Close();
    }

    /// <summary>An answer in words and as JSON.</summary>
    public static FilePrediction Answer(SoundPrediction prediction, int top)
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

    static JsonObject Json(SoundPrediction prediction) => new()
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

    float[][] Mean(float[] clips, int batch)
    {
        var mean = new float[batch][];
        foreach (var model in _models)
        {
            var probabilities = model.Probabilities(clips, batch);
            for (var i = 0; i < batch; i++)
            {
                mean[i] ??= new float[Classes.Count];
                for (var k = 0; k < Classes.Count; k++) mean[i][k] += probabilities[i][k] / _models.Count;
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

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
    // A piece of work, and what a network is given at once: few enough to stay near the processor.
    const int WindowsAtOnce = 32, ClipsAtOnce = 8;

    // Seconds of sound that are held whole.
    const double LongestWhole = 60;

    readonly IReadOnlyList<SoundNetwork> _models;
    readonly Lazy<LogMelExtractor> _extractor;

    /// <summary>Takes networks of the same classes and features; they are closed with it.</summary>
    /// <param name="source">The run or file, for messages.</param>
    /// <param name="models">The networks.</param>
    /// <exception cref="DataException">They differ in classes or features.</exception>
    public SoundPredictor(string source, IReadOnlyList<SoundNetwork> models)
    {
        _models = models;
        _extractor = new(() => new LogMelExtractor(Features));
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
    public Predictor AsPredictor() => new(Networks, (path, options) => Answer(Predict(path, options.Hop, options.Smooth ?? 0), options.Shown), Dispose) { FeatureHash = Features.Fingerprint() };

    /// <summary>Listens to one recording. A long one is never held whole: its windows are answered while it is read, on all cores where the networks allow.</summary>
    /// <param name="path">The recording.</param>
    /// <param name="hop">Seconds between windows of a long recording; half a window by default.</param>
    /// <param name="smooth">Seconds over which the windows' probabilities are averaged.</param>
    public SoundPrediction Predict(string path, double? hop = null, double smooth = 0)
    {
        using var reader = MonoReader.Open(path, Features.SampleRate);
        // What is short, or must be known to its end before it is heard, is read whole.
        var isShort = _models[0].Trim || reader.Info.Seconds is <= LongestWhole;
        return Smoothed(isShort ? Hear(path, AudioFile.ReadMono(path, Features.SampleRate), hop) : Of(path, Long(reader, StepOf(hop))), smooth);
    }

    /// <summary>Listens to samples.</summary>
    /// <param name="name">The recording's name.</param>
    /// <param name="samples">Mono, at the features' rate.</param>
    /// <param name="hop">Seconds between windows of a long recording; half a window by default.</param>
    public SoundPrediction Hear(string name, ReadOnlySpan<float> samples, double? hop = null)
    {
        if (_models[0].Trim) samples = LogMelFeatures.WithoutSilentEnd(samples);
        var (window, step) = (Features.ClipSamples!.Value, StepOf(hop));
        var starts = new List<long> { 0 };
        while (starts[^1] + window < samples.Length) starts.Add(Math.Min(starts[^1] + step, samples.Length - window));
        var windows = new List<WindowPrediction>(starts.Count);
        foreach (var chunk in starts.Chunk(WindowsAtOnce)) windows.AddRange(Answers(samples, 0, chunk));
        return Of(name, windows);
    }

    int StepOf(double? hop) => Math.Max(1, (int)Math.Round((hop ?? (Features.Duration!.Value / 2)) * Features.SampleRate));

    SoundPrediction Of(string name, List<WindowPrediction> windows) => new(name, Classes, Mean(windows), windows);

    static SoundPrediction Smoothed(SoundPrediction prediction, double seconds)
    {
        if (seconds <= 0) return prediction;
        double[] middles = [.. prediction.Windows.Select(window => (window.Start + window.End) / 2)];
        var smoothed = Smoothing.Of(middles, [.. prediction.Windows.Select(window => window.Probabilities)], seconds);
        return prediction with { Windows = [.. prediction.Windows.Select((window, i) => window with { Probabilities = smoothed[i] })] };
    }

    // Reads on while pieces are answered elsewhere, as many as there are cores.
    List<WindowPrediction> Long(MonoReader reader, int step)
    {
        var most = _models.All(model => model.IsConcurrent) ? Environment.ProcessorCount : 1;
        var windows = new List<WindowPrediction>();
        var pending = new Queue<Task<List<WindowPrediction>>>();
        try
        {
            foreach (var (samples, offset, starts) in Pieces(reader, Features.ClipSamples!.Value, step))
            {
                if (pending.Count == most) windows.AddRange(pending.Dequeue().GetAwaiter().GetResult());
                pending.Enqueue(Task.Run(() => Answers(samples.Span, offset, starts)));
            }
            while (pending.TryDequeue(out var task)) windows.AddRange(task.GetAwaiter().GetResult());
            return windows;
        }
        finally
        {
            // Nothing uses the networks any more when an error of one piece goes up.
            foreach (var task in pending) ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        }
    }

    // Pieces of a recording, each with the windows that begin in it; the last window stands at the recording's end.
    static IEnumerable<(ReadOnlyMemory<float> Samples, long Offset, long[] Starts)> Pieces(MonoReader reader, int window, int step)
    {
        ReadOnlyMemory<float> carried = default;
        var (offset, last) = (0L, -1L);
        while (true)
        {
            var next = last < 0 ? 0 : last + step;
            var samples = new float[checked((int)(next + ((WindowsAtOnce - 1L) * step) + window - offset))];
            carried.CopyTo(samples);
            var count = carried.Length + reader.Read(samples.AsSpan(carried.Length));
            var (end, isLast) = (offset + count, count < samples.Length);
            var starts = new List<long>();
            while (last < 0 || (isLast ? last + window < end : last + step + window <= end))
            {
                last = last < 0 ? 0 : isLast ? Math.Min(last + step, end - window) : last + step;
                starts.Add(last);
            }
            if (starts.Count > 0) yield return (samples.AsMemory(0, count), offset, [.. starts]);
            if (isLast) yield break;
            carried = samples.AsMemory((int)(last - offset), (int)(end - last));
            offset = last;
        }
    }

    // The windows that begin at some places, counted from the recording's beginning; the samples begin at an offset from it.
    List<WindowPrediction> Answers(ReadOnlySpan<float> samples, long offset, IReadOnlyList<long> starts)
    {
        var (window, rate) = (Features.ClipSamples!.Value, (double)Features.SampleRate);
        var length = _extractor.Value.OutputLength(window);
        var clips = new float[Math.Min(ClipsAtOnce, starts.Count) * length];
        var windows = new List<WindowPrediction>(starts.Count);
        foreach (var chunk in starts.Chunk(ClipsAtOnce))
        {
            for (var i = 0; i < chunk.Length; i++)
            {
                var from = (int)(chunk[i] - offset);
                _extractor.Value.Extract(samples[from..Math.Min(from + window, samples.Length)], clips.AsSpan(i * length, length));
            }
            var probabilities = Mean(clips, chunk.Length);
            for (var i = 0; i < chunk.Length; i++)
                windows.Add(new WindowPrediction(chunk[i] / rate, Math.Min(chunk[i] + window, offset + samples.Length) / rate, probabilities[i]));
        }
        return windows;
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

using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Data;
using Kymo.Lab.Data.Motion;
using Kymo.Lab.Metrics;
using Kymo.Lab.Prediction;
using Kymo.Lab.Runs;
using Kymo.Signals;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>
/// Extractor and classifier, of a run or exported: what a worn sensor's recording shows, window after window. A file is a table with the columns
/// of sp-sw-har (<c>x_acc,y_acc,z_acc[,x_gyro,y_gyro,z_gyro],timestamp</c>, m/s², rad/s, ms) or an array of MM-Fit (<c>(rows, 5)</c>: frame, ms, x, y, z).
/// </summary>
public sealed class ActivityPredictor : IDisposable
{
    const int WindowsAtOnce = 256;

    static readonly string[] s_channels = ["x_acc", "y_acc", "z_acc", "x_gyro", "y_gyro", "z_gyro"];

    readonly ActivityCard _card;
    readonly ChannelScale _scale;
    readonly Func<float[], int, float[]> _logits;
    readonly Action _dispose;

    // `logits` takes raw windows (count, axis, time) and their count.
    ActivityPredictor(ActivityCard card, ChannelScale scale, Func<float[], int, float[]> logits, Action dispose) =>
        (_card, _scale, _logits, _dispose) = (card, scale, logits, dispose);

    /// <summary>Class names in order.</summary>
    public IReadOnlyList<string> Classes => _card.Classes;

    /// <summary>Axes of the sensor.</summary>
    public int Axes => _scale.Mean.Length;

    /// <summary>Rows of a window.</summary>
    public int WindowRows => _card.Model.FeatureExtractor.WindowSize;

    /// <summary>Rows a second.</summary>
    public double RateHz => _card.RateHz;

    /// <summary>Opens an export; needs no LibTorch.</summary>
    /// <exception cref="DataException">It has no card, holds only a part of the network, or nobody knows the scale of its signals.</exception>
    public static ActivityPredictor Open(ExportedNetwork export)
    {
        if (export["part"] is "regressor" or "extractor" or "classifier")
            throw new DataException(export.Path, $"holds only the {export["part"]}; export extractor and classifier together with kymo export RUN --out NAME.onnx");
        var card = export.Card<ActivityCard>(ActivityCard.Json);
        var scale = card.SignalScale(export.Path);
        return new ActivityPredictor(card, scale, (windows, count) => export.Run(windows, count, scale.Mean.Length, card.Model.FeatureExtractor.WindowSize), export.Dispose);
    }

    /// <summary>Opens an export for <c>predict</c>.</summary>
    public static Predictor OpenExport(ExportedNetwork export) => Open(export).AsPredictor();

    /// <summary>Opens the networks of a run, or one weights file.</summary>
    /// <param name="run">A run folder, or a <c>.safetensors</c> file that this recipe wrote.</param>
    /// <exception cref="DataException">No networks there, or nobody knows the scale of their signals.</exception>
    public static Predictor OpenAny(string run)
    {
        var path = File.Exists(run) ? run : Path.Combine(run, RunFiles.BestModelSafetensors);
        var (weights, card) = ActivityWeights.Read(path);
        var scale = card.SignalScale(path);
        var generator = new RandomGenerator(0);
        var (extractor, classifier) = (card.Model.NewExtractor(null, generator), card.Model.NewClassifier(null, generator));
        foreach (var (name, module) in new[] { ("fe", extractor), ("ac", classifier) })
        {
            module.LoadState(ActivityWeights.Of(weights, name), path);
            module.Eval();
        }
        return new ActivityPredictor(card, scale, Logits, Dispose).AsPredictor();

        float[] Logits(float[] windows, int count)
        {
            var (axes, length) = (scale.Mean.Length, card.Model.FeatureExtractor.WindowSize);
            var standardised = new float[windows.Length];
            for (var i = 0; i < windows.Length; i++)
            {
                var axis = i / length % axes;
                standardised[i] = (float)((windows[i] - scale.Mean[axis]) / scale.Deviation[axis]);
            }
            using var noGrad = Autograd.NoGrad();
            using var scope = new TensorScope();
            return classifier.Forward(extractor.Forward(scope.From<float>(standardised, count, axes, length))).ToArray<float>();
        }

        void Dispose()
        {
            extractor.Dispose();
            classifier.Dispose();
            generator.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _dispose();

    /// <summary>Names the activities of a recording.</summary>
    /// <param name="name">The recording's name.</param>
    /// <param name="rows">(time, axis), raw, at the network's rate.</param>
    /// <param name="options">Hop and smoothing; half a window and none by default.</param>
    /// <exception cref="DataException">Shorter than a window.</exception>
    public JsonObject Answer(string name, float[] rows, PredictionOptions options)
    {
        var (count, target) = (rows.Length / Axes, new float[rows.Length]);
        for (var row = 0; row < count; row++)
            for (var axis = 0; axis < Axes; axis++) target[(axis * count) + row] = rows[(row * Axes) + axis];
        return Answer(name, Recording(name, target, count), options.Hop, options.Smooth ?? 0).Json;
    }

    Predictor AsPredictor() => new(1, Predict, Dispose);

    FilePrediction Predict(string path, PredictionOptions options)
    {
        var recording = Read(path);
        var (json, mean, stretches) = Answer(path, recording, options.Hop, options.Smooth ?? 0);
        var best = mean.Index().OrderByDescending(item => item.Item).Take(options.Shown).Select(item => FormattableString.Invariant($"{Classes[item.Index]} {item.Item:F3}"));
        return new FilePrediction(
            [
                FormattableString.Invariant($"{path}: {recording.Rows / RateHz:F1} s, {json["windows"]!.AsArray().Count} windows; {string.Join(", ", best)}"),
                .. stretches.Select(stretch => FormattableString.Invariant($"  {stretch.Start,8:F2} to {stretch.End,8:F2} s  {Classes[stretch.Label]}")),
            ], json);
    }

    (JsonObject Json, float[] Mean, IReadOnlyList<ActivityEvent> Stretches) Answer(string name, PairedRecording recording, double? hop, double smooth)
    {
        if (recording.Rows < WindowRows)
            throw new DataException(name, FormattableString.Invariant($"{recording.Rows / RateHz:F2} s; expected at least a window of {WindowRows / RateHz:F2} s"));
        var stride = Math.Max(1, (int)Math.Round((hop ?? (WindowRows / 2 / RateHz)) * RateHz));
        var windows = MotionWindows.Cut([recording], new WindowOptions(WindowRows, stride)).Windows;
        IReadOnlyList<float[]> probabilities = Probabilities(windows);
        if (smooth > 0) probabilities = Smoothing.Of([.. windows.Select(window => (window.Start + (WindowRows / 2.0)) / RateHz)], probabilities, smooth);
        int[] decisions = [.. probabilities.Select(row => Largest.IndexOf(row))];
        var stretches = ActivityEvents.Found(windows, decisions, WindowRows, stride, RateHz, null);
        float[] mean = [.. Classes.Select((_, label) => probabilities.Average(row => row[label]))];
        var json = new JsonObject
        {
            ["file"] = name,
            ["seconds"] = recording.Rows / RateHz,
            ["class"] = Classes[Largest.IndexOf(mean)],
            ["confidence"] = mean.Max(),
            ["probabilities"] = ByClass(mean),
            ["stretches"] = new JsonArray([.. stretches.Select(stretch => (JsonNode)new JsonObject { ["start"] = stretch.Start, ["end"] = stretch.End, ["class"] = Classes[stretch.Label] })]),
            ["windows"] = new JsonArray([.. windows.Select((window, i) => (JsonNode)new JsonObject
            {
                ["start"] = window.Start / RateHz,
                ["end"] = (window.Start + WindowRows) / RateHz,
                ["class"] = Classes[decisions[i]],
                ["probabilities"] = ByClass(probabilities[i]),
            })]),
        };
        return (json, mean, stretches);
    }

    JsonObject ByClass(float[] values) => new(Classes.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)values[i])));

    List<float[]> Probabilities(IReadOnlyList<MotionWindow> windows)
    {
        var answers = new List<float[]>(windows.Count);
        foreach (var chunk in windows.Chunk(WindowsAtOnce))
        {
            var values = new float[chunk.Length * Axes * WindowRows];
            for (var i = 0; i < chunk.Length; i++)
                for (var axis = 0; axis < Axes; axis++) chunk[i].Target(axis, WindowRows).CopyTo(values.AsSpan(((i * Axes) + axis) * WindowRows));
            answers.AddRange(_logits(values, chunk.Length).Chunk(Classes.Count).Select(logits => Softmax.Of(logits)));
        }
        return answers;
    }

    // The file's channels on a grid of the trained rate, raw.
    PairedRecording Read(string path)
    {
        if (!File.Exists(path)) throw new DataException(path, "no such file; expected a sensor's table (.csv) or array (.npy)");
        var (seconds, axes) = Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase) ? FromArray(path) : FromTable(path);
        var rows = (int)Math.Floor(((seconds[^1] - seconds[0]) * RateHz) + 1e-6) + 1;
        double[] grid = [.. Enumerable.Range(0, rows).Select(row => seconds[0] + (row / RateHz))];
        var target = new float[Axes * rows];
        for (var axis = 0; axis < Axes; axis++)
        {
            var line = Lines.Interpolate(seconds, axes[axis], grid);
            for (var row = 0; row < rows; row++) target[(axis * rows) + row] = (float)line[row];
        }
        return Recording(path, target, rows);
    }

    static PairedRecording Recording(string path, float[] target, int rows) =>
        new() { Id = Path.GetFileNameWithoutExtension(path), Participant = "", Input = [], Target = target, Labels = new int[rows] };

    (double[] Seconds, double[][] Axes) FromArray(string path)
    {
        if (Axes != 3) throw new DataException(path, $"an array of MM-Fit has three axes; this network takes {Axes}: name a table with the columns {string.Join(", ", s_channels)}, timestamp");
        var track = MmFitArrays.ReadSensor(path);
        return (track.Seconds, track.Axes);
    }

    (double[] Seconds, double[][] Axes) FromTable(string path)
    {
        string[] columns = [.. s_channels.Take(Axes), "timestamp"];
        var table = Table.Read(path, columns);
        if (table.Rows.Count < 2) throw new DataException(path, $"{table.Rows.Count} rows; expected at least two");
        var numbers = columns.Select(_ => new double[table.Rows.Count]).ToArray();
        for (var row = 0; row < table.Rows.Count; row++)
            for (var column = 0; column < columns.Length; column++)
            {
                var text = table.Rows[row][columns[column]];
                if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[column][row]) || !double.IsFinite(numbers[column][row]))
                    throw table.Rows[row].Fault($"{columns[column]} is '{text}'; expected a finite number");
                if (column == columns.Length - 1 && row > 0 && numbers[column][row] < numbers[column][row - 1])
                    throw table.Rows[row].Fault($"the time goes back from {numbers[column][row - 1]:R} to {numbers[column][row]:R}; expected times that never fall");
                if (column == columns.Length - 1 && row > 0 && RecordingClock.Fault(numbers[column][0] / 1e3, numbers[column][row - 1] / 1e3, numbers[column][row] / 1e3) is { } jump)
                    throw table.Rows[row].Fault(jump);
            }
        return ([.. numbers[^1].Select(time => time / 1000)], numbers[..^1]);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Data.Motion;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Signals;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>
/// Extractor and classifier of a run: what a worn sensor's recording shows, window after window. A file is a table with the columns of
/// sp-sw-har (<c>x_acc,y_acc,z_acc[,x_gyro,y_gyro,z_gyro],timestamp</c>, m/s², rad/s, ms) or an array of MM-Fit (<c>(rows, 5)</c>: frame, ms, x, y, z).
/// </summary>
public sealed class ActivityPredictor : IDisposable
{
    const int WindowsAtOnce = 256;

    static readonly string[] s_channels = ["x_acc", "y_acc", "z_acc", "x_gyro", "y_gyro", "z_gyro"];

    readonly ActivityCard _card;
    readonly Module _extractor, _classifier;
    readonly RandomGenerator _generator = new(0);

    ActivityPredictor(string path)
    {
        var (weights, card) = ActivityWeights.Read(path);
        (_card, _extractor, _classifier) = (card, card.Model.NewExtractor(null, _generator), card.Model.NewClassifier(null, _generator));
        foreach (var (name, module) in new[] { ("fe", _extractor), ("ac", _classifier) })
        {
            module.LoadState(ActivityWeights.Of(weights, name), path);
            module.Eval();
        }
    }

    /// <summary>Opens the networks of a run, or one weights file.</summary>
    /// <param name="run">A run folder, or a <c>.safetensors</c> file that this recipe wrote.</param>
    /// <param name="fold">Must be 0: runs of this recipe have no folds.</param>
    /// <exception cref="DataException">No networks there.</exception>
    public static Predictor OpenAny(string run, int fold)
    {
        if (fold > 0) throw new ConfigException($"--fold {fold}: runs of activity have no folds");
        var predictor = new ActivityPredictor(File.Exists(run) ? run : Path.Combine(run, RunFiles.BestModelSafetensors));
        return new Predictor(1, predictor.Answer, predictor.Dispose);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _extractor.Dispose();
        _classifier.Dispose();
        _generator.Dispose();
    }

    FilePrediction Answer(string path, PredictionOptions options)
    {
        var length = _card.Model.FeatureExtractor.WindowSize;
        var recording = Read(path);
        if (recording.Rows < length)
            throw new DataException(path, FormattableString.Invariant($"{recording.Rows / _card.RateHz:F2} s; expected at least a window of {length / _card.RateHz:F2} s"));
        var hop = Math.Max(1, (int)Math.Round((options.Hop ?? (length / 2 / _card.RateHz)) * _card.RateHz));
        var windows = MotionWindows.Cut([recording], new WindowOptions(length, hop)).Windows;
        var probabilities = Probabilities(windows, length);
        int[] decisions = [.. probabilities.Select(row => Largest.IndexOf(row))];
        var stretches = ActivityEvents.Found(windows, decisions, length, _card.RateHz, null);
        float[] mean = [.. _card.Classes.Select((_, label) => probabilities.Average(row => row[label]))];
        var json = new JsonObject
        {
            ["file"] = path,
            ["seconds"] = recording.Rows / _card.RateHz,
            ["label"] = _card.Classes[Largest.IndexOf(mean)],
            ["probabilities"] = new JsonObject(_card.Classes.Select((name, label) => KeyValuePair.Create(name, (JsonNode?)mean[label]))),
            ["stretches"] = new JsonArray([.. stretches.Select(stretch => (JsonNode)new JsonObject { ["start"] = stretch.Start, ["end"] = stretch.End, ["label"] = _card.Classes[stretch.Label] })]),
            ["windows"] = new JsonArray([.. windows.Select((window, i) => (JsonNode)new JsonObject
            {
                ["start"] = window.Start / _card.RateHz,
                ["end"] = (window.Start + length) / _card.RateHz,
                ["label"] = _card.Classes[decisions[i]],
                ["confidence"] = probabilities[i][decisions[i]],
            })]),
        };
        var best = mean.Index().OrderByDescending(item => item.Item).Take(options.Top).Select(item => FormattableString.Invariant($"{_card.Classes[item.Index]} {item.Item:F3}"));
        return new FilePrediction(
            [
                FormattableString.Invariant($"{path}: {recording.Rows / _card.RateHz:F1} s, {windows.Count} windows; {string.Join(", ", best)}"),
                .. stretches.Select(stretch => FormattableString.Invariant($"  {stretch.Start,8:F2} to {stretch.End,8:F2} s  {_card.Classes[stretch.Label]}")),
            ], json);
    }

    List<float[]> Probabilities(IReadOnlyList<MotionWindow> windows, int length)
    {
        var channels = _card.TargetMean.Length;
        var answers = new List<float[]>(windows.Count);
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        foreach (var chunk in windows.Chunk(WindowsAtOnce))
        {
            var values = new float[chunk.Length * channels * length];
            for (var i = 0; i < chunk.Length; i++)
                for (var channel = 0; channel < channels; channel++) chunk[i].Target(channel, length).CopyTo(values.AsSpan(((i * channels) + channel) * length));
            var flat = _classifier.Forward(_extractor.Forward(scope.From<float>(values, chunk.Length, channels, length))).Softmax().ToArray<float>();
            answers.AddRange(flat.Chunk(_card.Classes.Count));
            scope.Reset();
        }
        return answers;
    }

    // The file's channels on a grid of the trained rate, standardised as in training.
    PairedRecording Read(string path)
    {
        if (!File.Exists(path)) throw new DataException(path, "no such file; expected a sensor's table (.csv) or array (.npy)");
        var (seconds, axes) = Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase) ? FromArray(path) : FromTable(path);
        var channels = _card.TargetMean.Length;
        var rows = (int)Math.Floor(((seconds[^1] - seconds[0]) * _card.RateHz) + 1e-6) + 1;
        double[] grid = [.. Enumerable.Range(0, rows).Select(row => seconds[0] + (row / _card.RateHz))];
        var target = new float[channels * rows];
        for (var channel = 0; channel < channels; channel++)
        {
            var line = Lines.Interpolate(seconds, axes[channel], grid);
            for (var row = 0; row < rows; row++) target[(channel * rows) + row] = (float)((line[row] - _card.TargetMean[channel]) / _card.TargetDeviation[channel]);
        }
        return new PairedRecording { Id = Path.GetFileNameWithoutExtension(path), Participant = "", Input = [], Target = target, Labels = new int[rows] };
    }

    (double[] Seconds, double[][] Axes) FromArray(string path)
    {
        if (_card.TargetMean.Length != 3) throw new DataException(path, $"an array of MM-Fit has three axes; this network takes {_card.TargetMean.Length}: name a table with the columns {string.Join(", ", s_channels)}, timestamp");
        var track = MmFitArrays.ReadSensor(path);
        return (track.Seconds, track.Axes);
    }

    (double[] Seconds, double[][] Axes) FromTable(string path)
    {
        string[] columns = [.. s_channels.Take(_card.TargetMean.Length), "timestamp"];
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
            }
        return ([.. numbers[^1].Select(time => time / 1000)], numbers[..^1]);
    }
}

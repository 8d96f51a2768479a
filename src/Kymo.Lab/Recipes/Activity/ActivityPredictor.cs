using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;
using Kymo.Lab.Prediction;
using Kymo.Signals;
using Kymo.Signals.Arrays;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>
/// An exported extractor and classifier: names activities in a recording of a worn sensor, window by window. A file is a NumPy array
/// (time, axis) at the network's rate.
/// </summary>
public sealed class ActivityPredictor : IDisposable
{
    readonly ExportedNetwork _export;
    readonly ActivityCard _card;

    ActivityPredictor(ExportedNetwork export, ActivityCard card) => (_export, _card) = (export, card);

    /// <summary>Class names in order.</summary>
    public IReadOnlyList<string> Classes => _card.Classes;

    /// <summary>Axes of the sensor.</summary>
    public int Axes => _card.Model.FeatureExtractor.InputChannels;

    /// <summary>Rows of a window.</summary>
    public int WindowRows => _card.Model.FeatureExtractor.WindowSize;

    /// <summary>Rows a second.</summary>
    public double RateHz => _card.RateHz;

    /// <summary>Opens an export.</summary>
    /// <exception cref="DataException">It has no card, or holds only a part of the network.</exception>
    public static ActivityPredictor Open(ExportedNetwork export)
    {
        if (export["part"] is "regressor" or "extractor" or "classifier")
            throw new DataException(export.Path, $"holds only the {export["part"]}; export extractor and classifier together with kymo export RUN --out NAME.onnx");
        return new ActivityPredictor(export, export.Card<ActivityCard>(ActivityCard.Json));
    }

    /// <summary>The same for the program's <c>predict</c>.</summary>
    public static Predictor OpenExport(ExportedNetwork export)
    {
        var predictor = Open(export);
        return new Predictor(1, predictor.Predict, predictor.Dispose);
    }

    /// <summary>Names the activities of a recording.</summary>
    /// <param name="name">The recording's name.</param>
    /// <param name="rows">(time, axis), raw.</param>
    /// <param name="hop">Seconds between windows; half a window by default.</param>
    /// <exception cref="DataException">Shorter than a window.</exception>
    public JsonObject Answer(string name, float[] rows, double? hop)
    {
        var (length, axes) = (rows.Length / Axes, Axes);
        if (length < WindowRows) throw new DataException(name, $"{length} rows; a window has {WindowRows} ({WindowRows / RateHz:0.##} s at {RateHz:0.##} Hz)");
        var step = Math.Max(1, (int)Math.Round((hop ?? (WindowRows / RateHz / 2)) * RateHz));
        var (mean, windows) = (new double[Classes.Count], new JsonArray());
        var input = new float[axes * WindowRows];
        for (var start = 0; ; start = Math.Min(start + step, length - WindowRows))
        {
            for (var axis = 0; axis < axes; axis++)
                for (var i = 0; i < WindowRows; i++) input[(axis * WindowRows) + i] = rows[((start + i) * axes) + axis];
            var probabilities = Softmax.Of(_export.Run(input, 1, axes, WindowRows));
            for (var c = 0; c < mean.Length; c++) mean[c] += probabilities[c];
            windows.Add(new JsonObject
            {
                ["start"] = start / RateHz,
                ["end"] = (start + WindowRows) / RateHz,
                ["class"] = Classes[Largest.IndexOf(probabilities)],
                ["probabilities"] = Probabilities(probabilities),
            });
            if (start == length - WindowRows) break;
        }
        float[] overall = [.. mean.Select(sum => (float)(sum / windows.Count))];
        return new JsonObject
        {
            ["file"] = name,
            ["class"] = Classes[Largest.IndexOf(overall)],
            ["confidence"] = overall.Max(),
            ["probabilities"] = Probabilities(overall),
            ["windows"] = windows,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _export.Dispose();

    FilePrediction Predict(string path, PredictionOptions options)
    {
        if (!path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase)) throw new DataException(path, $"expected a NumPy array (.npy) of (time, {Axes}) at {RateHz:0.##} Hz");
        var array = NpyFile.Read(path);
        if (array.Shape is not [_, var axes] || axes != Axes) throw new DataException(path, $"has the shape ({string.Join(", ", array.Shape)}); expected (time, {Axes})");
        var answer = Answer(path, array.AsFloat32().ToArray(), options.Hop);
        var best = answer["probabilities"]!.AsObject().Select(entry => (entry.Key, Value: entry.Value!.GetValue<float>())).OrderByDescending(entry => entry.Value).Take(options.Top);
        return new FilePrediction(
            [$"{path}: " + string.Join(", ", best.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key} {entry.Value:0.000}")))], answer);
    }

    JsonObject Probabilities(float[] values) => new(Classes.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)values[i])));
}

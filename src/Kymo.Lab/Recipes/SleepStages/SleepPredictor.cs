using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Metrics;
using Kymo.Lab.Prediction;
using Kymo.Signals;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>
/// The networks of a run as one: the mean of their probabilities. A file is a table of rows as a request has them
/// (<c>validation_sample.csv</c>), whose last window is classified, or a file of a night in one of the dataset's layouts.
/// </summary>
public sealed class SleepPredictor : IDisposable
{
    readonly SleepNetwork[] _models;

    SleepPredictor(SleepNetwork[] models) => _models = models;

    SleepModelCard Card => _models[0].Card;

    /// <summary>Opens the networks of a run, or one network, for the program's <c>predict</c>.</summary>
    /// <param name="run">A run folder, or a <c>.safetensors</c> file that this recipe wrote.</param>
    /// <param name="fold">Only the network that held out this fold; 0 for all folds of the run's first network.</param>
    /// <exception cref="DataException">No networks there.</exception>
    public static Predictor OpenAny(string run, int fold) => Open(run, fold).AsPredictor();

    /// <summary>Opens an export.</summary>
    /// <exception cref="DataException">It has no card, or a damaged one.</exception>
    public static Predictor OpenExport(ExportedNetwork export) => new SleepPredictor([SleepNetwork.Of(export)]).AsPredictor();

    /// <summary>Opens the networks of a run, or one network.</summary>
    public static SleepPredictor Open(string run, int fold = 0)
    {
        var models = new List<SleepModelFile>();
        try
        {
            foreach (var file in File.Exists(run) ? [run] : ModelFiles(run, fold)) models.Add(SleepModelFile.Read(file));
            // Further networks of the run are answered by when they are named by their own file.
            var network = models[0].Card.Network;
            foreach (var other in models.Where(model => model.Card.Network != network)) other.Dispose();
            return new SleepPredictor([.. models.Where(model => model.Card.Network == network).Select(SleepNetwork.Of)]);
        }
        catch
        {
            foreach (var model in models) model.Dispose();
            throw;
        }
    }

    /// <summary>The network files of a run: its folds in order, then those of further networks.</summary>
    internal static string[] ModelFiles(string run, int fold)
    {
        var folder = Path.Combine(run, "checkpoints");
        var pattern = fold == 0 ? "model_fold_*_best.safetensors" : $"model_fold_{fold}_best.safetensors";
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, pattern).OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal).ToArray() : [];
        return files.Length > 0 ? files : throw new DataException(run, $"holds no checkpoints/{pattern}; expected a finished run of kymo train sleep-stages");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in _models) model.Close();
    }

    Predictor AsPredictor() => new(_models.Length, (path, options) => Answer(path, options), Dispose);

    FilePrediction Answer(string path, PredictionOptions options)
    {
        if (!IsNight(path))
            return options.Smooth is null ? Sample(path, options.Shown) : throw new ConfigException($"--smooth: {path} is answered for its last window only, and a night for every epoch; name a file of a night, or leave --smooth out");
        if (options.Top is not null) throw new ConfigException($"--top: of {path} the minutes of every stage are shown; leave --top out");
        if (options.Smooth is > 0 and < 2 * SleepStage.EpochSeconds)
            throw new ConfigException(FormattableString.Invariant($"--smooth {options.Smooth}: epochs stand {SleepStage.EpochSeconds} s apart; expected {2 * SleepStage.EpochSeconds} s or more, which reaches a neighbour on each side"));
        return Night(path, options.Smooth ?? 0);
    }

    static bool IsNight(string path) => path.EndsWith("_epochs.csv", StringComparison.Ordinal) || StreamKind.All.Any(kind => path.EndsWith(kind.Ending, StringComparison.Ordinal));

    FilePrediction Sample(string path, int top)
    {
        if (Card.Length == 0) throw new DataException(path, "this network reads whole nights; name a file such as epochs/1066528_epochs.csv");
        var table = Table.Read(path, Card.Features);
        var columns = Card.Features.Count;
        var values = new double[table.Rows.Count * columns];
        for (var i = 0; i < values.Length; i++)
        {
            var row = table.Rows[i / columns];
            if (!double.TryParse(row[Card.Features[i % columns]], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]) || !double.IsFinite(values[i]))
                throw row.Fault($"{Card.Features[i % columns]} is '{row[Card.Features[i % columns]]}'; expected a finite number");
        }
        if (table.Rows.Count < Card.Length) throw new DataException(path, $"{table.Rows.Count} rows; expected at least {Card.Length}: Sequence must be at least {Card.Length} time steps long.");
        var night = NightRows.Of(Path.GetFileNameWithoutExtension(path), values, [.. Enumerable.Range(0, table.Rows.Count).Select(i => (double)i)], new int[table.Rows.Count]);
        var isOwn = SleepWindowAnswers.ScalesItself(Card, table.Rows.Count);
        var probabilities = Probabilities(night, night.Count - Card.Length, Card.Length, isOwn);
        var json = new JsonObject { ["file"] = path };
        foreach (var (name, value) in SleepWindowAnswers.Window(Card, probabilities, isOwn)) json[name] = value?.DeepClone();
        var best = probabilities.Index().OrderByDescending(item => item.Item).Take(top);
        return new FilePrediction(
            [$"{path}: " + string.Join(", ", best.Select(item => string.Create(CultureInfo.InvariantCulture, $"{Card.Classes[item.Index]} {item.Item:F3}")))], json);
    }

    FilePrediction Night(string path, double smooth)
    {
        var (id, rows, windows) = ReadNight(path);
        var (epochs, answers) = (new List<double>(), new List<float[]>());
        if (Card.Length == 0)
        {
            var all = Probabilities(rows, 0, rows.Count, Card.Scaling.PerRecording);
            epochs.AddRange(rows.Times);
            answers.AddRange(all.Chunk(Card.Classes.Count));
        }
        else
        {
            foreach (var epoch in windows.GroupBy(window => window.EpochTime).OrderBy(epoch => epoch.Key))
            {
                epochs.Add(epoch.Key);
                float[][] each = [.. epoch.Select(window => Probabilities(rows, window.Row, Card.Length, Card.Scaling.PerRecording))];
                answers.Add([.. Enumerable.Range(0, Card.Classes.Count).Select(c => each.Average(answer => answer[c]))]);
            }
        }
        if (smooth > 0) answers = [.. Smoothing.Of(epochs, answers, smooth)];
        int[] stages = [.. answers.Select(answer => Largest.IndexOf(answer))];
        var measures = NightMeasures.Of(stages, Card.Classes.Count, Card.Classes.Count == 2 ? -1 : Card.Classes.Count - 1);
        var json = new JsonObject
        {
            ["file"] = path,
            ["person"] = id,
            ["model"] = Card.Network,
            ["measures"] = new JsonObject(NightMeasures.Names.Zip(measures.Values, (name, value) => KeyValuePair.Create(name, (JsonNode?)(value is { } number ? number : null)))),
            ["minutes"] = new JsonObject(Card.Classes.Select((name, c) => KeyValuePair.Create(name, (JsonNode?)measures.PerStage[c]))),
            ["epochs"] = new JsonArray([.. epochs.Select((time, i) => (JsonNode)new JsonObject
            {
                ["t"] = time,
                ["label"] = Card.Classes[stages[i]],
                ["probabilities"] = new JsonObject(Card.Classes.Select((name, c) => KeyValuePair.Create(name, (JsonNode?)answers[i][c]))),
            })]),
        };
        var line = string.Create(CultureInfo.InvariantCulture, $"{path}: {epochs.Count} epochs, total sleep {measures.TotalSleep ?? 0:F1} min, efficiency {measures.Efficiency ?? 0:P0}; ")
            + string.Join(", ", Card.Classes.Select((name, c) => string.Create(CultureInfo.InvariantCulture, $"{name} {measures.PerStage[c]:F1} min")));
        return new FilePrediction([line], json);
    }

    (string Id, NightRows Rows, IReadOnlyList<WindowRef> Windows) ReadNight(string path)
    {
        var full = Path.GetFullPath(path);
        var root = Path.GetDirectoryName(Path.GetDirectoryName(full)!)!;
        var id = Path.GetFileName(full).Split('_')[0];
        if (!File.Exists(full)) throw new DataException(path, "no such file");
        var isEpochs = path.EndsWith("_epochs.csv", StringComparison.Ordinal);
        if (isEpochs != (Card.Data.Name == "sleep_accel_epochs"))
            throw new DataException(path, $"this network was trained on data={Card.Data.Name}; name a file of that layout");
        var config = new SleepDataRequest(Card.Data with { DatasetDir = root }, Card.Compat);
        // Training may pass over epochs; a hypnogram has them all.
        if (!config.IsOriginal && SleepStage.EpochSeconds % Card.Data.DataAlignment == 0)
            config = config with { Data = config.Data with { Stride = Math.Min(Card.Data.Stride, (int)SleepStage.EpochSeconds) } };
        var read = SleepData.ReadOne(config, id);
        return read.Rows is { } rows ? (id, rows, read.Windows) : throw new DataException(path, read.Failure ?? "no usable rows");
    }

    float[] Probabilities(NightRows night, int row, int length, bool isOwn)
    {
        var columns = Card.Features.Count;
        var (from, to) = (Math.Max(row, 0), Math.Min(row + length, night.Count));
        float[]? mean = null;
        foreach (var model in _models)
        {
            var rows = new float[length * columns];
            (model.Card.Scaling with { PerRecording = isOwn }).Apply(night, night.Values.AsSpan(from * columns, (to - from) * columns), rows.AsSpan((from - row) * columns));
            var answer = model.Probabilities(rows);
            mean ??= new float[answer.Length];
            for (var i = 0; i < answer.Length; i++) mean[i] += answer[i] / _models.Length;
        }
        return mean!;
    }
}

using System.Text.Json.Nodes;
using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Metrics;
using Kymo.Lab.Prediction;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>An exported network that classifies windows of rows as a request has them: arrays in, a stage out.</summary>
public sealed class SleepWindowAnswers
{
    // Below this a recording's own mean and deviation say too little.
    const double ShortestOwnScaling = 1800;

    readonly SleepModelCard _card;

    SleepWindowAnswers(SleepModelCard card) => _card = card;

    /// <summary>LSTM, GRU, RNN, Transformer or Night.</summary>
    public string Network => _card.Network;

    /// <summary>Rows of a window; 0 for a network of whole nights.</summary>
    public int WindowRows => _card.Length;

    /// <summary>Seconds from one row to the next.</summary>
    public double RowSeconds => SecondsOf(_card);

    /// <summary>Columns of a row, by the names that requests use.</summary>
    public IReadOnlyList<string> Features => _card.Features;

    /// <summary>Class names in order.</summary>
    public IReadOnlyList<string> Classes => _card.Classes;

    /// <summary>Reads the card of an export.</summary>
    /// <exception cref="Signals.DataException">It has none, or a damaged one.</exception>
    public static SleepWindowAnswers Of(ExportedNetwork export) => new(export.Card<SleepModelCard>(SleepModelFile.Json));

    /// <summary>The last window of a recording as the network takes it: (time, feature), scaled.</summary>
    /// <param name="columns">One array for each feature, all equally long and no shorter than the window.</param>
    /// <param name="isOwn">Whether it was scaled by the recording's own numbers rather than the training people's.</param>
    public float[] Scale(IReadOnlyList<double[]> columns, out bool isOwn)
    {
        var rows = columns[0].Length;
        var values = new double[rows * columns.Count];
        for (var c = 0; c < columns.Count; c++)
            for (var i = 0; i < rows; i++) values[(i * columns.Count) + c] = columns[c][i];
        isOwn = ScalesItself(_card, rows);
        var night = NightRows.Of("", values, new double[rows], []);
        var scaled = new float[_card.Length * columns.Count];
        (_card.Scaling with { PerRecording = isOwn }).Apply(night, night.Values.AsSpan((rows - _card.Length) * columns.Count), scaled);
        return scaled;
    }

    /// <summary>The answer to a window.</summary>
    /// <param name="logits">What the network put out.</param>
    /// <param name="isOwn">How the window was scaled.</param>
    public JsonObject Answer(ReadOnlySpan<float> logits, bool isOwn) => Window(_card, Softmax.Of(logits), isOwn);

    /// <summary>Whether a recording of so many rows is scaled by its own numbers.</summary>
    internal static bool ScalesItself(SleepModelCard card, int rows) =>
        card.Scaling.PerRecording && rows * SecondsOf(card) >= ShortestOwnScaling;

    static double SecondsOf(SleepModelCard card) => card.Data.Name == "sleep_accel_epochs" ? SleepStage.EpochSeconds : card.Data.DataAlignment;

    /// <summary>The answer to a window from probabilities.</summary>
    internal static JsonObject Window(SleepModelCard card, float[] probabilities, bool isOwn)
    {
        var label = Largest.IndexOf(probabilities);
        var stage = SleepStage.Merge(card.Classes.Count).Index().First(item => item.Item == label).Index;
        return new JsonObject
        {
            ["predicted_label"] = card.Classes[label],
            ["label"] = card.Classes[label],
            ["index"] = label,
            ["stage_code"] = SleepStage.CodeOf(stage),
            ["probabilities"] = new JsonObject(card.Classes.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)probabilities[i]))),
            ["model"] = card.Network,
            ["normalisation"] = isOwn ? "recording" : "pooled",
        };
    }
}

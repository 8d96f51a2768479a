using System.Text.Json.Nodes;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>The original's <c>results.json</c> with everything that its README promised: configuration, full history, final values.</summary>
static class ActivityResults
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "results.json";

    static readonly string[] s_scores = ["loss", "f1", "acc", "mse", "sim_loss", "act_loss"];

    /// <summary>The content.</summary>
    /// <param name="settings">The resolved configuration.</param>
    /// <param name="fit">The finished training.</param>
    /// <param name="test">Scores of the reported weights on held-out windows.</param>
    /// <param name="compat">Rules of the original that were repeated.</param>
    public static JsonObject Of(JsonObject settings, Fit fit, IReadOnlyDictionary<string, double> test, IReadOnlyList<string> compat)
    {
        var rows = fit.State.History;
        var history = new JsonObject();
        foreach (var score in s_scores)
        {
            history["train_" + score] = Column(rows, row => row.Train, score);
            history["val_" + score] = Column(rows, row => row.Validation, score);
        }
        history["lr"] = new JsonArray([.. rows.Select(row => (JsonNode?)row.LearningRate)]);
        var last = rows.Count > 0 ? rows[^1] : null;
        var best = fit.State.BestEpoch;
        var checkpoint = fit.Trainer.Checkpoint;
        var final = new JsonObject
        {
            ["train_loss_last"] = Number(last?.Train, "loss"),
            ["train_f1_last"] = Number(last?.Train, "f1"),
            ["val_loss_last"] = Number(last?.Validation, "loss"),
            ["val_f1_last"] = Number(last?.Validation, "f1"),
            ["best_val_f1"] = Extreme(fit.State.Compared, "f1", largest: true),
            ["best_val_loss"] = Extreme(fit.State.Compared, "loss", largest: false),
            ["val_loss_at_best"] = best > 0 ? Number(rows[best - 1].Validation, "loss") : null,
        };
        foreach (var score in s_scores) final["test_" + score] = Number(test, score);
        return new JsonObject
        {
            ["config"] = settings.DeepClone(),
            ["history"] = history,
            ["final_metrics"] = final,
            ["best_epoch"] = best > 0 ? best : null,
            ["objective"] = new JsonObject
            {
                ["metric"] = checkpoint.Monitor,
                ["mode"] = MonitoredScore.Of(checkpoint.Monitor, checkpoint.Mode).Largest ? "max" : "min",
                ["best_score"] = best > 0 ? Finite(MonitoredScore.ValueOf(rows[best - 1], checkpoint.Monitor)) : null,
                ["last_score"] = last is null ? null : Finite(MonitoredScore.ValueOf(last, checkpoint.Monitor)),
            },
            ["compat"] = new JsonArray([.. compat.Select(name => (JsonNode)name)]),
        };
    }

    static JsonArray Column(IReadOnlyList<EpochRow> rows, Func<EpochRow, IReadOnlyDictionary<string, double>> part, string score) =>
        new([.. rows.Select(row => Number(part(row), score))]);

    static JsonNode? Extreme(IEnumerable<EpochRow> rows, string score, bool largest)
    {
        double[] values = [.. rows.Select(row => row.Validation.GetValueOrDefault(score, double.NaN)).Where(double.IsFinite)];
        return values.Length == 0 ? null : largest ? values.Max() : values.Min();
    }

    static JsonNode? Number(IReadOnlyDictionary<string, double>? scores, string name) =>
        scores is not null && scores.TryGetValue(name, out var value) ? Finite(value) : null;

    static JsonNode? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}

using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Runs;

namespace Kymo.App.Web.Pages;

/// <summary>How far a training is and how fast it goes, from the files that it writes while it runs.</summary>
/// <param name="EpochsDone">Epochs done in all parts.</param>
/// <param name="EpochsInAll">Epochs in all parts that are known; fewer come where early stopping ends one.</param>
/// <param name="Part">The part that is trained, from 1.</param>
/// <param name="Parts">Parts that are known: folds, and networks that a recipe trains besides.</param>
/// <param name="EpochInPart">The epoch that is trained within the part.</param>
/// <param name="EpochsOfPart">Epochs of a part.</param>
/// <param name="SecondsAnEpoch">Mean of the last epochs; not a number before the first.</param>
/// <param name="SecondsLeft">What is left of the known parts at this rate, less where a training stops early; not a number before the first epoch.</param>
/// <param name="Best">The best value so far of what picks the epoch, by name; empty before the first epoch.</param>
sealed record RunProgress(
    int EpochsDone, int EpochsInAll, int Part, int Parts, int EpochInPart, int EpochsOfPart, double SecondsAnEpoch, double SecondsLeft, string Best)
{
    const int EpochsOfRate = 5;

    /// <summary>Looks at a run.</summary>
    /// <param name="card">The run.</param>
    /// <param name="curves">Its epochs.</param>
    /// <param name="now">The moment.</param>
    public static RunProgress Of(RunCard card, IReadOnlyList<EpochCurves> curves, DateTimeOffset now)
    {
        var epochs = EpochsOf(card);
        var folds = card.Contract?.Folds ?? [];
        var state = ResultsFolder.FileOf(card, RunFiles.TrainingState) is { } path ? CanonicalJson.ReadObject(path)["folds"] as JsonObject ?? [] : [];
        var parts = Math.Max(1, folds.Count + curves.Count(curve => curve.Unit is { } unit && !folds.Contains(unit)));
        var ended = state.Count(entry => Words.Text(entry.Value, "status") == "done");
        var open = state.Where(entry => Words.Text(entry.Value, "status") != "done").Select(entry => Number(entry.Value, "epochs_done")).DefaultIfEmpty(0).Max();
        var seconds = curves.OrderBy(curve => curve.Ended).SelectMany(curve => curve.Seconds).Where(double.IsFinite).TakeLast(EpochsOfRate).DefaultIfEmpty(double.NaN).Average();
        var sinceLast = curves.Max(curve => curve.Ended) is { } last ? Math.Clamp((now - last).TotalSeconds, 0, double.IsNaN(seconds) ? 0 : seconds) : 0;
        var left = (parts - ended) * epochs - open;
        return new RunProgress(
            ended * epochs + open, parts * epochs, Math.Min(ended + 1, parts), parts, Math.Min(open + 1, epochs), epochs, seconds,
            Math.Max(0, left * seconds - sinceLast), BestOf(state));
    }

    /// <summary>The same for a script.</summary>
    public JsonObject ToJson() => new()
    {
        ["done"] = EpochsDone,
        ["total"] = EpochsInAll,
        ["text"] = Text,
        ["rate"] = Rate,
        ["left"] = Left,
        ["best"] = Best,
    };

    /// <summary>Where it is, in words.</summary>
    public string Text => (Parts > 1 ? $"Part {Part} of {Parts}, epoch " : "Epoch ") + $"{EpochInPart} of {EpochsOfPart}";

    /// <summary>How fast, in words; empty before the first epoch.</summary>
    public string Rate => double.IsFinite(SecondsAnEpoch)
        ? $"{Words.Duration(SecondsAnEpoch)} an epoch, {(60 / Math.Max(SecondsAnEpoch, 1e-3)).ToString("G3", CultureInfo.InvariantCulture)} epochs a minute" : "";

    /// <summary>What is left, in words; empty before the first epoch.</summary>
    public string Left => double.IsFinite(SecondsLeft) ? $"about {Words.Duration(SecondsLeft)} left" : "";

    static int EpochsOf(RunCard card)
    {
        if (ResultsFolder.FileOf(card, RunFiles.ResolvedConfig) is not { } path) return 1;
        var epochs = Words.Number(CanonicalJson.ReadObject(path), "trainer.epochs");
        return epochs is >= 1 and <= 1e6 ? (int)epochs : 1;
    }

    static string BestOf(JsonObject state)
    {
        var best = state.Select(entry => (Monitor: Words.Text(entry.Value, "monitor"), Score: Words.Number(entry.Value, "best_score"))).Where(part => double.IsFinite(part.Score)).ToArray();
        return best.Length == 0 ? "" : $"{best[0].Monitor.Replace('_', ' ')} {Words.Score(best.Average(part => part.Score))}" + (best.Length > 1 ? $" (mean of {best.Length})" : "");
    }

    static int Number(JsonNode? node, string key) => Words.Number(node, key) is >= 0 and <= 1e6 and var number ? (int)number : 0;
}

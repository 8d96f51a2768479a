using System.Text.Json.Nodes;

namespace Kymo.Lab.Runs;

/// <summary>What early stopping did, as <c>early_stop.json</c> says it.</summary>
/// <param name="Patience">Epochs without improvement after which training stops; 0 never stops.</param>
/// <param name="MinDelta">Improvement that counts.</param>
/// <param name="Stopped">Whether training stopped early.</param>
/// <param name="StoppedEpoch">Last epoch trained.</param>
/// <param name="BestEpoch">Epoch of the best validation score, from 1.</param>
/// <param name="BestScore">That score (by default macro F1).</param>
/// <param name="Monitor">Name of the score that was watched.</param>
public sealed record EarlyStopState(
    int Patience, double MinDelta, bool Stopped, int StoppedEpoch, int BestEpoch, double BestScore,
        string Monitor = "val_f1_macro")
{
    /// <summary>The object of <c>early_stop.json</c>. The key <c>best_val_f1</c> keeps its name whatever was watched.</summary>
    public JsonObject ToJson() => new()
    {
        ["enabled"] = Patience > 0,
        ["patience"] = Patience,
        ["min_delta"] = MinDelta,
        ["early_stopped"] = Stopped,
        ["stopped_epoch"] = StoppedEpoch,
        ["best_epoch"] = BestEpoch,
        ["best_val_f1"] = BestScore,
        ["monitor"] = Monitor,
    };
}

using Kymo.Lab.Runs;
using Kymo.Lab.Training;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>The learning rate: a warm-up epoch by epoch, then what waits for a plateau. Depends on the step and the history only.</summary>
static class ActivityRates
{
    /// <summary>The rate of a step.</summary>
    /// <param name="optim">The schedule.</param>
    /// <param name="step">Steps taken before it.</param>
    /// <param name="total">Steps of the whole training.</param>
    /// <param name="history">Finished epochs.</param>
    /// <param name="pretraining">First epochs that minimise another loss, whose scores no later epoch is held against.</param>
    public static double At(ActivityOptimOptions optim, long step, long total, IReadOnlyList<EpochRow> history, int pretraining = 0)
    {
        var scheduler = optim.Scheduler;
        if (scheduler.Name == "one_cycle")
            return LearningRates.At(new OptimOptions(new PlateauOptions(), Lr: optim.Lr, Schedule: RateSchedule.OneCycle, Warmup: 0.3), step, total, history);
        if (history.Count < optim.WarmupEpochs)
        {
            var start = Math.Clamp(optim.WarmupStartFactor, 0, 1);
            return optim.Lr * (start + ((1 - start) * history.Count / optim.WarmupEpochs));
        }
        if (scheduler.Name == "none") return optim.Lr;
        var plateau = new PlateauOptions(scheduler.Metric, scheduler.Mode, scheduler.Factor, scheduler.Patience, 1e-4, 0);
        return LearningRates.AfterPlateaus(optim.Lr, plateau, history.Skip(Math.Max(optim.WarmupEpochs, pretraining)));
    }
}

using Kymo.Lab.Runs;

namespace Kymo.Lab.Training;

/// <summary>The learning rate of a step, by the schedule that was asked for. Depends on the step and the history only.</summary>
public static class LearningRates
{
    /// <summary>The rate of a step.</summary>
    /// <param name="optim">Schedule and highest rate.</param>
    /// <param name="step">Steps taken before it.</param>
    /// <param name="total">Steps of the whole training.</param>
    /// <param name="history">Finished epochs.</param>
    public static double At(OptimOptions optim, long step, long total, IReadOnlyList<EpochRow> history) => optim.Schedule switch
    {
        RateSchedule.OneCycle => OneCycle(optim.Lr, optim.Warmup, step, total),
        RateSchedule.WarmupCosine => WarmupCosine(optim.Lr, optim.Warmup, step, total),
        RateSchedule.Cosine => optim.Lr * (1 + Math.Cos(Math.PI * step / total)) / 2,
        RateSchedule.Plateau => AfterPlateaus(optim.Lr, optim.Plateau, history),
        _ => optim.Lr,
    };

    /// <summary>The rate that PyTorch's ReduceLROnPlateau (relative threshold, no cooldown) has come to after some epochs.</summary>
    public static double AfterPlateaus(double rate, PlateauOptions plateau, IEnumerable<EpochRow> history)
    {
        var monitor = MonitoredScore.Of(plateau.Monitor, plateau.Mode);
        var (best, waited) = (monitor.Worst, 0);
        foreach (var row in history)
        {
            var value = monitor.ValueOf(row);
            var bar = monitor.Largest ? best * (1 + plateau.Threshold) : best * (1 - plateau.Threshold);
            if (double.IsInfinity(best) ? !double.IsNaN(value) : monitor.IsBetter(value, bar)) (best, waited) = (value, 0);
            else waited++;
            if (waited <= plateau.Patience) continue;
            (rate, waited) = (Math.Max(rate * plateau.Factor, plateau.MinLr), 0);
        }
        return rate;
    }

    // From a 25th of the rate up to it, then down to a 10,000th of the start; both along half a cosine.
    static double OneCycle(double highest, double warmup, long step, long total)
    {
        var (lowest, last) = (highest / 25, highest / 25 / 10_000);
        var top = Math.Max((warmup * total) - 1, 1);
        return step <= top
            ? Along(lowest, highest, step / top)
            : Along(highest, last, Math.Min((step - top) / Math.Max(total - 1 - top, 1), 1));
    }

    // Up from a tenth along a line, then down to a hundredth along half a cosine.
    static double WarmupCosine(double highest, double warmup, long step, long total)
    {
        var top = Math.Max(warmup * total, 1);
        return step < top
            ? highest * (0.1 + (0.9 * step / top))
            : Along(highest, highest / 100, Math.Min((step - top) / Math.Max(total - top, 1), 1));
    }

    static double Along(double from, double to, double share) => to + ((from - to) * (1 + Math.Cos(Math.PI * share)) / 2);
}

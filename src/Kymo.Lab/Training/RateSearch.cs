namespace Kymo.Lab.Training;

/// <summary>
/// A learning-rate range test (Smith 2017): the rate rises by a constant factor from step to step while the loss is watched. A tenth of the
/// rate at the lowest smoothed loss is suggested: smoothing sees the rise late, and what a few steps stand, an epoch may not.
/// </summary>
/// <param name="Rates">The rates tried.</param>
/// <param name="Losses">Smoothed losses at them.</param>
/// <param name="Suggested">The rate of the steepest fall; null where the loss never fell.</param>
public sealed record RateSearch(IReadOnlyList<double> Rates, IReadOnlyList<double> Losses, double? Suggested)
{
    const double Lowest = 1e-7, Highest = 1, Memory = 0.9, Divergence = 4, Caution = 0.1;
    const int Steps = 80, Beginning = 5;

    /// <summary>Tries rising rates until the loss has grown to four times its best.</summary>
    /// <param name="step">Takes one step at a rate; answers with its loss.</param>
    public static RateSearch Over(Func<double, double> step)
    {
        var (rates, losses) = (new List<double>(), new List<double>());
        var (mean, best) = (0.0, double.PositiveInfinity);
        for (var i = 0; i < Steps; i++)
        {
            var rate = Lowest * Math.Pow(Highest / Lowest, (double)i / (Steps - 1));
            mean = (Memory * mean) + ((1 - Memory) * step(rate));
            var smooth = mean / (1 - Math.Pow(Memory, i + 1));
            if (!double.IsFinite(smooth) || (i > Beginning && smooth > Divergence * best)) break;
            best = Math.Min(best, smooth);
            rates.Add(rate);
            losses.Add(smooth);
        }
        return new RateSearch(rates, losses, BelowLowest(rates, losses));
    }

    static double? BelowLowest(List<double> rates, List<double> losses)
    {
        var at = losses.Count == 0 ? 0 : losses.IndexOf(losses.Min());
        return at <= Beginning ? null : rates[at] * Caution;
    }
}

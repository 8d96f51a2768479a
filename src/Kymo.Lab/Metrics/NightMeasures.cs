namespace Kymo.Lab.Metrics;

/// <summary>
/// What a sleep laboratory reads from a night, minutes; from scored epochs of half a minute. What a night without sleep cannot have is null.
/// </summary>
/// <param name="TimeInBed">All epochs.</param>
/// <param name="OnsetLatency">Up to the first epoch of sleep; all of the time in bed where there is none.</param>
/// <param name="TotalSleep">Epochs of sleep.</param>
/// <param name="WakeAfterOnset">Epochs of wake behind the first epoch of sleep.</param>
/// <param name="Efficiency">Total sleep over time in bed, 0 to 1.</param>
/// <param name="RemLatency">From sleep onset to the first REM epoch.</param>
/// <param name="Awakenings">Times that wake follows sleep.</param>
/// <param name="PerStage">Minutes of each class.</param>
public sealed record NightMeasures(
    double TimeInBed, double OnsetLatency, double? TotalSleep, double? WakeAfterOnset, double? Efficiency, double? RemLatency, int? Awakenings,
    IReadOnlyList<double> PerStage)
{
    const double EpochMinutes = 0.5;

    /// <summary>Names of <see cref="Values"/>.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["time_in_bed", "onset_latency", "total_sleep", "wake_after_onset", "efficiency", "rem_latency", "awakenings"];

    /// <summary>The measures in the order of <see cref="Names"/>.</summary>
    public IReadOnlyList<double?> Values => [TimeInBed, OnsetLatency, TotalSleep, WakeAfterOnset, Efficiency, RemLatency, Awakenings];

    /// <summary>Reads a hypnogram.</summary>
    /// <param name="stages">Class of each scored epoch, in order; 0 is wake.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="rem">The class of REM, or -1 where it is not told apart.</param>
    public static NightMeasures Of(ReadOnlySpan<int> stages, int classes, int rem)
    {
        var counts = new int[classes];
        foreach (var stage in stages) counts[stage]++;
        double[] perStage = [.. counts.Select(count => count * EpochMinutes)];
        var onset = stages.IndexOfAnyExcept(0);
        if (onset < 0) return new NightMeasures(stages.Length * EpochMinutes, stages.Length * EpochMinutes, null, null, null, null, null, perStage);
        var (wake, awakenings) = (0, 0);
        for (var i = onset; i < stages.Length; i++)
        {
            if (stages[i] != 0) continue;
            wake++;
            if (stages[i - 1] != 0) awakenings++;
        }
        var firstRem = rem < 0 ? -1 : stages.IndexOf(rem);
        double sleep = stages.Length - counts[0];
        return new NightMeasures(
            stages.Length * EpochMinutes, onset * EpochMinutes, sleep * EpochMinutes, wake * EpochMinutes, sleep / stages.Length,
            firstRem < 0 ? null : (firstRem - onset) * EpochMinutes, awakenings, perStage);
    }
}

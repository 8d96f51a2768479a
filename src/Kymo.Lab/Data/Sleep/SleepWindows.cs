namespace Kymo.Lab.Data.Sleep;

/// <summary>What happens to windows in which somebody did not score an epoch.</summary>
public enum UnscoredRule
{
    /// <summary>Allowed as context, never a target.</summary>
    Context,

    /// <summary>The window is left out.</summary>
    Break,
}

/// <summary>Windows on time: every row there, none across a gap, the target of the last row's epoch.</summary>
public static class SleepWindows
{
    const double Tolerance = 1e-6;

    /// <summary>Cuts a night into windows.</summary>
    /// <param name="night">Rows at equal distances, incomplete ones missing.</param>
    /// <param name="mean">What is taken from each feature.</param>
    /// <param name="deviation">What each feature is divided by.</param>
    /// <param name="alignment">Seconds between two rows.</param>
    /// <param name="windowSeconds">Length of a window; a multiple of <paramref name="alignment"/>.</param>
    /// <param name="strideSeconds">From one start to the next; windows start there counted from the night's first row.</param>
    /// <param name="firstTime">Time of the first label.</param>
    /// <param name="lastTime">Time of the end of the last label's epoch.</param>
    /// <param name="unscored">What happens to windows with unscored rows.</param>
    public static WindowSet Cut(
        NightTable night, ReadOnlySpan<double> mean, ReadOnlySpan<double> deviation, int alignment, int windowSeconds, int strideSeconds,
        double firstTime, double lastTime, UnscoredRule unscored)
    {
        var (length, features) = (windowSeconds / alignment, night.Features.Count);
        var (values, targets, starts, dropped) = (new List<float>(), new List<int>(), new List<double>(), new Dictionary<string, int>());
        for (var k = 0; ; k++)
        {
            var start = firstTime + (double)k * strideSeconds;
            if (start + windowSeconds > lastTime + Tolerance) break;
            var row = SleepRows.LowerBound(night.Times, start - Tolerance);
            var reason = row + length > night.Count || Math.Abs(night.Times[row] - start) > Tolerance
                || Math.Abs(night.Times[row + length - 1] - (start + windowSeconds - alignment)) > Tolerance ? "across a gap"
                : night.Stages[row + length - 1] < 0 ? "ends on an unscored epoch"
                : unscored == UnscoredRule.Break && night.Stages.AsSpan(row, length).Contains(SleepStages.Unscored) ? "has unscored rows"
                : null;
            if (reason is not null)
            {
                dropped[reason] = dropped.GetValueOrDefault(reason) + 1;
                continue;
            }
            targets.Add(night.Stages[row + length - 1]);
            starts.Add(start);
            for (var r = row; r < row + length; r++)
                for (var f = 0; f < features; f++) values.Add((float)((night[r][f] - mean[f]) / deviation[f]));
        }
        return new WindowSet(length, features, [.. values], [.. targets], [.. starts], dropped);
    }
}

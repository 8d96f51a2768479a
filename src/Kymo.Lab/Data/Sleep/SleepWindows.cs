using Kymo.Signals.Series;

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
    /// <param name="alignment">Seconds between two rows.</param>
    /// <param name="windowSeconds">Length of a window; a multiple of <paramref name="alignment"/>.</param>
    /// <param name="strideSeconds">From one start to the next; windows start there counted from the night's first row.</param>
    /// <param name="firstTime">Time of the first label.</param>
    /// <param name="lastTime">Time of the end of the last label's epoch.</param>
    /// <param name="unscored">What happens to windows with unscored rows.</param>
    public static WindowList Find(
        NightTable night, int alignment, int windowSeconds, int strideSeconds, double firstTime, double lastTime, UnscoredRule unscored)
    {
        var length = windowSeconds / alignment;
        var (rows, targets, dropped) = (new List<int>(), new List<int>(), new Dictionary<string, int>());
        for (var k = 0; ; k++)
        {
            var start = firstTime + (double)k * strideSeconds;
            if (start + windowSeconds > lastTime + Tolerance) break;
            var row = Sorted.LowerBound(night.Times, start - Tolerance);
            var reason = row + length > night.Count || Math.Abs(night.Times[row] - start) > Tolerance
                || Math.Abs(night.Times[row + length - 1] - (start + windowSeconds - alignment)) > Tolerance ? "across a gap"
                : night.Stages[row + length - 1] < 0 ? "ends on an unscored epoch"
                : unscored == UnscoredRule.Break && night.Stages.AsSpan(row, length).Contains(SleepStage.Unscored) ? "has unscored rows"
                : null;
            if (reason is not null)
            {
                dropped[reason] = dropped.GetValueOrDefault(reason) + 1;
                continue;
            }
            rows.Add(row);
            targets.Add(night.Stages[row + length - 1]);
        }
        return new WindowList(length, [.. rows], [.. targets], dropped);
    }
}

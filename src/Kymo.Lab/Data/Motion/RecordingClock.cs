namespace Kymo.Lab.Data.Motion;

/// <summary>What the clock of one recording may do. A grid of rows is laid over its whole span, so that a clock that jumps would be as many rows.</summary>
static class RecordingClock
{
    const double LongestStep = 3600, LongestSpan = 86_400;

    /// <summary>What is wrong with a time, and what to do; null where nothing is.</summary>
    /// <param name="first">The recording's first time, in s.</param>
    /// <param name="previous">The row before, in s.</param>
    /// <param name="now">The row, in s; not before the one above it.</param>
    public static string? Fault(double first, double previous, double now) =>
        now - previous > LongestStep
            ? FormattableString.Invariant($"the time jumps from {previous:F3} s to {now:F3} s; expected no step of more than an hour: mend the clock or cut the recording there")
        : now - first > LongestSpan ? FormattableString.Invariant($"the time is {(now - first) / 3600:F1} h after the first row's; expected a recording of at most a day: cut it")
        : null;
}

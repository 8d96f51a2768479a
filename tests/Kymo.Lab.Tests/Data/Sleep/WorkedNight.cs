using Kymo.Lab.Data.Sleep;

namespace Kymo.Lab.Tests.Data.Sleep;

/// <summary>A night of two minutes, small enough to work out by hand.</summary>
static class WorkedNight
{
    public static NightStreams Streams { get; } = new(
        "100",
        new SensorSeries("hr", [-20, .. Enumerable.Range(0, 25).Select(k => 0.4 + 5 * k)], [[55, .. Enumerable.Range(0, 25).Select(k => 60.0 + k)]]),
        new SensorSeries("motion", [.. Enumerable.Range(0, 6001).Select(m => m / 50.0)],
            [[.. Enumerable.Range(0, 6001).Select(m => m / 1000.0)], [.. Enumerable.Range(0, 6001).Select(m => -m / 1000.0)], [.. Enumerable.Repeat(1.0, 6001)]]),
        new SensorSeries("steps", [0, 60, 120], [[0, 3, 5]]),
        new SensorSeries("labels", [0, 30, 60, 90, 120], [[0, 1, 2, 3, 5]]));

    /// <summary>A constant night of n seconds with bins of steps of 600 s.</summary>
    public static NightStreams Long(int seconds) => new(
        "200",
        new SensorSeries("hr", Seconds(seconds, 5), [Constant(seconds / 5 + 1, 60)]),
        new SensorSeries("motion", Seconds(seconds, 1), [Constant(seconds + 1, 0), Constant(seconds + 1, 0), Constant(seconds + 1, 1)]),
        new SensorSeries("steps", Seconds(seconds + 600, 600), [Constant((seconds + 600) / 600 + 1, 0)]),
        new SensorSeries("labels", Seconds(seconds, 30), [Constant(seconds / 30 + 1, 2)]));

    static double[] Seconds(int seconds, int step) => [.. Enumerable.Range(0, seconds / step + 1).Select(i => (double)i * step)];

    static double[] Constant(int count, double value) => [.. Enumerable.Repeat(value, count)];
}

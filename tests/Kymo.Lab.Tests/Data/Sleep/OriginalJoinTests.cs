using Kymo.Lab.Data.Sleep;

namespace Kymo.Lab.Tests.Data.Sleep;

public sealed class OriginalJoinTests
{
    [Theory]
    [InlineData(5, 0)]
    [InlineData(15, 1)]
    [InlineData(16, 2)]
    [InlineData(25, 2)]
    [InlineData(29, 3)] // the first of two rows that are later
    [InlineData(30, 4)] // the last of two rows that are not later
    [InlineData(40, 4)]
    [InlineData(45, -1)]
    public void Nearest_row_within_ten_seconds(double time, int row) => Assert.Equal([row], NearestJoin.Find([time], [0, 10, 20, 30, 30], 10));

    [Theory]
    [InlineData(15, 0)]
    [InlineData(20, 1)]
    [InlineData(50, 2)]
    [InlineData(90, 2)]
    [InlineData(91, -1)]
    public void Nearest_label_within_an_epoch(double time, int row) => Assert.Equal([row], NearestJoin.Find([time], [0, 30, 60], 30));

    [Theory]
    [InlineData(false, 1, 0.4, new[] { 15, 30, 30, 30, 16 })]
    [InlineData(true, 1, 0.0, new[] { 16, 30, 30, 30, 15 })]
    [InlineData(false, 30, 0.4, new[] { 1, 1, 1, 1, 1 })]
    [InlineData(true, 30, 0.0, new[] { 1, 1, 1, 1, 1 })]
    public void Rows_of_the_worked_night(bool negativeTimes, int alignment, double first, int[] perLabel)
    {
        var (night, failure) = OriginalJoin.Join(WorkedNight.Streams, negativeTimes, alignment, magnitude: true);
        Assert.Null(failure);
        Assert.Equal(perLabel.Sum(), night!.Count);
        Assert.Equal(first, night.Times[0]);
        Assert.Equal(perLabel, new[] { 0, 1, 2, 3, 5 }.Select(code => night.Stages.Count(stage => stage == code)));
    }

    [Fact]
    public void Listed_rows_of_the_worked_night()
    {
        var night = OriginalJoin.Join(WorkedNight.Streams, false, 1, true).Night!;
        Row(night, 0, 0.4, [60, 0.02, -0.02, 1, 0, 1.0004], 0);
        Assert.Equal((15.4, 1), (Math.Round(night.Times[15], 9), night.Stages[15]));
        Assert.Equal((63, 0.82), (night[16][0], night[16][1]));
        Assert.Equal((30.4, 66, 3), (Math.Round(night.Times[30], 9), night[30][0], night[30][4]));
        Row(night, 120, 120.4, [84, 6, -6, 1, 5, 8.544004], 5);

        night = OriginalJoin.Join(WorkedNight.Streams, true, 1, true).Night!;
        Assert.Equal((15.0, 0), (night.Times[15], night.Stages[15]));
        Assert.Equal(0, night[30][4]);
        Assert.Equal(5, OriginalJoin.Join(WorkedNight.Streams, false, 30, true).Night![3][4]);
        Assert.Equal(3, OriginalJoin.Join(WorkedNight.Streams, true, 30, true).Night![3][4]);
    }

    [Fact]
    public void Windows_of_the_worked_night()
    {
        var windows = OriginalWindows.Find(OriginalJoin.Join(WorkedNight.Streams, false, 1, false).Night!, 30, 15);
        Assert.Equal([1, 1, 2, 2, 3, 3, 4], windows.Targets);
        Assert.Equal((30, 7), (windows.Length, windows.Count));
    }

    [Theory]
    [InlineData(30, 0)]
    [InlineData(31, 1)]
    [InlineData(45, 1)]
    [InlineData(46, 2)]
    [InlineData(61, 3)]
    [InlineData(121, 7)]
    public void Number_of_windows(int rows, int windows) => Assert.Equal(windows, OriginalWindows.Count(rows, 30, 15));

    [Fact]
    public void Scaler_is_that_of_the_population_and_leaves_what_never_changes()
    {
        var (mean, deviation) = OriginalWindows.Scaler([60, 7, 70, 7, 80, 7], 2);
        Assert.Equal([70, 7], mean);
        Assert.Equal(-1.2247449, (60 - mean[0]) / deviation[0], 1e-7);
        Assert.Equal(1, deviation[1]);
    }

    [Fact]
    public void Bins_of_ten_minutes_lose_four_rows_in_five()
    {
        var night = OriginalJoin.Join(WorkedNight.Long(28_530), false, 1, false).Night!;
        Assert.Equal(5_748, night.Count);
        var windows = OriginalWindows.Find(night, 30, 15);
        Assert.Equal(382, windows.Count);
        var acrossGaps = Enumerable.Range(0, 382).Count(k => night.Times[15 * k + 29] - night.Times[15 * k] > 29);
        Assert.Equal(91, acrossGaps);
    }

    [Fact]
    public void Windows_that_end_on_unscored_or_n4_are_left_out()
    {
        var night = OriginalJoin.Join(WorkedNight.Streams with { Labels = new SensorSeries("l", [0, 30, 60, 90, 120], [[0, -1, 4, 3, 5]]) }, false, 1, false).Night!;
        var windows = OriginalWindows.Find(night, 30, 15);
        Assert.Equal([3, 3, 4], windows.Targets);
        Assert.Equal(2, windows.Dropped["ends on code -1"]);
        Assert.Equal(2, windows.Dropped["ends on code 4"]);
    }

    [Fact]
    public void Empty_streams_and_short_overlaps_are_told_in_the_originals_words()
    {
        var empty = new SensorSeries("x", [], [[]]);
        var streams = WorkedNight.Streams;
        Assert.Equal("empty sources: heart_rate, motion", OriginalJoin.Join(
            streams with { HeartRate = empty, Motion = new SensorSeries("m", [], [[], [], []]) }, false, 1, false).Failure);
        Assert.Equal("insufficient overlapping data", OriginalJoin.Join(
            streams with { Steps = new SensorSeries("s", [0, 59], [[0, 1]]) }, false, 1, false).Failure);
        Assert.Equal("no complete rows", OriginalJoin.Join(
            streams with { HeartRate = new SensorSeries("h", [-500, 1000], [[60, 60]]) }, true, 1, false).Failure);
    }

    static void Row(NightTable night, int row, double time, double[] values, int code)
    {
        Assert.Equal(time, night.Times[row], 1e-9);
        for (var f = 0; f < values.Length; f++) Assert.Equal(values[f], night[row][f], 1e-6);
        Assert.Equal(code, night.Stages[row]);
    }
}

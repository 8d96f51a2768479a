using Kymo.Lab.Data.Sleep;

namespace Kymo.Lab.Tests.Data.Sleep;

public sealed class SleepRowsTests
{
    static readonly SleepRowOptions s_plain = new() { Motion = MotionColumns.Mean, Magnitude = true };

    [Fact]
    public void Rows_have_the_stage_of_the_epoch_that_holds_them()
    {
        var night = Make(WorkedNight.Streams, s_plain);
        // Heart rate begins at 0.4 s after a gap of 20 s and ends at 120.4 s; motion ends with second 120.
        Assert.Equal((0.0, 120.0), (night.Times[0], night.Times[^1]));
        Assert.Equal(121, night.Count);
        Assert.Equal((0, 1, 2), (night.Stages[15], night.Stages[30], night.Stages[60]));
        Assert.Equal(4, night.Stages[120]);
        Assert.Equal(["heart_rate", "motion_x", "motion_y", "motion_z", "steps", "motion_magnitude"], night.Features);
    }

    [Fact]
    public void Steps_are_held_over_their_bin()
    {
        var night = Make(WorkedNight.Streams, s_plain);
        Assert.All(Enumerable.Range(0, 60), t => Assert.Equal(0, night[t][4]));
        Assert.All(Enumerable.Range(60, 60), t => Assert.Equal(3, night[t][4]));
        Assert.Equal(5, night[120][4]);
    }

    [Fact]
    public void Heart_rate_is_interpolated_and_motion_averaged()
    {
        var night = Make(WorkedNight.Streams, s_plain);
        Assert.Equal(60 + (2 - 0.4) / 5, night[2][0], 1e-9);
        // Second 1 holds the samples 50 to 99.
        Assert.Equal(0.0745, night[1][1], 1e-9);
        Assert.Equal(Enumerable.Range(50, 50).Average(m => Math.Sqrt(2 * m / 1000.0 * m / 1000.0 + 1)), night[1][5], 1e-9);
    }

    [Fact]
    public void No_window_spans_a_gap_in_the_heart_rate()
    {
        var streams = WorkedNight.Streams;
        int[] kept = [.. Enumerable.Range(0, 26).Where(i => streams.HeartRate.Times[i] is < 40 or > 75)];
        streams = streams with { HeartRate = streams.HeartRate.Pick(kept) };
        var night = Make(streams, s_plain);
        Assert.DoesNotContain(50.0, night.Times);
        var windows = SleepWindows.Find(night, 1, 30, 15, 0, 150, UnscoredRule.Context);
        Assert.Equal([0, 90], windows.Rows.Select(row => night.Times[row]));
        Assert.Equal([0, 3], windows.Targets);
        Assert.True(windows.Dropped["across a gap"] > 0);
    }

    [Fact]
    public void First_window_is_the_first_epoch_and_the_last_full_one_is_used()
    {
        var night = Make(WorkedNight.Streams, s_plain);
        var windows = SleepWindows.Find(night, 1, 30, 15, 0, 121, UnscoredRule.Context);
        Assert.Equal([0, 15, 30, 45, 60, 75, 90], windows.Rows.Select(row => night.Times[row]));
        Assert.Equal([0, 1, 1, 2, 2, 3, 3], windows.Targets);
    }

    [Fact]
    public void Unscored_epochs_are_context_or_break()
    {
        var streams = WorkedNight.Streams with { Labels = new SensorSeries("l", [0, 30, 60, 90, 120], [[0, -1, 2, 4, 5]]) };
        var night = Make(streams, s_plain);
        Assert.Equal(SleepStage.N3, night.Stages[100]);
        var context = SleepWindows.Find(night, 1, 30, 15, 0, 121, UnscoredRule.Context);
        var broken = SleepWindows.Find(night, 1, 30, 15, 0, 121, UnscoredRule.Break);
        Assert.Equal([0, 45, 60, 75, 90], context.Rows.Select(row => night.Times[row]));
        Assert.Equal([0, 60, 75, 90], broken.Rows.Select(row => night.Times[row]));
    }

    [Fact]
    public void Summary_adds_deviation_angle_and_count()
    {
        var night = Make(WorkedNight.Long(600), new SleepRowOptions());
        Assert.Equal(["heart_rate", "motion_x", "motion_y", "motion_z", "steps", "motion_deviation", "arm_angle", "activity_count"], night.Features);
        Assert.Equal((0, 90, 0), (night[10][5], night[10][6], night[10][7]));
    }

    [Fact]
    public void Without_steps_their_file_is_not_needed()
    {
        var streams = WorkedNight.Streams with { Steps = new SensorSeries("", [], [[]]) };
        Assert.Equal("empty sources: steps", SleepRows.Make(streams, s_plain).Failure);
        Assert.DoesNotContain("steps", Make(streams, s_plain with { Steps = StepsMode.None }).Features);
    }

    [Fact]
    public void Nights_without_overlap_are_told() => Assert.Equal("insufficient overlapping data", SleepRows.Make(
        WorkedNight.Streams with { HeartRate = new SensorSeries("h", [500, 505], [[60, 60]]) }, s_plain).Failure);

    static NightTable Make(NightStreams streams, SleepRowOptions options)
    {
        var (night, failure) = SleepRows.Make(streams, options);
        Assert.Null(failure);
        return night!;
    }
}

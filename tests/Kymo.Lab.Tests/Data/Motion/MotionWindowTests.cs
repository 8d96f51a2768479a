using Kymo.Lab.Data.Motion;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Data.Motion;

/// <summary>Windows, labels and splits by the tables of the original's description.</summary>
public sealed class MotionWindowTests
{
    [Theory]
    [InlineData(1000, 450, 15, 36, 37)]
    [InlineData(1000, 300, 20, 35, 36)]
    [InlineData(220297, 450, 15, 14656, 14657)]
    [InlineData(450, 450, 15, 0, 1)]
    [InlineData(465, 450, 15, 1, 2)]
    [InlineData(449, 450, 15, 0, 0)]
    [InlineData(0, 450, 15, 0, 0)]
    public void Count_follows_both_rules(int rows, int length, int stride, int original, int ours)
    {
        Assert.Equal(ours, MotionWindows.Count(rows, new WindowOptions(length, stride)));
        Assert.Equal(original, MotionWindows.Count(rows, new WindowOptions(length, stride, OriginalCount: true)));
    }

    [Theory]
    [InlineData(0.125, 12)]
    [InlineData(0.025, 2)]
    [InlineData(0.15, 15)]
    [InlineData(0.004, 1)]
    [InlineData(null, 1)]
    public void Stride_is_rounded_with_halves_to_even(double? seconds, int rows) => Assert.Equal(rows, WindowOptions.StrideRows(seconds, 100));

    [Theory]
    [InlineData(4000, 4079, 10)]
    [InlineData(4001, 4080, 0)]
    [InlineData(4490, 4510, 0)]
    [InlineData(4491, 4511, 10)]
    public void Middle_label_is_that_of_the_frame_between(int first, int behind, int expected)
    {
        var rows = 11;
        var frames = Enumerable.Range(0, rows).Select(i => i < 10 ? first + (i * 0.1) : (double)behind).ToArray();
        var recording = new PairedRecording
        {
            Id = "w00",
            Participant = "2",
            Input = [],
            Target = [],
            Labels = [.. Enumerable.Repeat(10, rows)],
            Frames = frames,
            Spans = [new ActivitySpan(4040, 4500, 0)],
            RestLabel = 10,
        };
        Assert.Equal(expected, MotionWindows.Cut([recording], new WindowOptions(10, 10)).Windows[0].Label);
    }

    [Fact]
    public void Last_window_takes_the_last_frame_and_one_more()
    {
        var recording = new PairedRecording
        {
            Id = "w00",
            Participant = "2",
            Input = [],
            Target = [],
            Labels = [10, 10],
            Frames = [10, 11],
            Spans = [new ActivitySpan(11, 20, 3)],
            RestLabel = 10,
        };
        // (10 + 12) / 2 = 11.
        Assert.Equal(3, Assert.Single(MotionWindows.Cut([recording], new WindowOptions(2, 1)).Windows).Label);
    }

    [Fact]
    public void Pure_and_majority_rules_count_what_they_leave_out()
    {
        var recording = new PairedRecording { Id = "a", Participant = "p", Input = [], Target = [], Labels = [0, 0, 0, 0, 1, 1, 1, 1], Masked = [false, false, false, false, false, false, false, true] };
        var pure = MotionWindows.Cut([recording], new WindowOptions(3, 1, LabelRule.Pure));
        Assert.Equal([0, 0, 1], pure.Windows.Select(window => window.Label));
        Assert.Equal((2, 1), (pure.Mixed, pure.Masked));
        Assert.Equal([0, 0, 0, 1, 1], MotionWindows.Cut([recording], new WindowOptions(3, 1, LabelRule.Majority)).Windows.Select(window => window.Label));
        Assert.Equal([true, true, false, false, true], MotionWindows.Cut([recording], new WindowOptions(3, 1)).Windows.Select(window => window.Pure));
        Assert.Equal(1, MotionWindows.Cut([recording], new WindowOptions(9, 1)).Short);
    }

    [Fact]
    public void Windows_are_views()
    {
        var recording = new PairedRecording { Id = "a", Participant = "p", Input = [1, 2, 3, 4, 5, 6], Target = [7, 8, 9], Labels = [0, 0, 0] };
        var window = MotionWindows.Cut([recording], new WindowOptions(2, 1)).Windows[1];
        Assert.Equal([5f, 6f], window.Input(1, 2).ToArray());
        recording.Input[4] = 50;
        Assert.Equal([50f, 6f], window.Input(1, 2).ToArray());
        Assert.Equal([8f, 9f], window.Target(0, 2).ToArray());
    }

    [Theory]
    [InlineData("people", 0)]
    [InlineData("official_unseen", 1)]
    [InlineData("loso", 0)]
    public void Split_has_no_person_in_training_and_test(string name, int sharedWithValidation)
    {
        for (var fold = 0; fold < (name == "loso" ? 10 : 1); fold++)
        {
            var lists = MmFitSplits.Find(name, fold);
            HashSet<int> People(IReadOnlyList<string> workouts) => [.. workouts.Select(MmFitLayout.ParticipantOf)];
            Assert.Empty(People(lists.Train).Intersect(People(lists.Test)));
            Assert.True(sharedWithValidation > 0 || !People(lists.Train).Intersect(People(lists.Validation)).Any());
        }
        Assert.Equal([2, 3, 4, 9], MmFitSplits.Find("people").Test.Select(MmFitLayout.ParticipantOf).Distinct().Order());
    }

    [Fact]
    public void Shared_person_is_refused_and_named()
    {
        PairedRecording Of(string workout) => new()
        {
            Id = workout,
            Participant = MmFitLayout.ParticipantOf(workout).ToString(System.Globalization.CultureInfo.InvariantCulture),
            Input = [],
            Target = [],
            Labels = [0],
        };
        var set = new PairedSet("mmfit", "tree", "", MmFitLayout.Classes, 100, 3, 3, 3, [Of("w01"), Of("w14"), Of("w09")], []);
        var lists = new SplitLists("lists", ["w01"], ["w14"], ["w09"]);
        var error = Assert.Throws<DataException>(() => MotionSplits.Make(set, lists, false, false, out _));
        Assert.Contains("person 0 (w01 in train, w14 in val)", error.Message);
        Assert.Single(MotionSplits.Make(set, lists, false, true, out _).SharedPeople);
        Assert.Contains("lists w19", Assert.Throws<DataException>(() => MotionSplits.Make(set, lists with { Test = ["w19"] }, false, true, out _)).Message);
        Assert.Contains("leaves nothing for test", Assert.Throws<DataException>(() => MotionSplits.Make(set, lists with { Test = ["w19"] }, true, true, out _)).Message);
    }
}

using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Training;

namespace Kymo.Lab.Tests.Data;

public sealed class SplitsTests
{
    [Fact]
    public void CrossValidation_three_folds_cuts_validation_by_group()
    {
        var set = Make(folds: 3, groupsPerFold: 20, clips: 3);
        foreach (var split in Splits.CrossValidation(set, [], ValidationRule.Auto, 0.2, seed: 0))
        {
            Splits.CheckNoLeak(set, split);
            Assert.All(split.Test, index => Assert.Equal(split.Fold, set.Recordings[index].Fold));
            Assert.Equal(60, split.Test.Length);
            Assert.Empty(Groups(set, split.Validation).Intersect(Groups(set, split.Train)));
            Assert.InRange(split.Validation.Length, 12, 36);
            Assert.Equal(120, split.Train.Length + split.Validation.Length);
        }
    }

    [Fact]
    public void CrossValidation_ten_folds_takes_the_next_fold()
    {
        var set = Make(folds: 10, groupsPerFold: 4, clips: 2);
        var splits = Splits.CrossValidation(set, [], ValidationRule.Auto, 0.2, seed: 0);
        Assert.Equal(10, splits.Count);
        Assert.All(splits[0].Validation, index => Assert.Equal(2, set.Recordings[index].Fold));
        Assert.All(splits[9].Validation, index => Assert.Equal(1, set.Recordings[index].Fold));
        Assert.All(splits, split => Assert.Equal(64, split.Train.Length));
    }

    [Fact]
    public void CrossValidation_recording_in_two_folds_leaves_training()
    {
        var set = Make(folds: 3, groupsPerFold: 10, clips: 2);
        var shared = set.Recordings.Select(recording => recording.Group is "1/0" or "2/0" ? recording with { Group = "both" } : recording).ToArray();
        set = set with { Recordings = shared };
        var first = Splits.CrossValidation(set, [], ValidationRule.Cut, 0.2, seed: 0)[0];
        Splits.CheckNoLeak(set, first);
        Assert.Equal(2, first.Dropped.Length);
        Assert.Equal(20, first.Test.Length);
    }

    [Fact]
    public void CheckNoLeak_group_on_both_sides_is_refused()
    {
        var set = Make(folds: 2, groupsPerFold: 2, clips: 2);
        var error = Assert.Throws<ConfigException>(() => Splits.CheckNoLeak(set, new Split(1, [0, 2], [], [1], [])));
        Assert.Contains("1/0", error.Message);
    }

    [Fact]
    public void CrossValidation_unknown_fold_lists_those_that_exist()
    {
        var set = Make(folds: 3, groupsPerFold: 4, clips: 1);
        var error = Assert.Throws<ConfigException>(() => Splits.CrossValidation(set, [1, 7], ValidationRule.Auto, 0.2, 0));
        Assert.Contains("no fold 7; the data hold the folds 1, 2, 3", error.Message);
    }

    [Fact]
    public void CrossValidation_with_one_fold_held_out_is_the_same_split_as_among_all()
    {
        var set = Make(folds: 6, groupsPerFold: 4, clips: 2);
        var all = Splits.CrossValidation(set, [], ValidationRule.Auto, 0.2, 0);
        var one = Assert.Single(Splits.CrossValidation(set, [], ValidationRule.Auto, 0.2, 0, heldOut: [4]));
        var same = all.Single(split => split.Fold == 4);
        Assert.Equal(same.Train, one.Train);
        Assert.Equal(same.Validation, one.Validation);
        Assert.Equal(same.Test, one.Test);
        Assert.Contains("fold 9 does not take part", Assert.Throws<ConfigException>(
            () => Splits.CrossValidation(set, [], ValidationRule.Auto, 0.2, 0, heldOut: [9])).Message);
    }

    [Fact]
    public void CrossValidation_test_fold_rule_validates_on_the_test_part()
    {
        var split = Splits.CrossValidation(Make(3, 4, 1), [], ValidationRule.TestFold, 0.2, 0)[0];
        Assert.Equal(split.Test, split.Validation);
    }

    [Fact]
    public void WithFolds_made_by_group_keeps_groups_whole_and_sizes_even()
    {
        var set = Make(folds: 1, groupsPerFold: 30, clips: 4);
        set = set with { Recordings = [.. set.Recordings.Select(recording => recording with { Fold = 0 })] };
        var folded = Splits.WithFolds(set, 5, new RandomStream(0, "folds"));
        Assert.All(folded.Recordings.GroupBy(recording => recording.Group), group => Assert.Single(group.Select(recording => recording.Fold).Distinct()));
        Assert.All(folded.Recordings.CountBy(recording => recording.Fold), fold => Assert.InRange(fold.Value, 20, 28));
        Assert.Equal(folded.Recordings, Splits.WithFolds(set, 5, new RandomStream(0, "folds")).Recordings);
    }

    static IEnumerable<string> Groups(RecordingSet set, int[] indices) => indices.Select(index => set.Recordings[index].Group).Distinct();

    static RecordingSet Make(int folds, int groupsPerFold, int clips)
    {
        var recordings =
            from fold in Enumerable.Range(1, folds)
            from part in Enumerable.Range(0, groupsPerFold)
            from clip in Enumerable.Range(0, clips)
            select new Recording($"{fold}/{part}/{clip}", "", part % 2, fold, $"{fold}/{part}");
        return new RecordingSet("made", "", "none", ["a", "b"], [.. recordings], []);
    }
}

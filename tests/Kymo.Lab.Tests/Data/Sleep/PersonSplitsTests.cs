using Kymo.Config;
using Kymo.Lab.Data.Sleep;

namespace Kymo.Lab.Tests.Data.Sleep;

public sealed class PersonSplitsTests
{
    static readonly Dictionary<string, int> s_rows = Enumerable.Range(0, 25).ToDictionary(i => $"p{i}", i => 300 + i * 37 % 400);

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    public void Nobody_stands_on_two_sides_and_everybody_is_reported_once(int folds) =>
        Check(PersonSplits.CrossValidation(s_rows, folds, 0.15, 3), folds);

    [Fact]
    public void Leaving_one_out_reports_everybody_once() => Check(PersonSplits.LeaveOneOut(s_rows, 0.15, 3), 25);

    [Fact]
    public void Held_out_people_are_the_asked_share()
    {
        var split = PersonSplits.HoldOut(s_rows, 0.8, 0.15, 3)[0];
        Assert.Equal((17, 3, 5), (split.Train.Count, split.Validation.Count, split.Test.Count));
    }

    [Fact]
    public void The_order_of_people_changes_nothing()
    {
        var reversed = s_rows.Reverse().ToDictionary();
        Assert.Equal(Text(PersonSplits.CrossValidation(s_rows, 5, 0.15, 3)), Text(PersonSplits.CrossValidation(reversed, 5, 0.15, 3)));
    }

    [Fact]
    public void A_person_in_two_parts_is_refused() =>
        Assert.Contains("p1", Assert.Throws<ConfigException>(() => PersonSplits.CheckNoLeak(new PersonSplit(1, ["p1", "p2"], ["p3"], ["p1"]))).Message);

    [Theory]
    [InlineData(1)]
    [InlineData(26)]
    public void Impossible_numbers_of_folds_are_refused(int folds) =>
        Assert.Contains("split.folds", Assert.Throws<ConfigException>(() => PersonSplits.CrossValidation(s_rows, folds, 0.15, 3)).Message);

    static void Check(IReadOnlyList<PersonSplit> splits, int folds)
    {
        Assert.Equal(folds, splits.Count);
        Assert.Equal(s_rows.Keys.Order(), splits.SelectMany(split => split.Test).Order());
        foreach (var split in splits)
        {
            Assert.Equal(25, split.Train.Concat(split.Validation).Concat(split.Test).Distinct().Count());
            Assert.True(split.Validation.Count >= 2);
        }
    }

    static string Text(IReadOnlyList<PersonSplit> splits) =>
        string.Join(';', splits.Select(split => string.Join(',', split.Train) + "|" + string.Join(',', split.Validation) + "|" + string.Join(',', split.Test)));
}

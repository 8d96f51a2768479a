using Kymo.Lab.Metrics;

namespace Kymo.Lab.Tests.Metrics;

public sealed class BootstrapTests
{
    static readonly BootstrapOptions s_options = new() { Seed = 7 };

    [Fact]
    public void Intervals_from_the_counts_of_groups_are_those_of_their_items()
    {
        var items = Items.Random(4, 300, 9);
        string[] groups = [.. Enumerable.Range(0, 300).Select(i => $"g{i * i % 17}")];
        var counts = groups.Index().GroupBy(item => item.Item)
            .Select(group => ConfusionMatrix.Of(4, [.. group.Select(item => items.Truth[item.Index])], [.. group.Select(item => items.Predicted[item.Index])])).ToArray();
        var options = new BootstrapOptions { Resamples = 200, Seed = 3 };
        Assert.Equal(BootstrapInterval.Of(items.Truth, items.Predicted, groups, 4, CohenKappa.Of, options), BootstrapInterval.OfGroups(counts, CohenKappa.Of, options));
    }

    [Fact]
    public void SplitMix64_gives_the_published_numbers()
    {
        // First outputs for seed 1234567, from the reference implementation.
        var generator = new SplitMix64(1234567);
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431,
            16408922859458223821];
        foreach (var number in expected) Assert.Equal(number, generator.Next());
    }

    [Fact]
    public void Numbers_below_a_bound_are_all_reached_and_even()
    {
        var generator = new SplitMix64(1);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++) counts[generator.Below(7)]++;
        Assert.All(counts, c => Assert.InRange(c, 9_600, 10_400));
    }

    [Fact]
    public void Interval_of_an_accuracy_is_near_the_normal_one_and_repeats()
    {
        var items = Items.Random(3, 400, 11);
        var first = BootstrapInterval.Of(items.Truth, items.Predicted, null, 3, Accuracy.Of, s_options);
        var second = BootstrapInterval.Of(items.Truth, items.Predicted, null, 3, Accuracy.Of, s_options);
        Assert.Equal(first, second);
        var p = first.Estimate;
        var half = 1.96 * Math.Sqrt(p * (1 - p) / 400);
        Assert.Equal(p - half, first.Low, 0.006);
        Assert.Equal(p + half, first.High, 0.006);
        Assert.Equal((2000, 0, 400, 0.95), (first.Resamples, first.Undefined, first.Groups, first.Level));
    }

    [Fact]
    public void Another_seed_draws_otherwise()
    {
        double[] values = [.. Enumerable.Range(1, 50).Select(i => Math.Sqrt(i))];
        Assert.NotEqual(BootstrapInterval.OfMean(values, s_options).Low,
            BootstrapInterval.OfMean(values, s_options with { Seed = 8 }).Low);
    }

    [Fact]
    public void One_group_says_nothing_of_the_spread_between_groups()
    {
        int[] truth = [0, 1, 0, 1], predicted = [0, 1, 1, 1];
        string[] one = ["a", "a", "a", "a"];
        var interval = BootstrapInterval.Of(truth, predicted, one, 2, Accuracy.Of, s_options);
        Assert.Equal((0.75, double.NaN, double.NaN, 1), (interval.Estimate, interval.Low, interval.High, interval.Groups));
        Assert.Equal(("no interval", null, null), (interval.Range("0.000"), interval.LowOrNull, interval.HighOrNull));
        Assert.Equal(double.NaN, PairedBootstrap.Of(truth, predicted, truth, one, 2, Accuracy.Of, s_options).P);
        Assert.Matches(@"^0\.\d{3} to 1\.000$", BootstrapInterval.Of(truth, predicted, null, 2, Accuracy.Of, s_options).Range("0.000"));
    }

    [Fact]
    public void Groups_drawn_whole_widen_the_interval_of_dependent_items()
    {
        // Ten recordings of forty items each, all right or all wrong.
        var truth = new int[400];
        int[] predicted = [.. Enumerable.Range(0, 400).Select(i => i / 40 % 2)];
        string[] groups = [.. Enumerable.Range(0, 400).Select(i => $"r{i / 40}")];
        var single = BootstrapInterval.Of(truth, predicted, null, 2, Accuracy.Of, s_options);
        var grouped = BootstrapInterval.Of(truth, predicted, groups, 2, Accuracy.Of, s_options);
        Assert.Equal(0.5, grouped.Estimate);
        Assert.Equal(10, grouped.Groups);
        Assert.True(grouped.High - grouped.Low > 5 * (single.High - single.Low));
        // Of 10 fair draws the middle 95 % lie between 2 and 8.
        Assert.Equal((0.2, 0.8), (grouped.Low, grouped.High));
    }

    [Fact]
    public void A_score_undefined_in_some_draws_is_left_out_there_and_counted()
    {
        // Two items, one class predicted: a draw of the same class twice has no kappa.
        var interval = BootstrapInterval.Of([0, 1], [0, 1], null, 2, CohenKappa.Of, s_options);
        Assert.InRange(interval.Undefined, 900, 1100);
        Assert.Equal((1.0, 1.0, 1.0), (interval.Estimate, interval.Low, interval.High));
    }

    [Fact]
    public void Interval_of_a_mean_of_folds()
    {
        var interval = BootstrapInterval.OfMean([0.5, 0.6, 0.7], s_options);
        Assert.Equal(0.6, interval.Estimate, 1e-12);
        Assert.Equal((0.5, 0.7, 3), (Math.Round(interval.Low, 9), Math.Round(interval.High, 9), interval.Groups));
        Assert.Throws<ArgumentException>(() => BootstrapInterval.OfMean([], s_options));
    }

    [Fact]
    public void Paired_comparison_tells_a_better_classifier_from_an_equal_one()
    {
        var items = Items.Random(3, 600, 21);
        var same = PairedBootstrap.Of(items.Truth, items.Predicted, items.Predicted, items.Groups, 3, Accuracy.Of, s_options);
        Assert.Equal((0.0, 0.0, 0.0, 1.0), (same.Difference.Estimate, same.Difference.Low, same.Difference.High, same.P));
        var better = PairedBootstrap.Of(items.Truth, items.Other, items.Predicted, items.Groups, 3, Accuracy.Of, s_options);
        var expected = Accuracy.Of(ConfusionMatrix.Of(3, items.Truth, items.Predicted))
            - Accuracy.Of(ConfusionMatrix.Of(3, items.Truth, items.Other));
        Assert.Equal(expected, better.Difference.Estimate, 1e-12);
        Assert.InRange(better.Difference.Estimate, better.Difference.Low, better.Difference.High);
        Assert.True(better.P < 0.05, $"p = {better.P}");
        Assert.Equal(150, better.Difference.Groups);
    }

    [Fact]
    public void Options_out_of_range_and_uneven_lists_are_refused()
    {
        Assert.Throws<ArgumentException>(() => BootstrapInterval.Of([0], [0], null, 2, Accuracy.Of, new() { Level = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            BootstrapInterval.Of([0], [0], null, 2, Accuracy.Of, new() { Resamples = 0 }));
        Assert.Throws<ArgumentException>(() => BootstrapInterval.Of([0, 1], [0, 1], ["a"], 2, Accuracy.Of, s_options));
        Assert.Throws<ArgumentException>(() => BootstrapInterval.Of([], [], null, 2, Accuracy.Of, s_options));
    }
}

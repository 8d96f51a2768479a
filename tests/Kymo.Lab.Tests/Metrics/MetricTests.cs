using Kymo.Lab.Metrics;

namespace Kymo.Lab.Tests.Metrics;

public sealed class MetricTests
{
    static readonly int[] s_truth = [0, 0, 1, 1, 2, 2, 2, 3, 4, 4];
    static readonly int[] s_predicted = [0, 1, 1, 1, 2, 2, 3, 3, 4, 2];

    [Fact]
    public void Scores_of_a_worked_example()
    {
        var matrix = ConfusionMatrix.Of(5, s_truth, s_predicted);
        Assert.Equal(0.7, Accuracy.Of(matrix), 1e-15);
        Assert.Equal((0.5 + 1 + 2.0 / 3 + 1 + 0.5) / 5, BalancedAccuracy.Of(matrix), 1e-15);
        Assert.Equal(0.7333333, BalancedAccuracy.Of(matrix), 1e-7);
        // Row sums 2 2 3 1 2, column sums 1 3 3 2 1: expected agreement (2 + 6 + 9 + 2 + 2) / 100.
        Assert.Equal((0.7 - 0.21) / (1 - 0.21), CohenKappa.Of(matrix), 1e-15);
        var wake = ClassScores.Of(matrix, 2);
        Assert.Equal((2.0 / 3, 2.0 / 3, 2.0 / 3, 3L), (wake.Precision, wake.Recall, wake.F1, wake.Support));
    }

    [Fact]
    public void Macro_f1_over_all_and_over_present_classes_differ_when_classes_are_missing()
    {
        var matrix = ConfusionMatrix.Of(11, [0, 0, 1, 10], [0, 1, 1, 10]);
        Assert.Equal(0.2121212, MacroScores.Of(matrix).F1, 1e-7);
        Assert.Equal(0.7777778, MacroScores.Of(matrix, AveragedClasses.Present).F1, 1e-7);
    }

    [Fact]
    public void Scores_of_no_items_are_not_numbers()
    {
        var empty = new ConfusionMatrix(3);
        var macro = MacroScores.Of(empty);
        Assert.All([Accuracy.Of(empty), BalancedAccuracy.Of(empty), macro.F1, macro.Precision, macro.Recall, CohenKappa.Of(empty),
            LogLoss.Of([], [], 3), TopKAccuracy.Of([], [], 3, 1), CalibrationError.Of([], [], 3), MeanAndDeviation.Of([]).Mean],
            value => Assert.Equal(double.NaN, value));
        Assert.All(ClassScores.Of(empty), s => Assert.Equal(default, s));
    }

    [Fact]
    public void One_class_everywhere_is_all_right_but_has_no_kappa()
    {
        var matrix = ConfusionMatrix.Of(3, [1, 1, 1], [1, 1, 1]);
        Assert.Equal(1, Accuracy.Of(matrix));
        Assert.Equal(1, BalancedAccuracy.Of(matrix));
        Assert.Equal(1.0 / 3, MacroScores.Of(matrix).F1, 1e-15);
        Assert.Equal(1, MacroScores.Of(matrix, AveragedClasses.Present).F1);
        Assert.Equal(double.NaN, CohenKappa.Of(matrix));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Merge_of_parts_is_the_whole(int seed)
    {
        var items = Items.Random(4, 97, seed);
        var merged = new ConfusionMatrix(4);
        for (var from = 0; from < 97; from += 10)
        {
            var to = Math.Min(from + 10, 97);
            merged.Merge(ConfusionMatrix.Of(4, items.Truth.AsSpan(from..to), items.Predicted.AsSpan(from..to)));
        }
        var whole = ConfusionMatrix.Of(4, items.Truth, items.Predicted);
        for (var t = 0; t < 4; t++)
            for (var p = 0; p < 4; p++) Assert.Equal(whole[t, p], merged[t, p]);
        Assert.Equal(97, merged.Total);
        Assert.Equal(MacroScores.Of(whole), MacroScores.Of(merged));
    }

    [Fact]
    public void Confusion_matrix_refuses_what_does_not_fit()
    {
        var matrix = new ConfusionMatrix(3);
        Assert.Contains("classes are 0 to 2", Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add(0, 3)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Add(-1, 0));
        Assert.Throws<ArgumentException>(() => matrix.Merge(new ConfusionMatrix(4)));
        Assert.Throws<ArgumentException>(() => ConfusionMatrix.Of(3, [0, 1], [0]));
    }

    [Fact]
    public void Log_loss_of_worked_values()
    {
        float[] probabilities = [0.5f, 0.25f, 0.25f, 0.125f, 0.75f, 0.125f];
        Assert.Equal((Math.Log(2) + Math.Log(8)) / 2, LogLoss.Of(probabilities, [0, 2], 3), 1e-12);
        Assert.Equal(-Math.Log(LogLoss.SmallestProbability), LogLoss.Of([1, 0], [1], 2), 1e-9);
    }

    [Fact]
    public void Probabilities_that_are_none_are_refused()
    {
        Assert.Contains("sum to", Assert.Throws<ArgumentException>(() => LogLoss.Of([0.5f, 0.4f], [0], 2)).Message);
        Assert.Throws<ArgumentException>(() => LogLoss.Of([float.NaN, 1], [0], 2));
        Assert.Throws<ArgumentException>(() => TopKAccuracy.Of([0.5f, 0.5f], [2], 2, 1));
        Assert.Throws<ArgumentException>(() => CalibrationError.Of([0.5f, 0.5f, 1], [0], 2));
    }

    [Fact]
    public void Top_k_of_equal_probabilities_prefers_the_lower_class()
    {
        float[] even = [0.25f, 0.25f, 0.25f, 0.25f];
        Assert.Equal(1, TopKAccuracy.Of(even, [1], 4, 2));
        Assert.Equal(0, TopKAccuracy.Of(even, [2], 4, 2));
        Assert.Equal(1, TopKAccuracy.Of(even, [3], 4, 4));
    }

    [Fact]
    public void Calibration_error_of_worked_values()
    {
        // Two items at 0.9, one right: |0.5 - 0.9|. One at 0.6, right: |1 - 0.6|.
        float[] probabilities = [0.9f, 0.1f, 0.9f, 0.1f, 0.4f, 0.6f];
        Assert.Equal(2.0 / 3 * 0.4 + 1.0 / 3 * 0.4, CalibrationError.Of(probabilities, [0, 1, 1], 2), 1e-6);
        Assert.Equal(0, CalibrationError.Of([1, 0], [0], 2));
    }

    [Fact]
    public void Mean_has_both_deviations()
    {
        var spread = MeanAndDeviation.Of([2, 4, 4, 4, 5, 5, 7, 9]);
        Assert.Equal((8, 5.0, 2.0), (spread.Count, spread.Mean, spread.PopulationDeviation));
        Assert.Equal(Math.Sqrt(32.0 / 7), spread.SampleDeviation, 1e-15);
        Assert.Equal(double.NaN, MeanAndDeviation.Of([3]).SampleDeviation);
    }

    [Theory]
    [InlineData(0, 0, 1, 1)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(0, 5, 2 / 32.0, 1 / 32.0)]
    [InlineData(8, 2, 2 * 56 / 1024.0, (2 * 56 - 45) / 1024.0)]
    public void McNemar_of_worked_counts(long first, long second, double exact, double mid)
    {
        var test = McNemar.Of(first, second);
        Assert.Equal(exact, test.ExactP, 1e-12);
        Assert.Equal(mid, test.MidP, 1e-12);
        Assert.Equal(test.ExactP, McNemar.Of(second, first).ExactP);
    }

    [Fact]
    public void McNemar_holds_for_large_counts()
    {
        // The normal approximation with half the weight on the observed count: z = 500 / sqrt(100500).
        var test = McNemar.Of(50_000, 50_500);
        Assert.Equal(0.1147, test.MidP, 2e-4);
        Assert.InRange(test.ExactP, test.MidP, test.MidP + 0.001);
    }
}

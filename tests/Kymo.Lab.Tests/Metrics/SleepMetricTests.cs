using Kymo.Lab.Metrics;

namespace Kymo.Lab.Tests.Metrics;

public sealed class SleepMetricTests
{
    // W W N1 N2 N2 W N3 REM REM W
    static readonly int[] s_night = [0, 0, 1, 2, 2, 0, 3, 4, 4, 0];

    [Fact]
    public void Correlation_of_a_worked_example()
    {
        var matrix = ConfusionMatrix.Of(5, [0, 0, 1, 1, 2, 2, 2, 3, 4, 4], [0, 1, 1, 1, 2, 2, 3, 3, 4, 2]);
        Assert.Equal(0.6364173, MatthewsCorrelation.Of(matrix), 1e-7);
        Assert.Equal(0, MatthewsCorrelation.Of(ConfusionMatrix.Of(2, [0, 1, 1], [1, 1, 1])));
        Assert.Equal(double.NaN, MatthewsCorrelation.Of(new ConfusionMatrix(2)));
    }

    [Fact]
    public void Specificity_is_the_share_of_others_that_are_not_called_so()
    {
        var matrix = ConfusionMatrix.Of(3, [0, 0, 1, 1, 2], [0, 1, 1, 0, 0]);
        Assert.Equal(1.0 / 3, Specificity.Of(matrix, 0), 1e-15);
        Assert.Equal(2.0 / 3, Specificity.Of(matrix, 1), 1e-15);
        Assert.Equal(1, Specificity.Of(matrix, 2));
        Assert.Equal(0, Specificity.Of(ConfusionMatrix.Of(2, [0, 0], [0, 0]), 0));
    }

    [Fact]
    public void Brier_of_certain_and_even_answers()
    {
        Assert.Equal(0, BrierScore.Of([1, 0, 0, 1], [0, 1], 2));
        Assert.Equal(2, BrierScore.Of([0, 1], [0], 2));
        Assert.Equal(0.5, BrierScore.Of([0.5f, 0.5f], [0], 2), 1e-12);
    }

    [Fact]
    public void Measures_of_ten_epochs()
    {
        var night = NightMeasures.Of(s_night, 5, 4);
        Assert.Equal((5.0, 1.0), (night.TimeInBed, night.OnsetLatency));
        Assert.Equal([3.0, 1.0, 0.6, 2.5], [night.TotalSleep!.Value, night.WakeAfterOnset!.Value, night.Efficiency!.Value, night.RemLatency!.Value]);
        Assert.Equal(2, night.Awakenings);
        Assert.Equal([2.0, 0.5, 1.0, 0.5, 1.0], night.PerStage);
    }

    [Fact]
    public void A_night_without_sleep_has_only_a_latency()
    {
        var night = NightMeasures.Of([0, 0, 0], 5, 4);
        Assert.Equal((1.5, 1.5), (night.TimeInBed, night.OnsetLatency));
        Assert.All(night.Values.Skip(2), Assert.Null);
    }

    [Fact]
    public void Sleep_without_rem_has_no_rem_latency() => Assert.Null(NightMeasures.Of([0, 1, 2], 5, 4).RemLatency);

    [Fact]
    public void Curve_of_a_worked_example()
    {
        // Sleep 0.9 0.8 0.4, wake 0.6 0.2: of six pairs one is the wrong way round.
        var curve = new SleepWakeCurve([0.9, 0.8, 0.4, 0.6, 0.2], [true, true, true, false, false]);
        Assert.Equal(5.0 / 6, curve.Area, 1e-12);
        var point = curve.At(2.0 / 3);
        Assert.Equal((1.0, 0.8), (point.Specificity, point.Threshold));
        Assert.Equal(0.8, point.Accuracy, 1e-12);
        Assert.Equal((0.8 - 0.48) / 0.52, point.Kappa, 1e-12);
        Assert.Equal(0.5, curve.At(1).Specificity, 1e-12);
    }

    [Fact]
    public void Curve_of_ties_and_of_one_class()
    {
        Assert.Equal(0.5, new SleepWakeCurve([0.5, 0.5, 0.5], [true, false, false]).Area, 1e-12);
        Assert.Equal(double.NaN, new SleepWakeCurve([0.5, 0.6], [true, true]).At(0.9).Kappa);
    }

    [Fact]
    public void Area_and_correlation_equal_scikit_learn()
    {
        var random = new Random(3);
        var truth = Enumerable.Range(0, 300).Select(_ => random.Next(2) == 1).ToArray();
        var scores = truth.Select(sleep => Math.Round(random.NextDouble() + (sleep ? 0.3 : 0), 2)).ToArray();
        using var folder = new TempFolder();
        File.WriteAllText(folder["in.json"], System.Text.Json.JsonSerializer.Serialize(new { truth = truth.Select(sleep => sleep ? 1 : 0), scores }));
        var answer = Oracle.Ask("sleep_wake.py", ["sklearn"], folder["in.json"]).Split(' ').Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(answer[0], new SleepWakeCurve(scores, truth).Area, 1e-12);
        var matrix = ConfusionMatrix.Of(2, [.. truth.Select(sleep => sleep ? 1 : 0)], [.. scores.Select(score => score > 0.6 ? 1 : 0)]);
        Assert.Equal(answer[1], MatthewsCorrelation.Of(matrix), 1e-12);
    }

    [Fact]
    public void Agreement_of_worked_pairs()
    {
        var agreement = BlandAltman.Of([(10, 12), (20, 21), (30, 36), (null, 5)]);
        Assert.Equal(3, agreement.Count);
        Assert.Equal(3, agreement.Bias, 1e-12);
        // Differences 2 1 6: deviation √7.
        Assert.Equal(3 - 1.96 * Math.Sqrt(7), agreement.LowerLimit, 1e-12);
        Assert.Equal(3 + 1.96 * Math.Sqrt(7), agreement.UpperLimit, 1e-12);
        Assert.Equal(1.96 * Math.Sqrt(7.0 / 3), agreement.BiasInterval, 1e-12);
        // Means 11 20.5 33.
        double[] means = [11 - 21.5, 20.5 - 21.5, 33 - 21.5];
        Assert.Equal((means[0] * -1 + means[1] * -2 + means[2] * 3) / means.Sum(m => m * m), agreement.Slope, 1e-12);
    }

    [Fact]
    public void Logistic_regression_equals_scikit_learn()
    {
        var random = new Random(4);
        const int n = 240, features = 3;
        var labels = Enumerable.Range(0, n).Select(i => i % 7 == 0 ? 2 : i % 2).ToArray();
        var rows = new float[n * features];
        for (var i = 0; i < rows.Length; i++) rows[i] = (float)(random.NextDouble() * 2 + (i % features == labels[i / features] ? 0.8 : 0));
        using var folder = new TempFolder();
        File.WriteAllText(folder["in.json"], System.Text.Json.JsonSerializer.Serialize(new { labels, rows = rows.Chunk(features) }));
        var expected = Oracle.Ask("logistic.py", ["sklearn", "numpy"], folder["in.json"]).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(text => float.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var actual = LogisticRegression.Fit(rows, labels, 3, balanced: true).Predict(rows);
        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 0, 2e-3);
    }
}

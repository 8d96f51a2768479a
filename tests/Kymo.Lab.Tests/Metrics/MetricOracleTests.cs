using System.Text.Json;
using Kymo.Lab.Metrics;

namespace Kymo.Lab.Tests.Metrics;

public sealed class MetricOracleTests
{
    [Theory]
    [InlineData(2, 40, 1)]
    [InlineData(3, 500, 2)]
    [InlineData(11, 300, 3)]
    [InlineData(10, 12, 4)] // some classes occur nowhere
    public void All_metrics_of_random_items_equal_the_oracle(int classes, int count, int seed)
    {
        var items = Items.Random(classes, count, seed);
        using var folder = new TempFolder();
        File.WriteAllText(folder["items.json"], JsonSerializer.Serialize(items.ForOracle()));
        using var answer = JsonDocument.Parse(Oracle.Ask("metrics.py", ["sklearn", "scipy"], folder["items.json"]));
        var expected = answer.RootElement;

        var matrix = ConfusionMatrix.Of(classes, items.Truth, items.Predicted);
        var cells = from t in Enumerable.Range(0, classes) from p in Enumerable.Range(0, classes) select (double)matrix[t, p];
        Equal(expected.GetProperty("confusion"), cells);
        Equal(expected.GetProperty("accuracy"), Accuracy.Of(matrix));
        Equal(expected.GetProperty("balanced_accuracy"), BalancedAccuracy.Of(matrix));
        Equal(expected.GetProperty("macro_all"), Values(MacroScores.Of(matrix)));
        Equal(expected.GetProperty("macro_present"), Values(MacroScores.Of(matrix, AveragedClasses.Present)));
        Equal(expected.GetProperty("kappa"), CohenKappa.Of(matrix));
        var perClass = ClassScores.Of(matrix);
        for (var c = 0; c < classes; c++)
            Equal(expected.GetProperty("per_class")[c],
                [perClass[c].Precision, perClass[c].Recall, perClass[c].F1, perClass[c].Support]);

        Equal(expected.GetProperty("log_loss"), LogLoss.Of(items.Probabilities, items.Truth, classes));
        Equal(expected.GetProperty("calibration_error"), CalibrationError.Of(items.Probabilities, items.Truth, classes));
        Equal(expected.GetProperty("top2"), TopKAccuracy.Of(items.Probabilities, items.Truth, classes, 2));
        Equal(expected.GetProperty("mcnemar_exact"), McNemar.Of(items.Truth, items.Predicted, items.Other).ExactP);
    }

    [Fact]
    public void Percentiles_and_deviations_equal_the_oracle()
    {
        var items = Items.Random(3, 101, 5);
        using var folder = new TempFolder();
        File.WriteAllText(folder["items.json"], JsonSerializer.Serialize(items.ForOracle()));
        using var answer = JsonDocument.Parse(Oracle.Ask("metrics.py", ["sklearn", "scipy"], folder["items.json"]));

        var first = Enumerable.Range(0, 101).Select(i => (double)items.Probabilities[3 * i]).ToArray();
        var spread = MeanAndDeviation.Of(first);
        Equal(answer.RootElement.GetProperty("deviations"), [spread.Mean, spread.PopulationDeviation, spread.SampleDeviation]);
        Array.Sort(first);
        double[] shares = [0, 0.025, 0.5, 0.975, 1];
        Equal(answer.RootElement.GetProperty("quantiles"), shares.Select(s => BootstrapInterval.Percentile(first, s)));
    }

    static double[] Values(MacroScores scores) => [scores.Precision, scores.Recall, scores.F1];

    static void Equal(JsonElement expected, double actual) => Assert.Equal(expected.GetDouble(), actual, 1e-12);

    static void Equal(JsonElement expected, IEnumerable<double> actual)
    {
        var values = actual.ToArray();
        Assert.Equal(expected.GetArrayLength(), values.Length);
        for (var i = 0; i < values.Length; i++) Equal(expected[i], values[i]);
    }
}

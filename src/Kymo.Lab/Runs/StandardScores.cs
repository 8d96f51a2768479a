using Kymo.Lab.Metrics;

namespace Kymo.Lab.Runs;

/// <summary>The scores every run of a kind reports, by the names its tables use.</summary>
public static class StandardScores
{
    /// <summary>The six scores of a classification run.</summary>
    /// <param name="loss">Mean loss as trained on, in nats.</param>
    /// <param name="matrix">Counts of the items.</param>
    /// <param name="classes">Classes the macro averages run over; all, unless old numbers are to be matched.</param>
    public static Dictionary<string, double> Classification(
        double loss, ConfusionMatrix matrix, AveragedClasses classes = AveragedClasses.All)
    {
        var macro = MacroScores.Of(matrix, classes);
        return new Dictionary<string, double>
        {
            ["loss"] = loss,
            ["acc"] = Accuracy.Of(matrix),
            ["f1_macro"] = macro.F1,
            ["precision_macro"] = macro.Precision,
            ["recall_macro"] = macro.Recall,
            ["balanced_acc"] = BalancedAccuracy.Of(matrix),
        };
    }

    /// <summary>Mean squared and mean absolute error over all items and targets, as <c>mse</c> and <c>mae</c>.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static (double Mse, double Mae) Regression(IReadOnlyList<NumberPrediction> predictions)
    {
        double squares = 0, distances = 0;
        long count = 0;
        foreach (var p in predictions)
        {
            if (p.Truth.Length != p.Predicted.Length)
                throw new ArgumentException($"{p.Id}: {p.Truth.Length} true values, {p.Predicted.Length} predicted");
            for (var i = 0; i < p.Truth.Length; i++, count++)
            {
                var error = p.Predicted[i] - p.Truth[i];
                squares += error * error;
                distances += Math.Abs(error);
            }
        }
        return (squares / count, distances / count);
    }
}

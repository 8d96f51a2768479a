using Kymo.Lab.Data.Motion;
using Kymo.Lab.Metrics;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>What costs nothing: rivals that every run prints beside its networks.</summary>
static class ActivityBaselines
{
    const int KnownWindows = 4000;

    /// <summary>The nearest training window by hand statistics, and the class that occurs most.</summary>
    public static IReadOnlyList<(string Name, ConfusionMatrix Test)> Classes(ActivityData data, int[] test)
    {
        // The rivals may use the validation part too: they choose no epoch.
        int[] known = [.. data.Train.Concat(data.Validation)];
        var step = Math.Max(1, known.Length / KnownWindows);
        int[] some = [.. known.Where((_, i) => i % step == 0)];
        int[] Labels(IEnumerable<int> indices) => [.. indices.Select(index => data.Windows[index].Label)];
        var neighbour = new NearestNeighbour([.. some.Select(index => Describe(data, data.Windows[index]))], Labels(some));
        var (truth, classes) = (Labels(test), data.Set.Classes.Count);
        var frequent = Labels(known).CountBy(label => label).OrderByDescending(count => count.Value).ThenBy(count => count.Key).First().Key;
        return
        [
            ("nearest neighbour", ConfusionMatrix.Of(classes, truth, [.. test.Select(index => neighbour.Predict(Describe(data, data.Windows[index])))])),
            ("majority", ConfusionMatrix.Of(classes, truth, [.. test.Select(_ => frequent)])),
        ];
    }

    /// <summary>
    /// Mean squared error on windows of the training mean and of linear predictors (ridge) from the movement: of the same instant, and of
    /// the instants up to a quarter and up to half a second around it.
    /// </summary>
    public static IReadOnlyDictionary<string, double> Regression(ActivityData data, int[] test)
    {
        var windows = test.Select(index => data.Windows[index]).ToArray();
        var mean = ChannelScale.Of(data.Split.Train, data.Set.TargetChannels, recording => recording.Target).Mean;
        var result = new Dictionary<string, double>
        {
            ["training mean"] = Error(data, windows, recording => [.. Enumerable.Range(0, recording.Target.Length).Select(i => mean[i / recording.Rows])]),
        };
        foreach (var (name, lags) in new[] { ("ridge, same instant", 0), ("ridge, 0.25 s around", 5), ("ridge, 0.5 s around", 10) })
        {
            var ridge = RidgePredictor.Fit(data.Split.Train, data.Set, lags);
            result[name] = Error(data, windows, ridge.Predict);
        }
        return result;
    }

    static double Error(ActivityData data, MotionWindow[] windows, Func<PairedRecording, float[]> predict)
    {
        double sum = 0;
        var (channels, length) = (data.Set.TargetChannels, data.Length);
        foreach (var group in windows.GroupBy(window => window.Recording))
        {
            var predicted = predict(group.Key);
            foreach (var window in group)
                for (var channel = 0; channel < channels; channel++)
                {
                    var truth = window.Target(channel, length);
                    var guess = predicted.AsSpan((channel * group.Key.Rows) + window.Start, length);
                    for (var row = 0; row < length; row++) sum += (truth[row] - guess[row]) * (double)(truth[row] - guess[row]);
                }
        }
        return sum / ((double)windows.Length * channels * length);
    }

    // Mean, deviation, smallest and largest value of each channel, the difference of its halves; the same of the magnitude.
    static float[] Describe(ActivityData data, MotionWindow window)
    {
        var (channels, length) = (data.Set.TargetChannels, data.Length);
        var description = new List<float>(5 * (channels + 1));
        var magnitude = new float[length];
        for (var channel = 0; channel < channels; channel++)
        {
            var values = window.Target(channel, length);
            Describe(values, description);
            for (var row = 0; row < length; row++) magnitude[row] += values[row] * values[row];
        }
        for (var row = 0; row < length; row++) magnitude[row] = MathF.Sqrt(magnitude[row]);
        Describe(magnitude, description);
        return [.. description];
    }

    static void Describe(ReadOnlySpan<float> values, List<float> into)
    {
        var (sum, squares, low, high, first) = (0.0, 0.0, float.MaxValue, float.MinValue, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            sum += values[i];
            squares += (double)values[i] * values[i];
            (low, high) = (Math.Min(low, values[i]), Math.Max(high, values[i]));
            if (i < values.Length / 2) first += values[i];
        }
        var mean = sum / values.Length;
        var deviation = Math.Sqrt(Math.Max((squares / values.Length) - (mean * mean), 0));
        into.AddRange([(float)mean, (float)deviation, low, high, (float)((sum - (2 * first)) / values.Length)]);
    }
}

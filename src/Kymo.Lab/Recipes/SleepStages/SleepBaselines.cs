using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Metrics;
using Kymo.Lab.Training;
using Kymo.Torch;
using Kymo.Torch.Layers;
using Kymo.Torch.Optimizers;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>
/// Rivals that every network stands beside: the stage that occurs most, logistic regression on the epoch (or window) alone and with
/// context, and, on the published features, the small network of Walch et al. 2019.
/// </summary>
static class SleepBaselines
{
    static readonly int[] s_context = [5, 11, 21, 41, 121];
    static readonly string[] s_published = ["log_activity_count", "hr_std_feature", "clock"];

    /// <summary>Learns on some windows and answers for others.</summary>
    /// <param name="config">Classes and seed.</param>
    /// <param name="nights">The nights.</param>
    /// <param name="split">Rivals may learn from validation people too: they choose no epoch.</param>
    /// <param name="scaling">Scales rows.</param>
    /// <param name="held">The windows that are answered for.</param>
    public static IReadOnlyList<SleepAnswers> Of(SleepStagesConfig config, SleepNights nights, SleepSplit split, SleepScaling scaling, int[] held)
    {
        int[] known = [.. split.Train.Concat(split.Validation.Except(split.Test))];
        var merge = SleepStage.Merge(config.Classes);
        int[] labels = [.. known.Select(window => merge[nights.Windows[window].Target])];
        List<SleepAnswers> answers = [];
        if (nights.HasEpochRows)
        {
            var context = new Dictionary<int, float[]>();
            answers.Add(Logistic("logistic regression with context", config.Classes, known, labels, held, window =>
            {
                var (night, row) = Place(nights, window);
                if (!context.TryGetValue(night, out var rows)) context[night] = rows = WithContext(nights, night, scaling);
                var width = rows.Length / nights.Nights[night].Count;
                return rows.AsSpan(row * width, width).ToArray();
            }));
            answers.Add(Logistic("logistic regression", config.Classes, known, labels, held, window => Row(nights, window, scaling)));
            answers.Add(Published(config, nights, scaling, known, labels, held));
        }
        else
        {
            answers.Add(Logistic("logistic regression", config.Classes, known, labels, held, window => Summary(nights, window, scaling)));
        }
        var shares = new float[config.Classes];
        foreach (var label in labels) shares[label] += 1f / labels.Length;
        answers.Add(new SleepAnswers("majority", [.. held.Select(_ => shares)]));
        return answers;
    }

    static SleepAnswers Logistic(string name, int classes, int[] known, int[] labels, int[] held, Func<int, float[]> features)
    {
        var model = LogisticRegression.Fit([.. known.SelectMany(features)], labels, classes, balanced: true);
        return new SleepAnswers(name, [.. model.Predict([.. held.SelectMany(features)]).Chunk(classes)]);
    }

    // The row that is classified: of a window of epochs the target's own.
    static (int Night, int Row) Place(SleepNights nights, int window)
    {
        var reference = nights.Windows[window];
        var night = nights.Nights[reference.Night];
        return (reference.Night, (int)Math.Round((reference.EpochTime - night.Times[0]) / SleepStage.EpochSeconds));
    }

    static float[] Row(SleepNights nights, int window, SleepScaling scaling)
    {
        var (night, row) = Place(nights, window);
        var scaled = new float[nights.Columns];
        scaling.Apply(nights.Nights[night], nights.Nights[night].Values.AsSpan(row * nights.Columns, nights.Columns), scaled);
        return scaled;
    }

    // Mean and deviation of each column over the window.
    static float[] Summary(SleepNights nights, int window, SleepScaling scaling)
    {
        var (reference, columns) = (nights.Windows[window], nights.Columns);
        var night = nights.Nights[reference.Night];
        var rows = new float[nights.Length * columns];
        scaling.Apply(night, night.Values.AsSpan(reference.Row * columns, rows.Length), rows);
        var summary = new float[2 * columns];
        for (var c = 0; c < columns; c++)
        {
            double sum = 0, squares = 0;
            for (var i = c; i < rows.Length; i += columns) sum += rows[i];
            var mean = sum / nights.Length;
            for (var i = c; i < rows.Length; i += columns) squares += (rows[i] - mean) * (rows[i] - mean);
            (summary[c], summary[columns + c]) = ((float)mean, (float)Math.Sqrt(squares / nights.Length));
        }
        return summary;
    }

    // Each column, and its mean, largest, smallest and deviation over centred stretches of epochs.
    static float[] WithContext(SleepNights nights, int index, SleepScaling scaling)
    {
        var (night, columns) = (nights.Nights[index], nights.Columns);
        var scaled = new float[night.Values.Length];
        scaling.Apply(night, night.Values, scaled);
        var width = columns * (1 + 4 * s_context.Length);
        var rows = new float[night.Count * width];
        for (var row = 0; row < night.Count; row++)
            for (var c = 0; c < columns; c++)
            {
                var at = row * width + c * (1 + 4 * s_context.Length);
                rows[at++] = scaled[row * columns + c];
                foreach (var stretch in s_context)
                {
                    var (from, to) = (Math.Max(row - stretch / 2, 0), Math.Min(row + stretch / 2 + 1, night.Count));
                    float sum = 0, squares = 0, low = float.PositiveInfinity, high = float.NegativeInfinity;
                    for (var i = from; i < to; i++)
                    {
                        var value = scaled[i * columns + c];
                        (sum, squares, low, high) = (sum + value, squares + value * value, Math.Min(low, value), Math.Max(high, value));
                    }
                    var mean = sum / (to - from);
                    (rows[at], rows[at + 1], rows[at + 2], rows[at + 3]) = (mean, high, low, MathF.Sqrt(Math.Max(squares / (to - from) - mean * mean, 0)));
                    at += 4;
                }
            }
        return rows;
    }

    // Three layers of 15, ReLU, penalty 0.01, on activity count, heart-rate variation and clock.
    static SleepAnswers Published(SleepStagesConfig config, SleepNights nights, SleepScaling scaling, int[] known, int[] labels, int[] held)
    {
        const int width = 15, epochs = 30, batch = 200;
        const double penalty = 0.01, rate = 0.003;
        int[] columns = [.. s_published.Select(name => nights.Features.ToList().IndexOf(name))];
        float[] Features(int window)
        {
            var row = Row(nights, window, scaling);
            return [.. columns.Select(column => row[column])];
        }
        using var streams = new RandomStreams(config.Seed, "published network");
        var init = streams.Generator("init");
        using var network = new Sequential(
            new Linear(columns.Length, width, init), new Relu(), new Linear(width, width, init), new Relu(),
            new Linear(width, width, init), new Relu(), new Linear(width, config.Classes, init));
        using var adam = new Adam(network.NamedParameters(), new AdamOptions { LearningRate = rate, WeightDecay = penalty / batch });
        float[][] rows = [.. known.Select(Features)];
        var order = Enumerable.Range(0, known.Length).ToArray();
        using var scope = new TensorScope();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            streams.Stream("shuffle").Shuffle<int>(order);
            foreach (var chunk in order.Chunk(batch))
            {
                adam.ZeroGrad();
                var x = scope.From<float>([.. chunk.SelectMany(i => rows[i])], chunk.Length, columns.Length);
                Losses.CrossEntropy(network.Forward(x), scope.From<long>([.. chunk.Select(i => (long)labels[i])], chunk.Length)).Backward();
                adam.Step();
                scope.Reset();
            }
        }
        using var noGrad = Autograd.NoGrad();
        var answers = network.Forward(scope.From<float>([.. held.SelectMany(Features)], held.Length, columns.Length)).Softmax(1).ToArray<float>();
        return new SleepAnswers("published features and network", [.. answers.Chunk(config.Classes)]);
    }
}

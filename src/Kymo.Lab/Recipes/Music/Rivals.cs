using Kymo.Config;

namespace Kymo.Lab.Recipes.Music;

/// <summary>Answers without a network: what occurs most, what follows what, straight lines, the nearest piece.</summary>
static class Rivals
{
    const double Smoothing = 0.1;

    /// <summary>The share of each class among all answers of some items.</summary>
    public static float[] Unigram(IEnumerable<MusicExample> train, int classes)
    {
        var counts = Enumerable.Repeat(Smoothing, classes).ToArray();
        foreach (var example in train)
            foreach (var label in example.Labels)
                if (label >= 0) counts[label]++;
        var sum = counts.Sum();
        return [.. counts.Select(count => (float)(count / sum))];
    }

    /// <summary>One row of probabilities for every answer of an item.</summary>
    public static Func<MusicExample, float[]> Always(float[] row, int answers) =>
        _ => [.. Enumerable.Range(0, answers).SelectMany(_ => row)];

    /// <summary>What follows what, with add-0.1 smoothing; the event before each answer is given by a function.</summary>
    /// <param name="train">Items with labels.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="before">The class before an answer: item, answer.</param>
    public static Func<MusicExample, float[]> Bigram(IEnumerable<MusicExample> train, int classes, Func<MusicExample, int, int> before)
    {
        var counts = new double[classes * classes];
        Array.Fill(counts, Smoothing);
        foreach (var example in train)
            for (var i = 0; i < example.Labels.Length; i++)
                if (example.Labels[i] >= 0) counts[(before(example, i) * classes) + example.Labels[i]]++;
        var rows = Enumerable.Range(0, classes).Select(row =>
        {
            var part = counts.AsSpan(row * classes, classes).ToArray();
            var sum = part.Sum();
            return part.Select(count => (float)(count / sum)).ToArray();
        }).ToArray();
        return example => [.. Enumerable.Range(0, example.Labels.Length).SelectMany(i => rows[example.Labels[i] < 0 ? 0 : before(example, i)])];
    }

    /// <summary>The mean of each output over all answers that count.</summary>
    public static float[] Mean(IEnumerable<MusicExample> train, int outputs)
    {
        var (sums, counts) = (new double[outputs], new double[outputs]);
        foreach (var example in train)
            for (var i = 0; i < example.Numbers.Length; i++)
            {
                var weight = example.Mask.Length == 0 ? 1 : example.Mask[i];
                sums[i % outputs] += weight * example.Numbers[i];
                counts[i % outputs] += weight;
            }
        return [.. sums.Zip(counts, (sum, count) => (float)(count == 0 ? 0 : sum / count))];
    }

    /// <summary>Ridge regression of each output on a description of each answer, each answer weighted by its mask.</summary>
    /// <param name="train">Items that are learned from.</param>
    /// <param name="outputs">Numbers of an answer.</param>
    /// <param name="describe">(answer, feature) of an item.</param>
    /// <param name="features">Numbers of a description.</param>
    /// <param name="penalty">Added to the diagonal, but for the constant.</param>
    public static Func<MusicExample, float[]> Ridge(
        IEnumerable<MusicExample> train, int outputs, Func<MusicExample, float[]> describe, int features, double penalty = 10)
    {
        var size = features + 1;
        // Outputs may count at different answers, so each has its own matrix where there are masks.
        var masked = train.Any(example => example.Mask.Length > 0);
        var (gram, moment) = (new double[masked ? outputs : 1][], new double[outputs][]);
        for (var k = 0; k < gram.Length; k++) gram[k] = new double[size * size];
        for (var k = 0; k < outputs; k++) moment[k] = new double[size];
        var row = new double[size];
        foreach (var example in train)
        {
            var described = describe(example);
            for (var answer = 0; answer < example.Numbers.Length / outputs; answer++)
            {
                for (var f = 0; f < features; f++) row[f] = described[(answer * features) + f];
                row[features] = 1;
                for (var k = 0; k < outputs; k++)
                {
                    var at = (answer * outputs) + k;
                    var weight = example.Mask.Length > 0 ? example.Mask[at] : 1.0;
                    if (weight == 0) continue;
                    if (masked || k == 0) AddOuter(gram[masked ? k : 0], row, weight);
                    for (var f = 0; f < size; f++) moment[k][f] += weight * row[f] * example.Numbers[at];
                }
            }
        }
        var weights = Enumerable.Range(0, outputs).Select(k => Solve((double[])gram[masked ? k : 0].Clone(), moment[k], penalty)).ToArray();
        return example =>
        {
            var described = describe(example);
            var result = new float[example.Numbers.Length];
            for (var i = 0; i < result.Length; i++)
            {
                var (answer, sum) = (i / outputs, weights[i % outputs][features]);
                for (var f = 0; f < features; f++) sum += weights[i % outputs][f] * described[(answer * features) + f];
                result[i] = (float)sum;
            }
            return result;
        };
    }

    /// <summary>
    /// The straight line with the smallest mean absolute error, by reweighted least squares: the linear rival of a network whose loss is the
    /// absolute error. One output; the answers that count are those whose mask does.
    /// </summary>
    /// <param name="train">Items that are learned from.</param>
    /// <param name="describe">(answer, feature) of an item.</param>
    /// <param name="features">Numbers of a description.</param>
    public static Func<MusicExample, float[]> LeastAbsolute(IReadOnlyList<MusicExample> train, Func<MusicExample, float[]> describe, int features)
    {
        const int rounds = 12;
        const double leastError = 0.02;
        MusicExample[] weighted = [.. train];
        var line = Ridge(weighted, 1, describe, features);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < weighted.Length; i++)
            {
                var (example, answers) = (train[i], line(train[i]));
                weighted[i] = example with
                {
                    Mask = [.. answers.Select((answer, at) => example.Mask[at] == 0 ? 0 : Weight(answer - example.Numbers[at]))],
                };
            }
            line = Ridge(weighted, 1, describe, features);
        }
        return line;

        static float Weight(float error) => (float)(1 / Math.Max(leastError, Math.Abs(error)));
    }

    /// <summary>The class of the nearest item of the training part.</summary>
    public static Func<MusicExample, float[]> Nearest(IReadOnlyList<MusicExample> train, int classes, Func<MusicExample, float[]> describe)
    {
        var known = train.Select(example => (Row: describe(example), Label: example.Labels[0])).ToArray();
        return example =>
        {
            var row = describe(example);
            var nearest = known.MinBy(item => Distance(item.Row, row)).Label;
            var answer = new float[classes];
            answer[nearest] = 1;
            return answer;
        };
    }

    static double Distance(float[] a, float[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (double)(a[i] - b[i]);
        return sum;
    }

    // The lower half; the other is the same.
    static void AddOuter(double[] gram, double[] row, double weight)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] == 0) continue;
            var factor = weight * row[i];
            var target = gram.AsSpan(i * row.Length, i + 1);
            for (var j = 0; j < target.Length; j++) target[j] += factor * row[j];
        }
    }

    // Cholesky; the penalty keeps the matrix positive, a hair on the constant for sets without answers.
    static double[] Solve(double[] a, double[] b, double penalty)
    {
        var n = b.Length;
        for (var i = 0; i < n; i++) a[(i * n) + i] += i == n - 1 ? 1e-9 : penalty;
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++)
            {
                var sum = a[(i * n) + j];
                for (var k = 0; k < j; k++) sum -= a[(i * n) + k] * a[(j * n) + k];
                if (i == j && sum <= 0) throw new ConfigException("the linear baseline has no solution: an input is not finite");
                a[(i * n) + j] = i == j ? Math.Sqrt(sum) : sum / a[(j * n) + j];
            }
        var x = (double[])b.Clone();
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++) x[i] -= a[(i * n) + k] * x[k];
            x[i] /= a[(i * n) + i];
        }
        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++) x[i] -= a[(k * n) + i] * x[k];
            x[i] /= a[(i * n) + i];
        }
        return x;
    }
}

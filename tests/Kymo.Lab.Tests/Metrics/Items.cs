namespace Kymo.Lab.Tests.Metrics;

/// <summary>Random items with the predictions of two classifiers.</summary>
sealed record Items(int Classes, int[] Truth, int[] Predicted, int[] Other, float[] Probabilities, string[] Groups)
{
    public static Items Random(int classes, int count, int seed)
    {
        var random = new Random(seed);
        int[] truth = [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))];
        int[] Guess(double skill) => [.. truth.Select(t => random.NextDouble() < skill ? t : random.Next(classes))];
        var probabilities = new float[count * classes];
        for (var i = 0; i < count; i++)
        {
            var weights = Enumerable.Range(0, classes).Select(c => random.NextDouble() + (c == truth[i] ? 0.7 : 0)).ToArray();
            // Multiples of 2^-20, so that a row sums to exactly 1 in any precision.
            var rest = 1 << 20;
            for (var c = classes - 1; c > 0; c--)
            {
                var share = (int)((1 << 20) * weights[c] / weights.Sum());
                probabilities[i * classes + c] = (float)share / (1 << 20);
                rest -= share;
            }
            probabilities[i * classes] = (float)rest / (1 << 20);
        }
        string[] groups = [.. Enumerable.Range(0, count).Select(i => $"recording {i / 4}")];
        return new Items(classes, truth, Guess(0.6), Guess(0.5), probabilities, groups);
    }

    public object ForOracle() => new
    {
        classes = Classes,
        truth = Truth,
        predicted = Predicted,
        other = Other,
        probabilities = Probabilities.Select(p => (double)p).Chunk(Classes),
    };
}

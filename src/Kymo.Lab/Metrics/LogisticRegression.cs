using Kymo.Torch;

namespace Kymo.Lab.Metrics;

/// <summary>
/// Multinomial logistic regression, a baseline beside every net: features standardised on the training rows, a quadratic penalty of one
/// over the rows on all weights but the intercepts (scikit-learn's C = 1), minimised by L-BFGS (Liu and Nocedal 1989).
/// </summary>
public sealed class LogisticRegression
{
    const int Memory = 10;
    const double Tolerance = 1e-4;

    readonly float[] _mean, _scale;
    readonly double[] _weights;
    readonly int _classes;

    LogisticRegression(float[] mean, float[] scale, double[] weights, int classes) => (_mean, _scale, _weights, _classes) = (mean, scale, weights, classes);

    /// <summary>Learns from rows.</summary>
    /// <param name="rows">(row, feature), row-major.</param>
    /// <param name="labels">Class of each row.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="balanced">Whether classes weigh the same however many rows they have.</param>
    /// <param name="iterations">Steps at most.</param>
    public static LogisticRegression Fit(ReadOnlySpan<float> rows, ReadOnlySpan<int> labels, int classes, bool balanced, int iterations = 200)
    {
        ArgumentOutOfRangeException.ThrowIfZero(labels.Length);
        var (n, features) = (labels.Length, rows.Length / labels.Length);
        var (mean, scale) = Spread(rows, features);
        var scaled = Scale(rows, mean, scale);
        var counts = new int[classes];
        foreach (var label in labels) counts[label]++;
        var present = counts.Count(count => count > 0);
        var (targets, weights) = (new float[n * classes], new float[n]);
        for (var i = 0; i < n; i++)
        {
            targets[i * classes + labels[i]] = 1;
            weights[i] = balanced ? (float)n / (present * counts[labels[i]]) : 1;
        }
        using var scope = new TensorScope();
        using var noGrad = Autograd.NoGrad();
        var (x, y, w) = (scope.From<float>(scaled, n, features + 1), scope.From<float>(targets, n, classes), scope.From<float>(weights, n, 1));

        (double Value, double[] Gradient) Evaluate(double[] at)
        {
            using var step = new TensorScope();
            var logits = Functional.Linear(step.Borrow(x), step.From<float>([.. at.Select(value => (float)value)], classes, features + 1), null);
            var logarithms = logits.LogSoftmax(1);
            var value = -logarithms.Multiply(y).Multiply(w).Sum().Item() / n;
            var slope = logarithms.Exp().Subtract(y).Multiply(w).Transpose(0, 1).MatrixMultiply(x).ToArray<float>();
            var gradient = new double[at.Length];
            for (var i = 0; i < at.Length; i++)
            {
                // The last column is the intercept.
                var penalised = i % (features + 1) < features ? at[i] : 0;
                value += 0.5 / n * penalised * penalised;
                gradient[i] = slope[i] / (double)n + penalised / n;
            }
            return (value, gradient);
        }

        return new LogisticRegression(mean, scale, Minimise(Evaluate, new double[classes * (features + 1)], iterations), classes);
    }

    /// <summary>Class probabilities of rows.</summary>
    /// <param name="rows">(row, feature), row-major.</param>
    /// <returns>(row, class), row-major.</returns>
    public float[] Predict(ReadOnlySpan<float> rows)
    {
        var n = rows.Length / _mean.Length;
        if (n == 0) return [];
        using var scope = new TensorScope();
        using var noGrad = Autograd.NoGrad();
        var x = scope.From<float>(Scale(rows, _mean, _scale), n, _mean.Length + 1);
        return Functional.Linear(x, scope.From<float>([.. _weights.Select(value => (float)value)], _classes, _mean.Length + 1), null).Softmax(1).ToArray<float>();
    }

    static double[] Minimise(Func<double[], (double Value, double[] Gradient)> evaluate, double[] at, int iterations)
    {
        var history = new LinkedList<(double[] Step, double[] Change, double Product)>();
        var (value, gradient) = evaluate(at);
        for (var iteration = 0; iteration < iterations && gradient.Max(Math.Abs) > Tolerance; iteration++)
        {
            var direction = Direction(gradient, history);
            var slope = Dot(direction, gradient);
            var length = history.Count == 0 ? Math.Min(1, 1 / gradient.Sum(Math.Abs)) : 1.0;
            double[] next;
            double nextValue;
            double[] nextGradient;
            // Halved until the value falls enough.
            while (true)
            {
                var taken = length;
                next = [.. at.Zip(direction, (a, d) => a + taken * d)];
                (nextValue, nextGradient) = evaluate(next);
                if (nextValue <= value + 1e-4 * length * slope || length < 1e-8) break;
                length /= 2;
            }
            if (nextValue >= value) break;
            double[] step = [.. next.Zip(at, (a, b) => a - b)], change = [.. nextGradient.Zip(gradient, (a, b) => a - b)];
            if (Dot(step, change) is > 1e-12 and var product)
            {
                history.AddLast((step, change, product));
                if (history.Count > Memory) history.RemoveFirst();
            }
            (at, value, gradient) = (next, nextValue, nextGradient);
        }
        return at;
    }

    static double[] Direction(double[] gradient, LinkedList<(double[] Step, double[] Change, double Product)> history)
    {
        double[] q = [.. gradient];
        var factors = new Stack<double>();
        for (var node = history.Last; node is not null; node = node.Previous)
        {
            var factor = Dot(node.Value.Step, q) / node.Value.Product;
            factors.Push(factor);
            for (var i = 0; i < q.Length; i++) q[i] -= factor * node.Value.Change[i];
        }
        if (history.Last is { Value: var last })
        {
            var scale = last.Product / Dot(last.Change, last.Change);
            for (var i = 0; i < q.Length; i++) q[i] *= scale;
        }
        foreach (var (step, change, product) in history)
        {
            var factor = factors.Pop() - Dot(change, q) / product;
            for (var i = 0; i < q.Length; i++) q[i] += factor * step[i];
        }
        for (var i = 0; i < q.Length; i++) q[i] = -q[i];
        return q;
    }

    static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    static (float[] Mean, float[] Scale) Spread(ReadOnlySpan<float> rows, int features)
    {
        var n = rows.Length / features;
        var (sum, squares) = (new double[features], new double[features]);
        for (var i = 0; i < rows.Length; i++) sum[i % features] += rows[i];
        for (var i = 0; i < rows.Length; i++) squares[i % features] += Math.Pow(rows[i] - sum[i % features] / n, 2);
        return (Array.ConvertAll(sum, total => (float)(total / n)), Array.ConvertAll(squares, total => total / n > 1e-12 ? (float)(1 / Math.Sqrt(total / n)) : 0));
    }

    // With a last column of ones.
    static float[] Scale(ReadOnlySpan<float> rows, float[] mean, float[] scale)
    {
        var features = mean.Length;
        var scaled = new float[rows.Length / features * (features + 1)];
        for (var i = 0; i < rows.Length; i++) scaled[i / features * (features + 1) + i % features] = (rows[i] - mean[i % features]) * scale[i % features];
        for (var i = features; i < scaled.Length; i += features + 1) scaled[i] = 1;
        return scaled;
    }
}

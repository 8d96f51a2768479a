using Kymo.Tuning;

namespace Kymo.Bench.Tuning;

/// <summary>A function whose least value is known.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Least">Its least value.</param>
/// <param name="Space">Where it is searched.</param>
/// <param name="Value">Its value at internal numbers.</param>
sealed record StandardFunction(string Name, double Least, SearchSpace Space, Func<double[], double> Value)
{
    static readonly double[] s_hartmannWeights = [1.0, 1.2, 3.0, 3.2];

    static readonly double[][] s_hartmannScales =
    [
        [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14],
    ];

    static readonly double[][] s_hartmannCentres =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    /// <summary>The five functions of the table.</summary>
    public static StandardFunction[] All { get; } =
    [
        new("sphere, 5 reals", 0, Reals(5, -5, 5), x => x.Sum(value => value * value)),
        new("Rosenbrock, 4 reals", 0, Reals(4, -2, 2), Rosenbrock),
        new("Branin, 2 reals", 0.397887, new([new("x0", new FloatDistribution(-5, 10)),
            new("x1", new FloatDistribution(0, 15))]), Branin),
        new("Hartmann, 6 reals", -3.32237, Reals(6, 0, 1), Hartmann),
        new("mixed: log, grid, integer, choice", 0, Mixed(), MixedValue),
    ];

    static SearchSpace Reals(int count, double low, double high) =>
        new(Enumerable.Range(0, count).Select(i => KeyValuePair.Create<string,
            Distribution>($"x{i}", new FloatDistribution(low, high))));

    static double Rosenbrock(double[] x) =>
        Enumerable.Range(0, x.Length - 1).Sum(i => 100 * Math.Pow(x[i + 1] - x[i] * x[i], 2) + Math.Pow(1 - x[i], 2));

    static double Branin(double[] x)
    {
        var bend = x[1] - 5.1 / (4 * Math.PI * Math.PI) * x[0] * x[0] + 5 / Math.PI * x[0] - 6;
        return bend * bend + 10 * (1 - 1 / (8 * Math.PI)) * Math.Cos(x[0]) + 10;
    }

    static double Hartmann(double[] x) => -Enumerable.Range(0, 4).Sum(i =>
        s_hartmannWeights[i] * Math.Exp(
            -x.Select((value, j) => s_hartmannScales[i][j] * Math.Pow(value - s_hartmannCentres[i][j], 2)).Sum()));

    // A learning rate, a dropout, a width, a depth and a kind of layer, as a training has them.
    static SearchSpace Mixed() => new(
    [
        new("lr", new FloatDistribution(1e-5, 1e-1, log: true)),
        new("dropout", new FloatDistribution(0, 0.5, step: 0.05)),
        new("width", new IntDistribution(4, 256, log: true)),
        new("depth", new IntDistribution(1, 8)),
        new("kind", new CategoricalDistribution(["a", "b", "c", "d"])),
    ]);

    static double MixedValue(double[] x) =>
        Math.Pow(Math.Log10(x[0]) + 2.7, 2) + 8 * Math.Pow(x[1] - 0.15, 2) + Math.Pow(Math.Log2(x[2] / 48), 2) / 4 +
        Math.Pow(x[3] - 5, 2) / 9 + (x[4] == 2 ? 0 : 0.4 + x[4] / 10);
}

using Kymo.Tuning.Json;
using Kymo.Tuning.Samplers;

namespace Kymo.Tuning.Tests;

public sealed class NormalDistributionTests
{
    [Fact]
    public void Masses_and_quantiles_equal_SciPys()
    {
        var random = new Random(4);
        List<double[]> cases =
            [[-1, 1, 0.25], [0, 2, 0.5], [-5, -4.5, 0.9], [6, 9, 0.1], [-30, -20, 0.7], [50, 60, 0.3], [-90, -80, 0.999],
                [38, 38.1, 0.5]];
        for (var i = 0; i < 200; i++)
        {
            var low = (random.NextDouble() - 0.6) * 16;
            cases.Add([low, low + 0.001 + random.NextDouble() * 9, random.NextDouble()]);
        }
        var json = Oracle.Ask("normal_distribution.py", ["scipy"], PythonJson.Write(cases));
        foreach (var (expected, bounds) in ((IReadOnlyList<object?>)PythonJson.Read(json, "scipy")!).Zip(cases))
        {
            var numbers = expected.Numbers();
            // In the tail that no number holds, the first term of a series is used.
            var isFar = Math.Max(bounds[0], -bounds[1]) > 36;
            var mass = NormalDistribution.LogBetween(bounds[0], bounds[1]);
            var quantile = NormalDistribution.CutQuantile(bounds[2], bounds[0], bounds[1]);
            Assert.Equal(numbers[0], mass, (isFar ? 1e-3 : 1e-10) * Math.Max(1, Math.Abs(numbers[0])));
            Assert.Equal(numbers[1], quantile, (isFar ? 1e-4 : 1e-8) * Math.Max(1, Math.Abs(numbers[1])));
            Assert.Equal(numbers[2], NormalDistribution.Below(bounds[0]), 1e-13 * numbers[2]);
        }
    }
}

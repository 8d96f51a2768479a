using System.Runtime.Intrinsics;

namespace Kymo.Tuning.Samplers;

/// <summary>A density as a weighted sum of kernels over one or more parameters (Bergstra et al. 2011).</summary>
sealed class ParzenEstimator
{
    // The newest observations weigh alike; older ones less and less.
    const int FullWeights = 25;

    readonly Kernels[] _parameters;
    readonly double[] _weights, _logWeights;

    /// <summary>Makes the density.</summary>
    /// <param name="space">The parameters.</param>
    /// <param name="observations">For each parameter the observed internal numbers, oldest first.</param>
    /// <param name="multivariate">Whether widths follow the count of observations instead of their neighbours.</param>
    /// <param name="weights">Weight of each observation; by age when null.</param>
    public ParzenEstimator(IReadOnlyList<Distribution> space, double[][] observations, bool multivariate, double[]? weights)
    {
        _parameters = [.. space.Select((distribution, p) => Kernels.Of(distribution, observations[p], multivariate,
            space.Count))];
        _weights = [.. weights ?? AgeWeights(observations[0].Length), 1.0];
        var sum = _weights.Sum();
        for (var i = 0; i < _weights.Length; i++) _weights[i] /= sum;
        _logWeights = Array.ConvertAll(_weights, Math.Log);
    }

    /// <summary>Draws points; one array of internal numbers for each parameter.</summary>
    public double[][] Sample(NumpyRandom random, int count)
    {
        var ends = new double[_weights.Length];
        var sum = 0.0;
        for (var i = 0; i < ends.Length; i++) ends[i] = sum += _weights[i];
        var kernels = new int[count];
        for (var i = 0; i < count; i++)
        {
            var place = Array.BinarySearch(ends, random.NextDouble() * sum);
            kernels[i] = Math.Min(place >= 0 ? place + 1 : ~place, ends.Length - 1);
        }
        return [.. _parameters.Select(parameter => parameter.Sample(random, kernels))];
    }

    /// <summary>Logarithm of the density at each point.</summary>
    public double[] LogDensity(double[][] points)
    {
        var densities = new double[points[0].Length];
        var logs = new double[_weights.Length];
        for (var i = 0; i < densities.Length; i++)
        {
            // Points of a coarse parameter repeat.
            if (points.Length == 1 && Array.IndexOf(points[0], points[0][i], 0, i) is >= 0 and var same)
            {
                densities[i] = densities[same];
                continue;
            }
            _logWeights.CopyTo(logs, 0);
            for (var p = 0; p < points.Length; p++) _parameters[p].AddLogDensity(points[p][i], logs);
            densities[i] = LogSumExp(logs);
        }
        return densities;
    }

    static double[] AgeWeights(int count)
    {
        var weights = new double[count];
        Array.Fill(weights, 1.0);
        var ramp = count - FullWeights;
        var step = (1.0 - 1.0 / count) / (ramp - 1);
        for (var i = 0; i < ramp; i++) weights[i] = i == ramp - 1 && ramp > 1 ? 1.0 : 1.0 / count + (i == 0 ? 0 : i * step);
        return weights;
    }

    static double LogSumExp(double[] logs)
    {
        var most = double.NegativeInfinity;
        foreach (var log in logs) most = Math.Max(most, log);
        if (double.IsNegativeInfinity(most)) return most;
        var sums = Vector256<double>.Zero;
        var shift = Vector256.Create(most);
        var i = 0;
        for (; i <= logs.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            sums += Vector256.Exp(Vector256.Create(logs, i) - shift);
        var sum = Vector256.Sum(sums);
        for (; i < logs.Length; i++) sum += Math.Exp(logs[i] - most);
        return Math.Log(sum) + most;
    }
}

using System.Numerics;

namespace Kymo.Tuning.Samplers;

/// <summary>Normal kernels cut to the range of a numerical parameter, on the axis of <see cref="Encoding"/>.</summary>
sealed class NumberKernels : Kernels
{
    // Optuna's factor of Scott's rule.
    const double JointWidth = 0.2;

    readonly Distribution _distribution;
    readonly double _low, _high;
    readonly double? _cell;
    readonly double[] _centres, _inverseWidths, _logScales;

    NumberKernels(Distribution distribution, double low, double high, double[] centres, double[] widths)
    {
        (_distribution, _low, _high, _centres) = (distribution, low, high, centres);
        _cell = distribution switch
        {
            FloatDistribution real => real.Step,
            IntDistribution { Log: false } integer => integer.Step,
            _ => null,
        };
        _inverseWidths = [.. widths.Select(width => 1 / width)];
        _logScales = new double[centres.Length];
        for (var k = 0; k < centres.Length; k++)
        {
            var inverse = _inverseWidths[k];
            var logMass = NormalDistribution.LogBetween((low - centres[k]) * inverse, (high - centres[k]) * inverse);
            _logScales[k] = -logMass - (_cell is null ? NormalDistribution.LogSqrt2Pi : 0);
        }
    }

    public static NumberKernels From(Distribution distribution, double[] observations, bool multivariate, int parameters)
    {
        var (low, high) = Encoding.Bounds(distribution);
        var centres = new double[observations.Length + 1];
        for (var i = 0; i < observations.Length; i++) centres[i] = Encoding.Encode(distribution, observations[i]);
        centres[^1] = 0.5 * (low + high);
        var widths = multivariate ? JointWidths(centres, high - low, parameters) : NeighbourWidths(centres, low, high);
        var least = (high - low) / Math.Min(100.0, 1.0 + centres.Length);
        for (var i = 0; i < widths.Length; i++) widths[i] = Math.Clamp(widths[i], least, high - low);
        widths[^1] = high - low;
        return new NumberKernels(distribution, low, high, centres, widths);
    }

    public override double[] Sample(NumpyRandom random, int[] kernels)
    {
        double[] shares = [.. kernels.Select(_ => random.NextDouble())];
        return [.. kernels.Select((kernel, i) => Decode(Draw(kernel, shares[i])))];
    }

    public override void AddLogDensity(double number, Span<double> logs)
    {
        var place = Encoding.Encode(_distribution, number);
        if (_cell is { } cell) AddLogMass(Math.Max(place - cell / 2, _low), Math.Min(place + cell / 2, _high), logs);
        else AddLogDensityAt(place, logs);
    }

    // As wide as the larger distance to a neighbour, the prior's centre being one.
    static double[] NeighbourWidths(double[] centres, double low, double high)
    {
        // The bounds count as neighbours only of a centre that has no other.
        if (centres.Length == 1) return [Math.Max(centres[0] - low, high - centres[0])];
        var order = NumpyOrder.Of(centres);
        var widths = new double[centres.Length];
        for (var i = 0; i < order.Length; i++)
        {
            var centre = centres[order[i]];
            var below = i > 0 ? centre - centres[order[i - 1]] : 0;
            var above = i < order.Length - 1 ? centres[order[i + 1]] - centre : 0;
            widths[order[i]] = Math.Max(below, above);
        }
        return widths;
    }

    static double[] JointWidths(double[] centres, double range, int parameters)
    {
        var observations = Math.Max(centres.Length - 1, 1);
        var widths = new double[centres.Length];
        Array.Fill(widths, JointWidth * Math.Pow(observations, -1.0 / (parameters + 4)) * range);
        return widths;
    }

    double Draw(int kernel, double share)
    {
        double centre = _centres[kernel], inverse = _inverseWidths[kernel];
        return NormalDistribution.CutQuantile(share, (_low - centre) * inverse, (_high - centre) * inverse) / inverse + centre;
    }

    double Decode(double place) => _distribution switch
    {
        FloatDistribution { Step: null } real => real.Log ? Math.Exp(place) : place,
        _ => Encoding.Decode(_distribution, place),
    };

    void AddLogDensityAt(double place, Span<double> logs)
    {
        var k = 0;
        var at = new Vector<double>(place);
        for (; k <= logs.Length - Vector<double>.Count; k += Vector<double>.Count)
        {
            var distance = (at - new Vector<double>(_centres, k)) * new Vector<double>(_inverseWidths, k);
            var sum = new Vector<double>(logs[k..]) + new Vector<double>(_logScales, k) - distance * distance * 0.5;
            sum.CopyTo(logs[k..]);
        }
        for (; k < logs.Length; k++)
        {
            var distance = (place - _centres[k]) * _inverseWidths[k];
            logs[k] += _logScales[k] - distance * distance * 0.5;
        }
    }

    void AddLogMass(double from, double to, Span<double> logs)
    {
        for (var k = 0; k < logs.Length; k++)
        {
            double centre = _centres[k], inverse = _inverseWidths[k];
            logs[k] += NormalDistribution.LogBetween((from - centre) * inverse, (to - centre) * inverse) + _logScales[k];
        }
    }
}

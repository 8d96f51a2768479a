using Kymo.Tuning.Json;

namespace Kymo.Tuning;

/// <summary>A real number between two bounds, both included; optionally on a logarithmic scale or on a grid.</summary>
public sealed class FloatDistribution : Distribution
{
    /// <summary>Makes the distribution. With a step, <paramref name="high"/> is lowered to the last value of the grid.</summary>
    /// <param name="low">Lowest value; above zero for a logarithmic scale.</param>
    /// <param name="high">Highest value; not below <paramref name="low"/>.</param>
    /// <param name="log">Whether equal ratios are equally likely; default false.</param>
    /// <param name="step">Distance of the grid's values, counted in decimal from <paramref name="low"/>; default none.</param>
    /// <exception cref="StudyException">The bounds are reversed or not finite, or scale and step contradict each
    /// other.</exception>
    public FloatDistribution(double low, double high, bool log = false, double? step = null)
    {
        var range = $"[{PythonNumber.Text(low)}, {PythonNumber.Text(high)}]";
        if (!double.IsFinite(low) || !double.IsFinite(high))
            throw new StudyException($"the range {range} must have finite bounds");
        if (low > high) throw new StudyException($"the range {range} is reversed; type the lower bound first");
        if (log && step is not null)
            throw new StudyException($"the range {range} has a step and a logarithmic scale; leave one of them out");
        if (log && low <= 0) throw new StudyException($"the range {range} is logarithmic; its lower bound must be above zero");
        if (step is not null && (!double.IsFinite(step.Value) || step <= 0))
            throw new StudyException($"the range {range} has the step {PythonNumber.Text(step.Value)}; it must be above zero");
        Low = low;
        High = step is null ? high : DecimalGrid.LastValue(low, high, step.Value);
        Log = log;
        Step = step;
    }

    /// <summary>Lowest value.</summary>
    public double Low { get; }

    /// <summary>Highest value.</summary>
    public double High { get; }

    /// <summary>Whether the scale is logarithmic.</summary>
    public bool Log { get; }

    /// <summary>Distance of the grid's values, or null.</summary>
    public double? Step { get; }

    /// <inheritdoc/>
    public override bool IsSingle => Low == High;

    internal override double Single => Low;

    /// <inheritdoc/>
    public override bool Contains(double number)
    {
        if (!(Low <= number && number <= High)) return false;
        if (Step is not { } step) return true;
        var cell = (number - Low) / step;
        return Math.Abs(cell - Math.Round(cell)) < 1e-8;
    }

    /// <inheritdoc/>
    public override object ToValue(double number) => number;

    /// <inheritdoc/>
    public override double ToNumber(object? value) => FiniteNumber(value, Log, this);

    /// <inheritdoc/>
    public override bool IsCompatible(Distribution other) => other is FloatDistribution real && real.Log == Log;

    private protected override Dictionary<string, object?> Attributes() =>
        new() { ["step"] = Step, ["low"] = Low, ["high"] = High, ["log"] = Log };
}

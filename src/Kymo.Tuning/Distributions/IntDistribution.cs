namespace Kymo.Tuning;

/// <summary>An integer between two bounds, both included; optionally on a logarithmic scale or on a grid.</summary>
public sealed class IntDistribution : Distribution
{
    /// <summary>Makes the distribution. <paramref name="high"/> is lowered to the last value of the grid.</summary>
    /// <param name="low">Lowest value; at least 1 for a logarithmic scale.</param>
    /// <param name="high">Highest value; not below <paramref name="low"/>.</param>
    /// <param name="log">Whether equal ratios are equally likely; default false.</param>
    /// <param name="step">Distance of the grid's values; default 1, which a logarithmic scale needs.</param>
    /// <exception cref="StudyException">The bounds are reversed, or scale and step contradict each other.</exception>
    public IntDistribution(long low, long high, bool log = false, long step = 1)
    {
        if (low > high) throw new StudyException($"the range [{low}, {high}] is reversed; type the lower bound first");
        if (log && step != 1)
            throw new StudyException($"the range [{low}, {high}] has a step and a logarithmic scale; leave one of them out");
        if (log && low < 1)
            throw new StudyException($"the range [{low}, {high}] is logarithmic; its lower bound must be at least 1");
        if (step <= 0) throw new StudyException($"the range [{low}, {high}] has the step {step}; it must be at least 1");
        Low = low;
        High = (long)((UInt128)((Int128)high - low) / (UInt128)step * (UInt128)step) + low;
        Log = log;
        Step = step;
    }

    /// <summary>Lowest value.</summary>
    public long Low { get; }

    /// <summary>Highest value.</summary>
    public long High { get; }

    /// <summary>Whether the scale is logarithmic.</summary>
    public bool Log { get; }

    /// <summary>Distance of the grid's values.</summary>
    public long Step { get; }

    /// <inheritdoc/>
    public override bool IsSingle => Low == High;

    internal override double Single => Low;

    /// <inheritdoc/>
    public override bool Contains(double number) => Low <= number && number <= High && (number - Low) % Step == 0;

    /// <inheritdoc/>
    public override object ToValue(double number) => (long)number;

    /// <inheritdoc/>
    public override double ToNumber(object? value) => FiniteNumber(value, Log, this);

    /// <inheritdoc/>
    public override bool IsCompatible(Distribution other) => other is IntDistribution integer && integer.Log == Log;

    private protected override Dictionary<string, object?> Attributes() =>
        new() { ["log"] = Log, ["step"] = Step, ["low"] = Low, ["high"] = High };
}

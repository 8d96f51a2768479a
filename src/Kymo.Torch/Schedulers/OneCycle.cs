using Kymo.Torch.Optimizers;

namespace Kymo.Torch.Schedulers;

/// <summary>Settings of <see cref="OneCycle"/>; the defaults are PyTorch's.</summary>
/// <param name="MaxRate">The highest rate.</param>
/// <param name="TotalSteps">Steps of the whole cycle.</param>
public sealed record OneCycleOptions(double MaxRate, int TotalSteps)
{
    /// <summary>The part of the cycle that rises; default 0.3.</summary>
    public double RisingPart { get; init; } = 0.3;

    /// <summary>Highest over first rate; default 25.</summary>
    public double StartDivisor { get; init; } = 25;

    /// <summary>First over last rate; default 10,000.</summary>
    public double EndDivisor { get; init; } = 1e4;

    /// <summary>Straight lines in place of half cosines; default false.</summary>
    public bool Linear { get; init; }

    /// <summary>Whether the momentum (Adam's first beta) falls while the rate rises; default true.</summary>
    public bool CycleMomentum { get; init; } = true;

    /// <summary>Momentum at the highest rate; default 0.85.</summary>
    public double LowestMomentum { get; init; } = 0.85;

    /// <summary>Momentum at the ends; default 0.95.</summary>
    public double HighestMomentum { get; init; } = 0.95;
}

/// <summary>
/// Rises to a highest rate and falls to almost nothing, the momentum the other way. Smith and Topin 2019; PyTorch's <c>OneCycleLR</c>
/// with two phases. One step per batch.
/// </summary>
public sealed class OneCycle : Scheduler
{
    readonly OneCycleOptions _options;

    /// <summary>A cycle; sets the first rate.</summary>
    /// <exception cref="ArgumentException">The momentum is to be cycled and the optimiser has none.</exception>
    public OneCycle(Optimizer optimizer, OneCycleOptions options) : base(optimizer)
    {
        if (options.CycleMomentum && optimizer.Momentum is null)
            throw new ArgumentException("the optimiser has no momentum to cycle; set it above 0 or CycleMomentum to false");
        _options = options;
        Apply(0);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The cycle is over.</exception>
    public override double RateAt(long step)
    {
        var first = _options.MaxRate / _options.StartDivisor;
        return At(step, first, _options.MaxRate, first / _options.EndDivisor);
    }

    private protected override void Apply(long step)
    {
        base.Apply(step);
        if (_options.CycleMomentum)
            Optimizer.Momentum = At(step, _options.HighestMomentum, _options.LowestMomentum, _options.HighestMomentum);
    }

    double At(long step, double first, double middle, double last)
    {
        if (step > _options.TotalSteps) throw new InvalidOperationException($"the cycle has {_options.TotalSteps} steps, asked for step {step}");
        var top = _options.RisingPart * _options.TotalSteps - 1;
        return step <= top ? Between(first, middle, step / top) : Between(middle, last, (step - top) / (_options.TotalSteps - 1 - top));
    }

    double Between(double start, double end, double part) =>
        _options.Linear ? start + (end - start) * part : end + (start - end) / 2 * (1 + Math.Cos(Math.PI * part));
}

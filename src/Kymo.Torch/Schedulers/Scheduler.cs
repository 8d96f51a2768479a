using Kymo.Torch.Optimizers;

namespace Kymo.Torch.Schedulers;

/// <summary>
/// Sets an optimiser's learning rate from the number of steps taken (epochs or batches, as the caller counts). The rate is a function
/// of that number alone, so a resumed run continues exactly.
/// </summary>
public abstract class Scheduler
{
    private protected Scheduler(Optimizer optimizer)
    {
        Optimizer = optimizer;
        BaseRate = optimizer.LearningRate;
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>The rate the optimiser had when the scheduler was made.</summary>
    public double BaseRate { get; private set; }

    private protected Optimizer Optimizer { get; }

    /// <summary>Counts one step and sets the rate for the next.</summary>
    public void Step()
    {
        Steps++;
        Apply(Steps);
    }

    /// <summary>What <see cref="LoadState"/> needs: <c>last_epoch</c> and <c>base_lr</c>.</summary>
    public OrderedDictionary<string, double> SaveState() => new() { ["last_epoch"] = Steps, ["base_lr"] = BaseRate };

    /// <summary>Goes on from a saved state and sets the rate that held then.</summary>
    /// <exception cref="KeyNotFoundException">An entry is missing.</exception>
    public void LoadState(IReadOnlyDictionary<string, double> state)
    {
        (Steps, BaseRate) = ((long)state["last_epoch"], state["base_lr"]);
        Apply(Steps);
    }

    /// <summary>The rate after a number of steps.</summary>
    public abstract double RateAt(long step);

    private protected virtual void Apply(long step) => Optimizer.LearningRate = RateAt(step);
}

/// <summary>Multiplies the rate by a factor every so many steps. PyTorch's <c>StepLR</c>.</summary>
/// <param name="optimizer">Whose rate is set.</param>
/// <param name="stepSize">Steps between two changes.</param>
/// <param name="gamma">The factor; default 0.1.</param>
public sealed class StepDecay(Optimizer optimizer, int stepSize, double gamma = 0.1) : Scheduler(optimizer)
{
    /// <inheritdoc/>
    public override double RateAt(long step) => BaseRate * Math.Pow(gamma, step / stepSize);
}

/// <summary>
/// Falls along half a cosine from the base rate to the lowest one and rises again. Loshchilov and Hutter 2017 without restarts;
/// PyTorch's <c>CosineAnnealingLR</c>.
/// </summary>
/// <param name="optimizer">Whose rate is set.</param>
/// <param name="period">Steps from the highest to the lowest rate.</param>
/// <param name="lowestRate">The lowest rate; default 0.</param>
public sealed class CosineAnnealing(Optimizer optimizer, int period, double lowestRate = 0) : Scheduler(optimizer)
{
    /// <inheritdoc/>
    public override double RateAt(long step) =>
        lowestRate + (BaseRate - lowestRate) * (1 + Math.Cos(Math.PI * step / period)) / 2;
}

/// <summary>
/// Rises linearly to the base rate over the first steps, then follows another scheduler counted from there, or stays. PyTorch's
/// <c>LinearLR</c> followed by the other.
/// </summary>
public sealed class WarmUp : Scheduler
{
    readonly int _steps;
    readonly double _startFactor;
    readonly Scheduler? _then;

    /// <summary>A warm-up; sets the first rate.</summary>
    /// <param name="optimizer">Whose rate is set.</param>
    /// <param name="steps">Steps until the base rate is reached.</param>
    /// <param name="startFactor">The first rate's part of the base rate; default one third.</param>
    /// <param name="then">What follows, made for the same optimiser before this one; null keeps the base rate.</param>
    public WarmUp(Optimizer optimizer, int steps, double startFactor = 1.0 / 3, Scheduler? then = null) : base(optimizer)
    {
        (_steps, _startFactor, _then) = (steps, startFactor, then);
        optimizer.LearningRate = RateAt(0);
    }

    /// <inheritdoc/>
    public override double RateAt(long step) =>
        step < _steps ? BaseRate * (_startFactor + (1 - _startFactor) * step / _steps)
        : _then is null ? BaseRate
        : _then.RateAt(step - _steps);
}

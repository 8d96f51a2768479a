using Kymo.Torch.Optimizers;

namespace Kymo.Torch.Schedulers;

/// <summary>Settings of <see cref="ReduceOnPlateau"/>; the defaults are PyTorch's.</summary>
public sealed record ReduceOnPlateauOptions
{
    /// <summary>Whether larger values of the metric are better; default false (a loss).</summary>
    public bool LargerIsBetter { get; init; }

    /// <summary>What the rate is multiplied by; default 0.1.</summary>
    public double Factor { get; init; } = 0.1;

    /// <summary>How many epochs without improvement are let pass; default 10.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>How much better the metric must be to count; default 1e-4.</summary>
    public double Threshold { get; init; } = 1e-4;

    /// <summary>Whether the threshold is a difference rather than a part of the best value; default false.</summary>
    public bool AbsoluteThreshold { get; init; }

    /// <summary>Epochs after a reduction in which nothing is counted; default 0.</summary>
    public int CoolDown { get; init; }

    /// <summary>The rate is not set below this; default 0.</summary>
    public double LowestRate { get; init; }

    /// <summary>Smaller changes of the rate are not made; default 1e-8.</summary>
    public double SmallestChange { get; init; } = 1e-8;
}

/// <summary>Multiplies the rate by a factor when a metric has not improved for some epochs. PyTorch's <c>ReduceLROnPlateau</c>.</summary>
/// <param name="optimizer">Whose rate is set.</param>
/// <param name="options">When and how far.</param>
public sealed class ReduceOnPlateau(Optimizer optimizer, ReduceOnPlateauOptions options)
{
    double? _best;
    int _badEpochs, _coolDown;

    /// <summary>Takes an epoch's metric into account and reduces the rate where it is time.</summary>
    public void Step(double metric)
    {
        if (IsBetter(metric)) (_best, _badEpochs) = (metric, 0);
        else _badEpochs++;
        if (_coolDown > 0) (_coolDown, _badEpochs) = (_coolDown - 1, 0);
        if (_badEpochs <= options.Patience) return;
        var rate = Math.Max(optimizer.LearningRate * options.Factor, options.LowestRate);
        if (optimizer.LearningRate - rate > options.SmallestChange) optimizer.LearningRate = rate;
        (_coolDown, _badEpochs) = (options.CoolDown, 0);
    }

    /// <summary>What <see cref="LoadState"/> needs: <c>num_bad_epochs</c>, <c>cooldown_counter</c>, <c>lr</c>, and <c>best</c> once there is one.</summary>
    public OrderedDictionary<string, double> SaveState()
    {
        var state = new OrderedDictionary<string, double>
        {
            ["num_bad_epochs"] = _badEpochs,
            ["cooldown_counter"] = _coolDown,
            ["lr"] = optimizer.LearningRate,
        };
        if (_best is { } best) state["best"] = best;
        return state;
    }

    /// <summary>Goes on from a saved state and sets the rate that held then.</summary>
    /// <exception cref="KeyNotFoundException">An entry is missing.</exception>
    public void LoadState(IReadOnlyDictionary<string, double> state)
    {
        (_badEpochs, _coolDown) = ((int)state["num_bad_epochs"], (int)state["cooldown_counter"]);
        optimizer.LearningRate = state["lr"];
        _best = state.TryGetValue("best", out var best) ? best : null;
    }

    bool IsBetter(double metric)
    {
        if (_best is not { } best) return !double.IsNaN(metric);
        return (options.LargerIsBetter, options.AbsoluteThreshold) switch
        {
            (false, false) => metric < best * (1 - options.Threshold),
            (false, true) => metric < best - options.Threshold,
            (true, false) => metric > best * (1 + options.Threshold),
            (true, true) => metric > best + options.Threshold,
        };
    }
}

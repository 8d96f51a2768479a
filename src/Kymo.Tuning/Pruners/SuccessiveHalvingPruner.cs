using System.Globalization;
using Kymo.Tuning.Json;

namespace Kymo.Tuning;

/// <summary>
/// Asynchronous successive halving (Li et al. 2020): at each rung of steps only the best share goes on. Decides as Optuna's
/// <c>SuccessiveHalvingPruner</c> does and keeps rungs in the same system attributes, so workers of both share them.
/// </summary>
public sealed class SuccessiveHalvingPruner : Pruner
{
    readonly int _reduction, _earlyStopping, _bootstrap;
    long? _resource;

    /// <summary>Makes the pruner.</summary>
    /// <param name="resource">Steps of the first rung; by default a hundredth of the complete trials' last step.</param>
    /// <param name="reduction">One in so many goes on, at each rung so many times as far; default 4.</param>
    /// <param name="earlyStopping">Rungs that are left out at the start; default 0.</param>
    /// <param name="bootstrap">Trials needed at a rung before any goes on; default 0.</param>
    /// <exception cref="StudyException">A number is out of its range.</exception>
    public SuccessiveHalvingPruner(long? resource = null, int reduction = 4, int earlyStopping = 0, int bootstrap = 0)
    {
        if (resource < 1) throw new StudyException($"successive halving starts with {resource} steps; type 1 or more");
        if (reduction < 2) throw new StudyException($"successive halving keeps one in {reduction}; type 2 or more");
        if (earlyStopping < 0) throw new StudyException($"successive halving leaves out {earlyStopping} rungs; type 0 or more");
        if (bootstrap < 0) throw new StudyException($"successive halving waits for {bootstrap} trials; type 0 or more");
        if (bootstrap > 0 && resource is null)
            throw new StudyException("successive halving that waits for trials needs the steps of its first rung");
        (_resource, _reduction, _earlyStopping, _bootstrap) = (resource, reduction, earlyStopping, bootstrap);
    }

    /// <inheritdoc/>
    public override bool ShouldPrune(Trial trial, IReadOnlyList<FrozenTrial> trials)
    {
        if (trial.Frozen.LastStep is not { } step) return false;
        var value = trial.Frozen.IntermediateValues[step];
        _resource ??= EstimateResource(trials);
        if (_resource is not { } resource) return false;
        for (var rung = NextRung(trial.Frozen); ; rung++)
        {
            if (step < resource * Math.Pow(_reduction, _earlyStopping + rung)) return false;
            if (double.IsNaN(value)) return true;
            trial.SetAttribute(AttributeOwner.System, Key(rung), value);
            var competing = new List<double> { value };
            foreach (var other in trials)
            {
                if (other.Id == trial.Frozen.Id || !other.SystemAttributes.TryGetValue(Key(rung), out var reached)) continue;
                competing.Add(PythonJson.Number(reached) ?? throw NoNumber(other, rung));
            }
            if (competing.Count <= _bootstrap || !IsPromoted(value, competing, trial.Study.Directions[0])) return true;
        }
    }

    static long? EstimateResource(IReadOnlyList<FrozenTrial> trials)
    {
        var last = trials.Where(trial => trial.State == TrialState.Complete).Max(trial => trial.LastStep);
        return last is { } step ? Math.Max(step / 100, 1) : null;
    }

    static int NextRung(FrozenTrial trial)
    {
        var rung = 0;
        while (trial.SystemAttributes.ContainsKey(Key(rung))) rung++;
        return rung;
    }

    static string Key(int rung) => string.Create(CultureInfo.InvariantCulture, $"completed_rung_{rung}");

    static StudyException NoNumber(FrozenTrial trial, int rung) =>
        new($"trial {trial.Number} has no number in its attribute {Key(rung)}; delete the attribute or the trial");

    bool IsPromoted(double value, List<double> competing, StudyDirection direction)
    {
        var last = Math.Max(competing.Count / _reduction - 1, 0);
        competing.Sort();
        return direction == StudyDirection.Maximize ? value >= competing[^(last + 1)] : value <= competing[last];
    }
}

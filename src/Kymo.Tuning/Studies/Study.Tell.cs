namespace Kymo.Tuning;

public sealed partial class Study
{
    /// <summary>
    /// Ends a trial with its values. A value that is not a number, or a wrong count of values, makes the trial a failure with
    /// the reason in the user attribute <see cref="AttributeNames.FailReason"/>, never a score.
    /// </summary>
    /// <param name="trial">A running trial.</param>
    /// <param name="values">One for each objective; infinities are allowed.</param>
    /// <returns>The ended trial: complete, or failed as said above.</returns>
    /// <exception cref="TrialException">The trial does not run.</exception>
    public FrozenTrial Tell(Trial trial, params double[] values)
    {
        if (values.Length != Directions.Count)
            return TellFailed(trial, $"{values.Length} values were told to a study of {Directions.Count} objectives");
        foreach (var value in values)
            if (double.IsNaN(value)) return TellFailed(trial, "the value NaN is no score");
        return End(trial, TrialState.Complete, [.. values]);
    }

    /// <summary>Ends a trial that its pruner stopped; its last reported value becomes its value, unless that is NaN.</summary>
    /// <exception cref="TrialException">The trial does not run.</exception>
    public FrozenTrial TellPruned(Trial trial)
    {
        var reported = trial.Frozen.IntermediateValues;
        var last = trial.Frozen.LastStep is { } step ? reported[step] : double.NaN;
        return End(trial, TrialState.Pruned, double.IsNaN(last) || Directions.Count > 1 ? null : [last]);
    }

    /// <summary>Ends a trial without a score.</summary>
    /// <param name="trial">A running trial.</param>
    /// <param name="reason">Why, kept in the user attribute <see cref="AttributeNames.FailReason"/>.</param>
    /// <param name="retries">How often the trial is repeated at most; it is enqueued again in the same step. Default 0.</param>
    /// <exception cref="TrialException">The trial does not run.</exception>
    public FrozenTrial TellFailed(Trial trial, string reason, int retries = 0)
    {
        trial.SetAttribute(AttributeOwner.User, AttributeNames.FailReason, reason);
        return End(trial, TrialState.Fail, null, Successor(trial.Frozen, retries));
    }

    /// <summary>
    /// The complete trial with the best value; among those whose constraints hold where constraints were told, the first of
    /// equals. Null while there is none.
    /// </summary>
    /// <exception cref="StudyException">The study has several objectives.</exception>
    public FrozenTrial? BestTrial()
    {
        if (Directions.Count > 1)
        {
            throw new StudyException(
                $"study {Name} has {Directions.Count} objectives and no single best trial; ask for its Pareto front");
        }
        FrozenTrial? best = null;
        foreach (var trial in Trials())
            if (IsScored(trial) && (best is null || Loss(trial) < Loss(best))) best = trial;
        return best;

        double Loss(FrozenTrial trial) => Directions[0].Loss(trial.Values![0]);
    }

    /// <summary>The trials that no other beats in every objective, in order of number; feasible ones only.</summary>
    public IReadOnlyList<FrozenTrial> BestTrials() => ParetoFront.Of([.. Trials().Where(IsScored)], Directions);

    static bool IsScored(FrozenTrial trial) =>
        trial is { State: TrialState.Complete, Values: not null } && (
            trial.Constraints is not { } constraints || constraints.All(value => value <= 0));

    FrozenTrial End(Trial trial, TrialState state, IReadOnlyList<double>? values, FrozenTrial? successor = null)
    {
        Storage.Finish(trial.Frozen.Id, state, values, successor);
        return trial.Frozen with { State = state, Values = values };
    }
}

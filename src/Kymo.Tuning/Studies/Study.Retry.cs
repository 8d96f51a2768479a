namespace Kymo.Tuning;

public sealed partial class Study
{
    /// <summary>
    /// Ends the running trials whose workers have not beaten for a while as failures, marked <see
    /// cref="AttributeNames.Stale"/>, and
    /// enqueues each again with its values. Trials that never beat are left alone. Safe to call from every worker: a trial is
    /// taken up once.
    /// </summary>
    /// <param name="grace">How long a worker may be silent; the whole age counts.</param>
    /// <param name="retries">How often one trial is repeated at most.</param>
    /// <returns>The trials that were ended.</returns>
    public IReadOnlyList<FrozenTrial> RecoverLost(TimeSpan grace, int retries)
    {
        var ages = Storage.SinceBeat(Id);
        if (ages.Values.All(age => age <= grace)) return [];
        var recovered = new List<FrozenTrial>();
        foreach (var trial in Trials())
        {
            if (trial.State != TrialState.Running || !ages.TryGetValue(trial.Id, out var age) || age <= grace) continue;
            try
            {
                Storage.SetTrialAttribute(trial.Id, AttributeOwner.User, AttributeNames.Stale, true);
                var reason = $"its worker was silent for {(long)age.TotalSeconds} s";
                Storage.SetTrialAttribute(trial.Id, AttributeOwner.User, AttributeNames.FailReason, reason);
                Storage.Finish(trial.Id, TrialState.Fail, null, Successor(trial, retries));
            }
            catch (TrialException)
            {
                // Another worker took it up, or its own worker ended it.
                continue;
            }
            recovered.Add(trial);
        }
        return recovered;
    }

    /// <summary>
    /// Enqueues a trial again with its values and user attributes, in the form of Optuna's <c>RetryFailedTrialCallback</c>.
    /// </summary>
    /// <param name="failed">The trial to repeat.</param>
    /// <param name="retries">How often one trial is repeated at most.</param>
    /// <returns>The number of the new trial; null when the trial was repeated often enough.</returns>
    public int? Retry(FrozenTrial failed, int retries) => Successor(failed, retries) is { } successor ? Add(successor).Number : null;

    static FrozenTrial? Successor(FrozenTrial failed, int retries)
    {
        var history = failed.SystemAttributes.GetValueOrDefault(AttributeNames.RetryHistory) as IReadOnlyList<object?> ?? [];
        if (history.Count >= retries) return null;
        var first = failed.SystemAttributes.GetValueOrDefault(AttributeNames.FailedTrial) ?? (long)failed.Number;
        var userAttributes = failed.UserAttributes.Where(
            pair => pair.Key is not (AttributeNames.Stale or AttributeNames.FailReason));
        var systemAttributes = failed.SystemAttributes.Where(pair => pair.Key != AttributeNames.Heartbeat);
        return new FrozenTrial
        {
            State = TrialState.Waiting,
            Parameters = failed.Parameters,
            UserAttributes = userAttributes.ToDictionary(),
            SystemAttributes = new Dictionary<string, object?>(systemAttributes)
            {
                [AttributeNames.FailedTrial] = first,
                [AttributeNames.RetryHistory] = new List<object?>([.. history, (long)failed.Number]),
            },
        };
    }
}

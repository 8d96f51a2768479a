namespace Kymo.Tuning;

/// <summary>Keys of attributes that Optuna's tools or Kymo's read.</summary>
public static class AttributeNames
{
    /// <summary>System: the values an enqueued trial was given, by name.</summary>
    public const string FixedParameters = "fixed_params";

    /// <summary>System: constraint values; feasible where none is above zero.</summary>
    public const string Constraints = "constraints";

    /// <summary>System: number of the first trial that a retried one repeats.</summary>
    public const string FailedTrial = "failed_trial";

    /// <summary>System: numbers of all trials a retried one repeats.</summary>
    public const string RetryHistory = "retry_history";

    /// <summary>User: why a trial failed.</summary>
    public const string FailReason = "kymo_fail_reason";

    /// <summary>User: true on a trial whose worker was lost.</summary>
    public const string Stale = "kymo_stale";

    /// <summary>User: the trial's run folder.</summary>
    public const string RunFolder = "run_dir";
}

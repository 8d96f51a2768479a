namespace Kymo.Tuning;

/// <summary>Where a trial is in its life; the numbers are Optuna's.</summary>
public enum TrialState
{
    /// <summary>A worker has it.</summary>
    Running = 0,

    /// <summary>Ended with a value for every objective.</summary>
    Complete = 1,

    /// <summary>Stopped early; its value is the last intermediate one.</summary>
    Pruned = 2,

    /// <summary>Ended without a usable value.</summary>
    Fail = 3,

    /// <summary>Enqueued; the next worker takes it.</summary>
    Waiting = 4,
}

/// <summary>Which way an objective is better; the numbers are Optuna's.</summary>
public enum StudyDirection
{
    /// <summary>Only in studies of very old versions.</summary>
    NotSet = 0,

    /// <summary>Less is better.</summary>
    Minimize = 1,

    /// <summary>More is better.</summary>
    Maximize = 2,
}

/// <summary>Names of states and directions as storages write them.</summary>
static class StateNames
{
    public static string Text(this TrialState state) => state switch
    {
        TrialState.Running => "RUNNING",
        TrialState.Complete => "COMPLETE",
        TrialState.Pruned => "PRUNED",
        TrialState.Fail => "FAIL",
        _ => "WAITING",
    };

    public static TrialState State(string text) => text switch
    {
        "RUNNING" => TrialState.Running,
        "COMPLETE" => TrialState.Complete,
        "PRUNED" => TrialState.Pruned,
        "FAIL" => TrialState.Fail,
        "WAITING" => TrialState.Waiting,
        _ => throw new StudyException($"unknown trial state {text}; expected RUNNING, COMPLETE, PRUNED, FAIL or WAITING"),
    };

    public static bool IsFinished(this TrialState state) => state is TrialState.Complete or TrialState.Pruned or TrialState.Fail;

    public static string Text(this StudyDirection direction) => direction switch
    {
        StudyDirection.Minimize => "MINIMIZE",
        StudyDirection.Maximize => "MAXIMIZE",
        _ => "NOT_SET",
    };

    public static StudyDirection Direction(string text) => text switch
    {
        "MINIMIZE" => StudyDirection.Minimize,
        "MAXIMIZE" => StudyDirection.Maximize,
        "NOT_SET" => StudyDirection.NotSet,
        _ => throw new StudyException($"unknown direction {text}; expected MINIMIZE or MAXIMIZE"),
    };

    // The value as something to minimise.
    public static double Loss(this StudyDirection direction, double value) =>
        direction == StudyDirection.Maximize ? -value : value;
}

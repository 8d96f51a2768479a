using System.Globalization;

namespace Kymo.Lab.Runs;

/// <summary><c>run_steps.csv</c>: what all runs did and when, one row per stage, appended under a lock.</summary>
public static class RunSteps
{
    /// <summary>Name of the file, in the folder of all results.</summary>
    public const string FileName = "run_steps.csv";

    /// <summary>Its columns.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["ts_utc", "run_name", "stage", "dt_s", "detail"];

    /// <summary>Adds a stage.</summary>
    /// <param name="root">The folder of all results.</param>
    /// <param name="when">When the stage was reached.</param>
    /// <param name="runName">The run.</param>
    /// <param name="stage">For instance <c>run_start</c>, <c>epoch_done</c>, <c>leaderboard_written</c>.</param>
    /// <param name="seconds">How long it took, or null.</param>
    /// <param name="detail"><c>key=value</c> texts between blanks.</param>
    public static void Append(
        string root, DateTimeOffset when, string runName, string stage, double? seconds = null, string detail = "") =>
        LockedAppend.Row(Path.Combine(root, FileName), Columns,
        [
            Timestamp.Text(when), runName, stage, seconds?.ToString("F2", CultureInfo.InvariantCulture) ?? "", detail,
        ]);
}

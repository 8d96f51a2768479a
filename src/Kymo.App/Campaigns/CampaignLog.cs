using System.Globalization;
using Kymo.Lab.Runs;

namespace Kymo.App.Campaigns;

/// <summary><c>manifest_status.csv</c> and the progress tables, written after every run.</summary>
sealed class CampaignLog(CampaignFolder folder, Terminal terminal)
{
    const int MostRows = 200;

    static readonly string[] s_status = ["ts_utc", "stage", "run_name", "model", "status", "duration_s", "return_code", "note"];
    static readonly string[] s_progress =
        ["ts_utc", "stage", "run_name", "status", "duration_min", "model", "params", "val_f1", "test_f1", "test_acc", "best_epoch", "epochs_ran"];

    readonly Lock _gate = new();

    /// <summary>A run was looked at, ended or failed.</summary>
    public void Add(PlannedRun run, string status, TimeSpan duration, int code = 0, string note = "")
    {
        lock (_gate)
        {
            LockedAppend.Row(folder.StatusFile, s_status,
            [
                DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), run.Stage, run.Name, run.Model, status,
                duration.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture), code.ToString(CultureInfo.InvariantCulture), note,
            ]);
            var scores = WriteProgress(folder)[^1];
            terminal.Note($"{run.Name,-44} {status,-14} {(scores[7] == "" ? "" : $"validation F1 {scores[7]}, held-out F1 {scores[8]}")}{(duration == TimeSpan.Zero ? "" : ", " + DurationText.Of(duration))}"
                + (note == "" ? "" : "  " + note));
        }
    }

    /// <summary>Writes the progress tables from <c>manifest_status.csv</c>; where that is gone, they go too.</summary>
    /// <returns>Their rows.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> WriteProgress(CampaignFolder folder)
    {
        if (!File.Exists(folder.StatusFile))
        {
            File.Delete(folder.ProgressFile);
            File.Delete(folder.ProgressPage);
            return [];
        }
        var rows = Rows(folder);
        AtomicFile.Write(folder.ProgressFile, Csv.Table(s_progress, rows));
        AtomicFile.Write(folder.ProgressPage, Markdown(rows));
        return rows;
    }

    static List<string[]> Rows(CampaignFolder folder)
    {
        var table = CsvTable.Read(folder.StatusFile, TornTail.Drop);
        return [.. table.Rows.TakeLast(MostRows).Select(row =>
        {
            var path = Path.Combine(folder.RunOf(row[2]), RunFiles.Metrics);
            var metrics = row[4] is "ok" or "skipped_valid" && File.Exists(path) ? CanonicalJson.ReadObject(path) : [];
            string Score(string part, string name) => metrics[part]?[name] is { } score ? score.GetValue<double>().ToString("F4", CultureInfo.InvariantCulture) : "";
            return (string[])
            [
                row[0], row[1], row[2], row[4], (double.Parse(row[5], CultureInfo.InvariantCulture) / 60).ToString("F2", CultureInfo.InvariantCulture), row[3],
                metrics["params"]?.ToString() ?? "", Score("validation_current", "f1_macro"), Score("test", "f1_macro"), Score("test", "acc"),
                metrics["best_epoch"]?.ToString() ?? "", metrics["epochs_ran"]?.ToString() ?? "",
            ];
        })];
    }

    static string Markdown(List<string[]> rows) => string.Concat(
        ((IEnumerable<string[]>)[s_progress, [.. s_progress.Select(_ => "---")], .. rows]).Select(row => $"| {string.Join(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n"));
}

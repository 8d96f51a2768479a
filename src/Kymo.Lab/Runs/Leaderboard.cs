using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>
/// <c>leaderboard.csv</c>: one row per finished run of all tasks, appended under a lock, only after the run has been checked. The
/// first 68 columns and their order are fixed; Kymo's own follow. A table with an older header is migrated with blank cells.
/// </summary>
public static class Leaderboard
{
    /// <summary>Name of the file, in the folder of all results.</summary>
    public const string FileName = "leaderboard.csv";

    /// <summary>The fixed columns.</summary>
    public static IReadOnlyList<string> FixedColumns { get; } =
    [
        "schema_version", "run_id", "run_name", "task_name", "model", "teacher_model", "ts_start_utc", "ts_end_utc", "duration_s",
        "seed", "config_hash", "git_commit_sha", "git_dirty", "device", "device_name", "epochs", "epochs_ran",
        "early_stop_patience", "early_stop_min_delta", "early_stopped", "stopped_epoch", "best_epoch", "lr", "weight_decay",
        "batch_size", "optimizer", "scheduler", "sr", "n_mels", "clip_seconds", "class_weights", "dataset_commit",
        "cache_fingerprint",
        "best_val_loss", "best_val_f1", "best_val_acc", "best_val_precision_macro", "best_val_recall_macro",
        "best_val_balanced_acc",
        "test_loss", "test_f1", "test_acc", "test_precision_macro", "test_recall_macro", "test_balanced_acc",
        "params", "teacher_params", "compression_ratio", "model_size_mb", "cpu_latency_ms", "artifact_dir", "metrics_json",
        "epoch_metrics_csv", "test_metrics_csv", "class_metrics_csv", "test_cm_csv", "best_checkpoint", "last_checkpoint",
        "optimizer_checkpoint", "scheduler_checkpoint", "rng_checkpoint", "rnn_hidden", "rnn_layers", "cbam_reduction",
        "cbam_sa_kernel", "att_mode", "alpha", "tau",
    ];

    /// <summary>All columns.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        .. FixedColumns, "status", "test_acc_low", "test_acc_high", "test_f1_low", "test_f1_high", "interval_over", "folds",
        "fold_test_acc_mean", "fold_test_acc_std_population", "fold_test_acc_std_sample", "cpu_latency_p50_ms",
        "cpu_latency_p95_ms", "macs", "excluded_items", "threads", "cpu_model", "feature_ms",
    ];

    static readonly string[] s_neverBlank =
    [
        "schema_version", "run_id", "run_name", "task_name", "ts_start_utc", "ts_end_utc", "duration_s", "seed", "config_hash",
        "device", "epochs", "epochs_ran", "best_epoch", "lr", "weight_decay", "batch_size", "optimizer", "sr", "n_mels", "params",
        "model_size_mb", "cpu_latency_ms", "artifact_dir", "metrics_json", "epoch_metrics_csv", "test_metrics_csv",
        "class_metrics_csv", "test_cm_csv", "best_checkpoint", "last_checkpoint", "optimizer_checkpoint", "rng_checkpoint",
        "status",
    ];

    /// <summary>Checks the run folder, then adds its row.</summary>
    /// <param name="run">The run, with all its files written; not sealed yet, or it could not be gone on with after a kill or a fault here.</param>
    /// <param name="summary">What it reported. Recipe-specific columns come from <see cref="RunSummary.Columns"/>.</param>
    /// <param name="isResumed">A row that a killed process of the same run may have added is replaced; otherwise rows are only added.</param>
    /// <exception cref="DataException">The folder breaks its contract or a required cell is blank; no row is written.</exception>
    public static void Append(RunFolder run, RunSummary summary, bool isResumed = false)
    {
        var findings = RunVerifier.Verify(run.Path, hashes: run.Has(RunFiles.Hashes));
        var errors = findings.Where(f => f.Severity == Severity.Error).ToArray();
        if (errors.Length > 0)
            throw new DataException(run.Path, $"the run breaks its contract, so it gets no row in {FileName}: " +
                string.Join("; ", errors.Take(5).Select(e => $"{e.File}: {e.Message}")) +
                (errors.Length > 5 ? string.Create(CultureInfo.InvariantCulture, $"; and {errors.Length - 5} more") : ""));
        var row = Row(run, summary);
        LockedAppend.Row(Path.Combine(run.Root, FileName), Columns, [.. Columns.Select(c => row.GetValueOrDefault(c, ""))], key: isResumed ? "run_id" : null);
    }

    /// <summary>The cells of a run by column.</summary>
    /// <exception cref="DataException">A column that may not be blank is.</exception>
    internal static Dictionary<string, string> Row(RunFolder run, RunSummary s)
    {
        var row = new Dictionary<string, string>();
        foreach (var (column, value) in Facts(run, s).Concat(Paths(run, s.Contract)).Concat(s.Columns))
        {
            if (!Columns.Contains(column))
                throw new ArgumentException($"'{column}' is no column of {FileName}");
            row[column] = Cell(value);
        }
        var blank = s_neverBlank
            .Where(c => Columns.Contains(c) && !MayBeBlank(c, s.Contract) && row.GetValueOrDefault(c, "") == "");
        if (blank.ToArray() is { Length: > 0 } missing)
            throw new DataException(
                run.Path, $"{string.Join(", ", missing)} must not be blank in {FileName}; no row was written");
        return row;
    }

    static bool MayBeBlank(string column, RunContract contract) =>
        contract.BlankColumns.Contains(column)
        || (contract.Kind == TaskKind.Regression && column is "class_metrics_csv" or "test_cm_csv");

    static IEnumerable<KeyValuePair<string, JsonNode?>> Facts(RunFolder run, RunSummary s)
    {
        var git = CanonicalJson.ReadObject(run.PathOf(RunFiles.Git));
        var machine = CanonicalJson.ReadObject(run.PathOf(RunFiles.Environment));
        var row = new Dictionary<string, JsonNode?>
        {
            ["schema_version"] = RunContract.SchemaVersion,
            ["run_id"] = s.RunId,
            ["run_name"] = s.RunName,
            ["task_name"] = s.Contract.TaskName,
            ["model"] = s.Model,
            ["ts_start_utc"] = Timestamp.Text(s.Started),
            ["ts_end_utc"] = Timestamp.Text(s.Ended),
            ["duration_s"] = s.Seconds,
            ["seed"] = s.Seed,
            ["config_hash"] = s.ConfigHash,
            ["git_commit_sha"] = git["commit_sha"],
            ["git_dirty"] = git["dirty"],
            ["device"] = s.Device,
            ["device_name"] = s.DeviceName,
            ["epochs_ran"] = s.EpochsRan,
            ["early_stop_patience"] = s.EarlyStop.Patience,
            ["early_stop_min_delta"] = s.EarlyStop.MinDelta,
            ["early_stopped"] = s.EarlyStop.Stopped,
            ["stopped_epoch"] = s.EarlyStop.StoppedEpoch,
            ["best_epoch"] = s.BestEpoch,
            ["optimizer"] = s.Optimizer,
            ["scheduler"] = s.Scheduler,
            ["params"] = s.Parameters,
            ["model_size_mb"] = s.ModelSizeMiB,
            ["cpu_latency_ms"] = s.CpuLatencyMs,
            ["cpu_latency_p50_ms"] = s.LatencyP50Ms,
            ["cpu_latency_p95_ms"] = s.LatencyP95Ms,
            ["macs"] = s.Macs,
            ["status"] = EvidenceTables.StatusText(s.Status),
            ["excluded_items"] = s.Excluded.Count,
            ["threads"] = machine["threads"]?.DeepClone(),
            ["cpu_model"] = machine["cpu_model"]?.DeepClone(),
            ["interval_over"] = s.TestIntervals.Count > 0 ? s.IntervalsOver : null,
        };
        foreach (var (name, score) in (ReadOnlySpan<(string, string)>)
            [("loss", "loss"), ("f1", "f1_macro"), ("acc", "acc"), ("precision_macro", "precision_macro"),
             ("recall_macro", "recall_macro"), ("balanced_acc", "balanced_acc")])
        {
            if (s.ValidationBest.TryGetValue(score, out var validation)) row[$"best_val_{name}"] = validation;
            if (s.Test.TryGetValue(score, out var test)) row[$"test_{name}"] = test;
            if (name is not ("f1" or "acc") || !s.TestIntervals.TryGetValue(score, out var interval)) continue;
            row[$"test_{name}_low"] = interval.LowOrNull;
            row[$"test_{name}_high"] = interval.HighOrNull;
        }
        if (s.Contract.IsCrossValidated) AddFolds(row, s);
        return row;
    }

    static void AddFolds(Dictionary<string, JsonNode?> row, RunSummary s)
    {
        var mean = Metrics.MeanAndDeviation.Of([.. s.Folds.Select(f => f.Test.GetValueOrDefault("acc", double.NaN))]);
        row["folds"] = string.Join(' ', s.Contract.Folds);
        row["fold_test_acc_mean"] = mean.Mean;
        row["fold_test_acc_std_population"] = mean.PopulationDeviation;
        row["fold_test_acc_std_sample"] = mean.SampleDeviation;
    }

    /// <summary>Paths relative to the folder above all results, so that no row tells where on a disk it was made.</summary>
    static IEnumerable<KeyValuePair<string, JsonNode?>> Paths(RunFolder run, RunContract contract)
    {
        var folder = $"{Path.GetFileName(run.Root)}/runs/{run.Name}";
        yield return new("artifact_dir", folder);
        yield return new("metrics_json", $"{folder}/{RunFiles.Metrics}");
        foreach (var (key, path) in contract.Artifacts)
            if ((key == "test_confusion_matrix_csv" ? "test_cm_csv" : key) is var column && Columns.Contains(column))
                yield return new(column, $"{folder}/{path}");
    }

    /// <summary>
    /// Cells as the table has always had them: numbers to six places, <c>True</c> and <c>False</c>, blank for null.
    /// </summary>
    static string Cell(JsonNode? value) => value switch
    {
        null => "",
        JsonValue v when v.TryGetValue(out bool flag) => flag ? "True" : "False",
        JsonValue v when v.TryGetValue(out string? text) => text,
        JsonValue v when v.TryGetValue(out double number) && !IsWhole(v) => NumberText.Cell(Math.Round(number, 6)),
        _ => CanonicalJson.Compact(value),
    };

    static bool IsWhole(JsonValue value) => !CanonicalJson.Compact(value).AsSpan().ContainsAny(".enNI");
}

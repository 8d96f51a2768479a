using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;
using Kymo.Signals;

namespace Kymo.Lab.Runs;

/// <summary>
/// What a run folder promises, as data: its files, the exact headers of its tables, the keys of its JSON files. It is written
/// into the folder (<c>contract.json</c>), so that a run can be checked without the recipe that made it. A cross-validated run
/// keeps the same promises at its top and adds <c>fold_metrics.csv</c> and one folder per fold.
/// </summary>
public sealed record RunContract
{
    /// <summary>Version of the common part of the contract.</summary>
    public const string Version = "2026-02-07.v1";

    /// <summary>Version of <c>metrics.json</c> and of leaderboard rows.</summary>
    public const string SchemaVersion = "v2";

    /// <summary>The scores every classification run reports, in the order of the tables.</summary>
    public static IReadOnlyList<string> ClassificationScores { get; } =
        ["loss", "acc", "f1_macro", "precision_macro", "recall_macro", "balanced_acc"];

    /// <summary>Classification or regression.</summary>
    public required TaskKind Kind { get; init; }

    /// <summary>Name of the task, for instance <c>urban_sound_classification</c>.</summary>
    public required string TaskName { get; init; }

    /// <summary>Class names in class order; empty for regression.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Names of the predicted numbers; empty for classification.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Scores beyond the common ones, in table order; for regression, the scores after <c>loss</c>.</summary>
    public IReadOnlyList<string> ExtraScores { get; init; } = [];

    /// <summary>
    /// Columns that <c>epoch_metrics.csv</c> has between <c>lr</c> and <c>is_best</c>, for instance <c>alpha</c>, <c>tau</c>.
    /// </summary>
    public IReadOnlyList<string> ExtraEpochColumns { get; init; } = [];

    /// <summary>Folds of a cross-validated run; empty for a single run.</summary>
    public IReadOnlyList<int> Folds { get; init; } = [];

    /// <summary>Leaderboard columns that have no meaning for this task and stay blank, for instance <c>n_mels</c>.</summary>
    public IReadOnlyList<string> BlankColumns { get; init; } = [];

    /// <summary>Classes that macro averages run over. Default all.</summary>
    public AveragedClasses MacroAverage { get; init; } = AveragedClasses.All;

    /// <summary>Whether the run is cross-validated.</summary>
    public bool IsCrossValidated => Folds.Count > 0;

    /// <summary>All scores in table order; <c>loss</c> comes first.</summary>
    public IReadOnlyList<string> Scores =>
        Kind == TaskKind.Classification ? [.. ClassificationScores, .. ExtraScores] : ["loss", .. ExtraScores];

    /// <summary>Files that must exist, relative to the run folder.</summary>
    public IReadOnlyList<string> RequiredFiles
    {
        get
        {
            List<string> files =
            [
                RunFiles.ResolvedConfig, RunFiles.Environment, RunFiles.Git, RunFiles.DataFingerprint, RunFiles.EarlyStop,
                RunFiles.Metrics, RunFiles.Contract, RunFiles.EpochMetrics, RunFiles.TestMetrics, RunFiles.Predictions,
                .. RunFiles.RequiredCheckpoints,
            ];
            if (Kind == TaskKind.Classification) files.AddRange([RunFiles.ClassMetrics, RunFiles.ConfusionMatrix]);
            if (!IsCrossValidated) return files;
            files.Add(RunFiles.FoldMetrics);
            foreach (var fold in Folds) files.AddRange(FoldFiles.Select(f => $"{RunFiles.Fold(fold)}/{f}"));
            return files;
        }
    }

    /// <summary>Files each fold's folder must hold.</summary>
    public static IReadOnlyList<string> FoldFiles { get; } =
        [RunFiles.EpochMetrics, RunFiles.EarlyStop, .. RunFiles.RequiredCheckpoints];

    /// <summary>Columns of <c>epoch_metrics.csv</c>; in a cross-validated run with <c>fold</c> before <c>is_best</c>.</summary>
    public IReadOnlyList<string> EpochColumns =>
    [
        "ts_utc", "run_id", "epoch", "epoch_start_utc", "epoch_end_utc", "epoch_s",
        .. Prefixed("train"), .. Prefixed("val"), "lr",
        .. ExtraEpochColumns, .. IsCrossValidated ? ["fold"] : Array.Empty<string>(), "is_best",
    ];

    /// <summary>Columns of <c>test_metrics.csv</c>.</summary>
    public IReadOnlyList<string> TestColumns => ["ts_utc", "run_id", .. Prefixed("test")];

    /// <summary>Columns of <c>fold_metrics.csv</c>.</summary>
    public IReadOnlyList<string> FoldColumns =>
    [
        "fold", "status", "n_train", "n_val", "n_test", "best_epoch", "epochs_ran", "duration_s",
        .. Prefixed("val"), .. Prefixed("test"),
    ];

    /// <summary>Columns of <c>class_metrics.csv</c>.</summary>
    public static IReadOnlyList<string> ClassColumns { get; } =
        ["ts_utc", "split", "class_id", "class_name", "precision", "recall", "f1", "support"];

    /// <summary>Columns of <c>test_confusion_matrix.csv</c>.</summary>
    public IReadOnlyList<string> ConfusionColumns => [@"true\pred", .. Classes];

    /// <summary>Columns of <c>predictions.csv</c>.</summary>
    public IReadOnlyList<string> PredictionColumns => Kind == TaskKind.Classification
        ? ["id", "fold", "true", "predicted", .. Classes.Select(c => "p_" + c)]
        : Targets.Count == 1
            ? ["id", "fold", "true", "predicted"]
            : ["id", "fold", .. Targets.Select(t => "true_" + t), .. Targets.Select(t => "predicted_" + t)];

    /// <summary>Keys that <c>metrics.json</c> must have.</summary>
    public static IReadOnlyList<string> MetricsKeys { get; } =
    [
        "schema_version", "run_id", "run_name", "task_name", "ts_start_utc", "ts_end_utc", "duration_s", "seed", "config_hash",
        "device", "device_name", "model", "optimizer", "scheduler", "hyperparameters", "best_epoch", "epochs_ran", "early_stop",
        "validation_best", "validation_current", "test", "params", "model_size_mb", "cpu_latency_ms", "data_fingerprint",
        "artifacts",
    ];

    /// <summary>Keys of <c>early_stop.json</c> and of <c>early_stop</c> in <c>metrics.json</c>.</summary>
    public static IReadOnlyList<string> EarlyStopKeys { get; } =
        ["enabled", "patience", "min_delta", "early_stopped", "stopped_epoch", "best_epoch", "best_val_f1"];

    /// <summary>Files under <c>artifacts</c> of <c>metrics.json</c>: key to path inside the run folder.</summary>
    public IReadOnlyDictionary<string, string> Artifacts
    {
        get
        {
            var paths = new Dictionary<string, string>
            {
                ["epoch_metrics_csv"] = RunFiles.EpochMetrics,
                ["test_metrics_csv"] = RunFiles.TestMetrics,
                ["best_checkpoint"] = RunFiles.BestModel,
                ["last_checkpoint"] = RunFiles.LastModel,
                ["optimizer_checkpoint"] = RunFiles.LastOptimizer,
                ["rng_checkpoint"] = RunFiles.RandomState,
                ["predictions_csv"] = RunFiles.Predictions,
            };
            if (Kind == TaskKind.Classification)
            {
                paths["class_metrics_csv"] = RunFiles.ClassMetrics;
                paths["test_confusion_matrix_csv"] = RunFiles.ConfusionMatrix;
            }
            if (IsCrossValidated) paths["fold_metrics_csv"] = RunFiles.FoldMetrics;
            return paths;
        }
    }

    /// <summary>The contract of a classification task.</summary>
    /// <exception cref="ArgumentException">Fewer than two classes, or one named twice.</exception>
    public static RunContract Classification(string taskName, IReadOnlyList<string> classes)
    {
        if (classes.Count < 2 || classes.Distinct(StringComparer.Ordinal).Count() != classes.Count)
            throw new ArgumentException($"classes {string.Join(", ", classes)}: expected at least two, each once");
        return new RunContract { Kind = TaskKind.Classification, TaskName = taskName, Classes = classes };
    }

    /// <summary>The contract of a regression task.</summary>
    /// <param name="taskName">Name of the task.</param>
    /// <param name="targets">Names of the predicted numbers.</param>
    /// <param name="scores">
    /// Names of the scores besides <c>loss</c>; <c>mse</c> and <c>mae</c> are recomputed when checked.
    /// </param>
    public static RunContract Regression(string taskName, IReadOnlyList<string> targets, IReadOnlyList<string> scores) => new()
    {
        Kind = TaskKind.Regression,
        TaskName = taskName,
        Targets = targets,
        ExtraScores = scores,
    };

    /// <summary>
    /// The contract as <c>contract.json</c> holds it. The headers are there for readers; the other keys decide.
    /// </summary>
    public JsonObject ToJson() => new()
    {
        ["artifact_contract_version"] = Version,
        ["schema_version"] = SchemaVersion,
        ["kind"] = Kind == TaskKind.Classification ? "classification" : "regression",
        ["task_name"] = TaskName,
        ["classes"] = Texts(Classes),
        ["targets"] = Texts(Targets),
        ["extra_scores"] = Texts(ExtraScores),
        ["extra_epoch_columns"] = Texts(ExtraEpochColumns),
        ["blank_columns"] = Texts(BlankColumns),
        ["macro_average"] = MacroAverage == AveragedClasses.All ? "all" : "present",
        ["folds"] = new JsonArray([.. Folds.Select(f => (JsonNode)f)]),
        ["required_files"] = Texts(RequiredFiles),
        ["headers"] = new JsonObject
        {
            [RunFiles.EpochMetrics] = Texts(EpochColumns),
            [RunFiles.TestMetrics] = Texts(TestColumns),
            [RunFiles.Predictions] = Texts(PredictionColumns),
        },
    };

    /// <summary>Reads <c>contract.json</c>.</summary>
    /// <exception cref="DataException">A key is missing or of the wrong kind, or the version is unknown.</exception>
    public static RunContract Read(string path)
    {
        var fields = new JsonFields(path, CanonicalJson.ReadObject(path));
        var version = fields.Text("artifact_contract_version");
        if (version != Version)
            throw new DataException(path, $"artifact_contract_version '{version}': this program knows '{Version}'");
        return new RunContract
        {
            Kind = fields.Text("kind") switch
            {
                "classification" => TaskKind.Classification,
                "regression" => TaskKind.Regression,
                var other => throw new DataException(path, $"kind '{other}': expected classification or regression"),
            },
            TaskName = fields.Text("task_name"),
            Classes = fields.Texts("classes"),
            Targets = fields.Texts("targets"),
            ExtraScores = fields.Texts("extra_scores"),
            ExtraEpochColumns = fields.Texts("extra_epoch_columns"),
            BlankColumns = fields.Texts("blank_columns"),
            MacroAverage = fields.Text("macro_average") switch
            {
                "all" => AveragedClasses.All,
                "present" => AveragedClasses.Present,
                var other => throw new DataException(path, $"macro_average '{other}': expected all or present"),
            },
            Folds = [.. fields.Integers("folds").Select(f => (int)f)],
        };
    }

    /// <summary>The name of a fold or null, as table cells say it.</summary>
    internal static string FoldCell(int? fold) => fold?.ToString(CultureInfo.InvariantCulture) ?? "";

    IEnumerable<string> Prefixed(string split) => Scores.Select(s => $"{split}_{s}");

    static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}

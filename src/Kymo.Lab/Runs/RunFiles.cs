using System.Globalization;

namespace Kymo.Lab.Runs;

/// <summary>Names inside a run folder, with <c>/</c> between folders.</summary>
public static class RunFiles
{
    /// <summary>Every value the run was started with.</summary>
    public const string ResolvedConfig = "resolved_config.json";

    /// <summary>The composed settings before a recipe's own rules, where a recipe keeps them.</summary>
    public const string ResolvedYaml = "resolved_config.yaml";

    /// <summary>Machine, runtime and engines.</summary>
    public const string Environment = "env.json";

    /// <summary>State of the source tree.</summary>
    public const string Git = "git.json";

    /// <summary>What the data are, by content.</summary>
    public const string DataFingerprint = "data_fingerprint.json";

    /// <summary>What early stopping did.</summary>
    public const string EarlyStop = "early_stop.json";

    /// <summary>All scores and facts of the finished run.</summary>
    public const string Metrics = "metrics.json";

    /// <summary>The columns and keys this run promises.</summary>
    public const string Contract = "contract.json";

    /// <summary>One row per epoch.</summary>
    public const string EpochMetrics = "epoch_metrics.csv";

    /// <summary>One row: scores on held-out data.</summary>
    public const string TestMetrics = "test_metrics.csv";

    /// <summary>Precision, recall and F1 per split and class.</summary>
    public const string ClassMetrics = "class_metrics.csv";

    /// <summary>Counts by true and predicted class.</summary>
    public const string ConfusionMatrix = "test_confusion_matrix.csv";

    /// <summary>One row per held-out item.</summary>
    public const string Predictions = "predictions.csv";

    /// <summary>The recording or person of each held-out item, where a recipe keeps it.</summary>
    public const string ItemGroups = "item_groups.csv";

    /// <summary>One row per item that was left out, with the reason.</summary>
    public const string ExcludedItems = "excluded_items.csv";

    /// <summary>One row per fold of a cross-validated run.</summary>
    public const string FoldMetrics = "fold_metrics.csv";

    /// <summary>Every scalar and text logged, one JSON object a line: the source of all trackers' files.</summary>
    public const string Events = "events.jsonl";

    /// <summary>The page a person reads.</summary>
    public const string Report = "report.html";

    /// <summary>SHA-256 of every other file; written last.</summary>
    public const string Hashes = "files.sha256";

    /// <summary>Weights that scored best on validation data.</summary>
    public const string BestModel = "checkpoints/best_model.pth";

    /// <summary>The same weights as safetensors.</summary>
    public const string BestModelSafetensors = "checkpoints/best_model.safetensors";

    /// <summary>Weights after the last epoch.</summary>
    public const string LastModel = "checkpoints/last_model.pth";

    /// <summary>Optimiser state after the last epoch.</summary>
    public const string LastOptimizer = "checkpoints/optimizer_last.pth";

    /// <summary>State of every random stream after the last epoch.</summary>
    public const string RandomState = "checkpoints/rng_state.pth";

    /// <summary>How far training came: per-fold status, for resuming.</summary>
    public const string TrainingState = "training_state.json";

    /// <summary>The network as a table of layers.</summary>
    public const string Architecture = "model_architecture.txt";

    /// <summary>The network that taught this one, as a table of layers.</summary>
    public const string TeacherArchitecture = "teacher_architecture.txt";

    /// <summary>Folder of figures.</summary>
    public const string Figures = "figures";

    /// <summary>Folder of the composed configuration (<c>config.yaml</c>, <c>overrides.yaml</c>, <c>hydra.yaml</c>).</summary>
    public const string Hydra = ".hydra";

    /// <summary>The four checkpoints every training unit must have.</summary>
    public static IReadOnlyList<string> RequiredCheckpoints { get; } = [BestModel, LastModel, LastOptimizer, RandomState];

    /// <summary>Folder of one fold of a cross-validated run: <c>folds/fold_3</c>.</summary>
    public static string Fold(int fold) => string.Create(CultureInfo.InvariantCulture, $"folds/fold_{fold}");

    /// <summary>Best weights of one fold, beside the run's own: <c>checkpoints/model_fold_3_best.safetensors</c>.</summary>
    public static string FoldBestModel(int fold) =>
        string.Create(CultureInfo.InvariantCulture, $"checkpoints/model_fold_{fold}_best.safetensors");
}

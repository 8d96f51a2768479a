using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;

namespace Kymo.Lab.Runs;

/// <summary>A simple rival that a trained network is shown beside.</summary>
/// <param name="Name">For instance <c>majority</c> or <c>nearest neighbour</c>.</param>
/// <param name="Test">Its scores on the same held-out items.</param>
public sealed record Baseline(string Name, IReadOnlyDictionary<string, double> Test);

/// <summary>An item that was left out, and why.</summary>
/// <param name="Id">The item.</param>
/// <param name="Reason">What was wrong with it.</param>
public sealed record ExcludedItem(string Id, string Reason);

/// <summary>Everything <c>metrics.json</c> says about a finished run.</summary>
public sealed record RunSummary
{
    /// <summary>The run's promises.</summary>
    public required RunContract Contract { get; init; }

    /// <summary>Name of the run folder.</summary>
    public required string RunName { get; init; }

    /// <summary>Hash of the configuration; see <see cref="CanonicalJson.Hash"/>.</summary>
    public required string ConfigHash { get; init; }

    /// <summary><c>name-s&lt;seed&gt;-&lt;config hash&gt;</c>.</summary>
    public string RunId => MakeRunId(RunName, Seed, ConfigHash);

    /// <summary>When the run began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it was over.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>How long it took in seconds: reading, training, judging, measuring the speed; see <see cref="SecondsOf"/>.</summary>
    public required double Seconds { get; init; }

    /// <summary>The one seed of all random streams.</summary>
    public required long Seed { get; init; }

    /// <summary><c>cpu</c>, <c>cuda</c> or <c>mps</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Name of the device, for instance the processor's.</summary>
    public required string DeviceName { get; init; }

    /// <summary>Name of the network.</summary>
    public required string Model { get; init; }

    /// <summary>Name of the optimiser, for instance <c>Adam</c>.</summary>
    public required string Optimizer { get; init; }

    /// <summary>Name of the learning-rate schedule, or empty.</summary>
    public string Scheduler { get; init; } = "";

    /// <summary>Every value of the configuration.</summary>
    public required JsonObject Hyperparameters { get; init; }

    /// <summary>Best epoch (of the promoted fold in a cross-validated run).</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Epochs trained (over all folds).</summary>
    public required int EpochsRan { get; init; }

    /// <summary>What early stopping did (in the promoted fold).</summary>
    public required EarlyStopState EarlyStop { get; init; }

    /// <summary>Scores on validation data at the best epoch.</summary>
    public required IReadOnlyDictionary<string, double> ValidationBest { get; init; }

    /// <summary>Scores on validation data with the weights that were kept, measured again at the end.</summary>
    public required IReadOnlyDictionary<string, double> ValidationCurrent { get; init; }

    /// <summary>Scores on held-out data (all folds' items together in a cross-validated run).</summary>
    public required IReadOnlyDictionary<string, double> Test { get; init; }

    /// <summary>Intervals of held-out scores by name.</summary>
    public IReadOnlyDictionary<string, Interval> TestIntervals { get; init; } = new Dictionary<string, Interval>();

    /// <summary>What the intervals were drawn over, for instance <c>recording</c>.</summary>
    public string IntervalsOver { get; init; } = "item";

    /// <summary>Rivals on the same items.</summary>
    public IReadOnlyList<Baseline> Baselines { get; init; } = [];

    /// <summary>The folds of a cross-validated run.</summary>
    public IReadOnlyList<FoldRow> Folds { get; init; } = [];

    /// <summary>Trainable parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>Bytes of parameters and buffers over 1,048,576.</summary>
    public required double ModelSizeMiB { get; init; }

    /// <summary>Mean time of one forward pass of one item on the CPU, in milliseconds.</summary>
    public required double CpuLatencyMs { get; init; }

    /// <summary>Median of the same, or null if not measured.</summary>
    public double? LatencyP50Ms { get; init; }

    /// <summary>95th percentile of the same, or null if not measured.</summary>
    public double? LatencyP95Ms { get; init; }

    /// <summary>Multiply-accumulate operations of one forward pass, or null if not counted.</summary>
    public long? Macs { get; init; }

    /// <summary>Whether the network collapsed to one class.</summary>
    public RunStatus Status { get; init; }

    /// <summary>Remarks a reader should see, in plain words.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Items left out.</summary>
    public IReadOnlyList<ExcludedItem> Excluded { get; init; } = [];

    /// <summary>What the data are, as in <c>data_fingerprint.json</c>; never empty.</summary>
    public required JsonObject DataFingerprint { get; init; }

    /// <summary>
    /// Values of leaderboard columns that only some tasks have, by column, for instance <c>sr</c>, <c>alpha</c>.
    /// </summary>
    public IReadOnlyDictionary<string, JsonNode?> Columns { get; init; } = new Dictionary<string, JsonNode?>();

    /// <summary>
    /// Further keys of <c>metrics.json</c>, for instance <c>teacher_params</c>. They may not replace the common ones.
    /// </summary>
    public JsonObject Extra { get; init; } = [];

    /// <summary>Identifier of a run: name, seed and configuration.</summary>
    public static string MakeRunId(string runName, long seed, string configHash) => $"{runName}-s{seed}-{configHash}";

    /// <summary>
    /// How long a run took in seconds: this process, and the epochs of those before it. Of the epoch in which it was interrupted
    /// counts what this process cannot have spent on it; the reading of data before an interruption is not known.
    /// </summary>
    /// <param name="began">When this process began to work for it.</param>
    /// <param name="ended">When it was over.</param>
    /// <param name="history">All its epochs.</param>
    public static double SecondsOf(DateTimeOffset began, DateTimeOffset ended, IEnumerable<EpochRow> history) => (ended - began).TotalSeconds + history.Sum(row =>
        row.Ended <= began ? row.Seconds
        : row.Started < began ? Math.Max(0, row.Seconds - (row.Ended - began).TotalSeconds)
        : 0);
}

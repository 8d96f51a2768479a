using System.Text.Json.Serialization;
using Kymo.Config;

namespace Kymo.Lab.Training;

/// <summary>Which weights are reported.</summary>
public enum WeightSelection
{
    /// <summary>Those of the epoch with the best value of <c>checkpoint.monitor</c>.</summary>
    Best,

    /// <summary>Those of the last epoch.</summary>
    Last,

    /// <summary>Their exponential moving average after the last step.</summary>
    Average,
}

/// <summary>What happens when a loss or a gradient is not finite.</summary>
public enum NonFinitePolicy
{
    /// <summary>The training ends with an error that names the step and the first such tensor.</summary>
    Stop,

    /// <summary>The step is left out and counted.</summary>
    Skip,
}

/// <summary>
/// The part of a recipe's configuration that every training shares, in Lightning's words: length, batches, clipping, stopping, what is
/// kept, trackers, device.
/// </summary>
/// <param name="EarlyStopping">When a training ends before its last epoch.</param>
/// <param name="Checkpoint">Which weights are kept, and how often everything is.</param>
/// <param name="Wandb">The offline run of <c>logger=wandb</c>.</param>
/// <param name="Epochs">Epochs at most; 0 prepares everything and trains nothing.</param>
/// <param name="MaxSteps">Optimiser steps at most; 0 for no limit.</param>
/// <param name="MaxMinutes">Minutes at most of each part that is trained as one (the run, or each fold of it); 0 for no limit.</param>
/// <param name="Patience">Short for <c>early_stopping.patience</c>; null leaves that as it is.</param>
/// <param name="BatchSize">Examples of a batch.</param>
/// <param name="EvalBatchSize">Examples of a forward pass in evaluation.</param>
/// <param name="AccumulateGradBatches">Batches whose gradients make one step.</param>
/// <param name="MicroBatch">
/// Examples of a part of a batch for networks without batch statistics, so that a part's activations stay in the cache: a number,
/// <c>off</c>, or <c>auto</c> to measure at the start. A resumed run repeats the choice.
/// </param>
/// <param name="LimitTrainBatches">Share (a number with a point, up to 1.0) or count (a whole number) of the training batches of an epoch.</param>
/// <param name="LimitValBatches">The same for validation.</param>
/// <param name="LimitTestBatches">The same for the held-out part; such a run is marked as a trial.</param>
/// <param name="OverfitBatches">Train and validate on this many fixed batches, to see whether the network can learn at all; 0 for off.</param>
/// <param name="FastDevRun">One batch of everything for one epoch: does the whole program run?</param>
/// <param name="GradientClipVal">Largest norm, or value, of the gradient; null or 0 for no limit.</param>
/// <param name="GradientClipAlgorithm"><c>norm</c> or <c>value</c>.</param>
/// <param name="AutoLrFind">Look for the learning rate by a range test on the first batches, instead of <c>optim.lr</c>.</param>
/// <param name="Nonfinite">What happens when a loss or gradient is not finite.</param>
/// <param name="Sampler"><c>shuffle</c>, <c>weighted</c> (classes equally often, with replacement) or <c>sequential</c>.</param>
/// <param name="Select">Which weights are reported.</param>
/// <param name="AverageDecay">Largest decay of the moving average, for <see cref="WeightSelection.Average"/>.</param>
/// <param name="EnableCheckpointing">False keeps no weights but the reported and the last, and nothing to resume from.</param>
/// <param name="Logger">Trackers' files beside CSV and JSON: <c>tensorboard</c>, <c>wandb</c>, <c>all</c>, or null for none.</param>
/// <param name="LogEveryNSteps">Steps between two logged losses within an epoch; 0 for none.</param>
/// <param name="Device"><c>auto</c>, <c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>mps</c>.</param>
/// <param name="Threads">Threads of the tensor engine; 0 for one a core.</param>
/// <param name="Precision"><c>32</c>, <c>bf16</c>, or on CUDA <c>16</c> with a loss that is scaled against underflow. Weights stay 32 bits wide.</param>
/// <param name="Deterministic">Only algorithms that give the same bits again.</param>
public sealed record TrainerOptions(
    EarlyStoppingOptions EarlyStopping,
    CheckpointOptions Checkpoint,
    WandbOptions Wandb,
    [property: Range(0, 100_000)] int Epochs = 30,
    [property: Range(0, long.MaxValue)] long MaxSteps = 0,
    [property: Range(0, 1e7)] double MaxMinutes = 0,
    [property: Range(0, 100_000)] int? Patience = null,
    [property: Range(1, 65_536)] int BatchSize = 16,
    [property: Range(1, 65_536)] int EvalBatchSize = 64,
    [property: Range(1, 65_536)] int AccumulateGradBatches = 1,
    string MicroBatch = "auto",
    object? LimitTrainBatches = null,
    object? LimitValBatches = null,
    object? LimitTestBatches = null,
    [property: Range(0, 1_000_000)] int OverfitBatches = 0,
    bool FastDevRun = false,
    [property: Range(0, 1e9)] double? GradientClipVal = null,
    [property: AllowedValues("norm", "value")] string GradientClipAlgorithm = "norm",
    bool AutoLrFind = false,
    NonFinitePolicy Nonfinite = NonFinitePolicy.Stop,
    [property: AllowedValues("shuffle", "weighted", "sequential")] string Sampler = "shuffle",
    WeightSelection Select = WeightSelection.Best,
    [property: Range(0, 0.999999)] double AverageDecay = 0.98,
    bool EnableCheckpointing = true,
    [property: AllowedValues("tensorboard", "wandb", "all")] string? Logger = "tensorboard",
    [property: Range(0, 1_000_000_000)] int LogEveryNSteps = 50,
    string Device = "auto",
    [property: Range(0, 4096)] int Threads = 0,
    [property: AllowedValues("32", "bf16", "16")] string Precision = "32",
    bool Deterministic = true)
{
    /// <summary>Faults that concern single settings of a form the binder does not know.</summary>
    public IEnumerable<string> Validate()
    {
        if (MicroBatch is not ("auto" or "off") && !(int.TryParse(MicroBatch, out var size) && size >= 1))
            yield return $"trainer.micro_batch={MicroBatch}: expected auto, off or a number of examples";
        foreach (var (key, limit) in new[] { ("train", LimitTrainBatches), ("val", LimitValBatches), ("test", LimitTestBatches) })
            if (BatchLimit.Fault(limit) is { } fault) yield return $"trainer.limit_{key}_batches={limit}: {fault}";
        if (Wandb.Mode == "online")
            yield return "trainer.wandb.mode=online: runs are written offline; type trainer.wandb.mode=offline and upload the folder with wandb sync";
        if (Checkpoint.Dirpath.Split('/').Any(part => part is "" or "." or "..") || Path.IsPathRooted(Checkpoint.Dirpath))
            yield return $"trainer.checkpoint.dirpath={Checkpoint.Dirpath}: expected a folder inside the run, for instance checkpoints";
        if (FileNameTemplate.Fault(Checkpoint.Filename) is { } wrong) yield return $"trainer.checkpoint.filename={Checkpoint.Filename}: {wrong}";
        if (Checkpoint.Filename is "best_model" or "best_model.safetensors")
            yield return $"trainer.checkpoint.filename={Checkpoint.Filename}: the reported weights have that name; choose another, for instance {{epoch}}";
        if (Checkpoint.SaveTopK is < 0 or > 1 && !Checkpoint.Filename.Contains("{epoch", StringComparison.Ordinal) && !Checkpoint.Filename.Contains("{step", StringComparison.Ordinal))
            yield return $"trainer.checkpoint.filename={Checkpoint.Filename}: several epochs may get the same name; put {{epoch}} into it, or type trainer.checkpoint.save_top_k=1";
    }

    /// <summary>What a training follows: a trial run shortens itself, and the short forms are worked in.</summary>
    public TrainerOptions Effective()
    {
        var options = this with
        {
            EarlyStopping = Patience is { } patience && EarlyStopping.Patience == new EarlyStoppingOptions().Patience
                ? EarlyStopping with { Patience = patience } : EarlyStopping,
        };
        return FastDevRun
            ? options with { Epochs = Math.Min(Epochs, 1), LimitTrainBatches = 1L, LimitValBatches = 1L, LimitTestBatches = 1L }
            : options;
    }

    /// <summary>Whether only a part of the held-out data is looked at, so that the score is no result.</summary>
    [JsonIgnore]
    public bool IsTrial => FastDevRun || OverfitBatches > 0 || LimitTestBatches is not (null or 1.0);
}

/// <summary>When a training ends before its last epoch.</summary>
/// <param name="Enabled">Whether it may.</param>
/// <param name="Monitor">The score that is watched: <c>train_</c> or <c>val_</c> and a score of the recipe.</param>
/// <param name="Mode"><c>min</c>, <c>max</c>, or <c>auto</c> (losses and errors smallest, the rest largest).</param>
/// <param name="Patience">Epochs without a better value after which it ends.</param>
/// <param name="MinDelta">How much better counts.</param>
public sealed record EarlyStoppingOptions(
    bool Enabled = false,
    string Monitor = "val_loss",
    [property: AllowedValues("min", "max", "auto")] string Mode = "auto",
    [property: Range(1, 100_000)] int Patience = 10,
    [property: Range(0, 1e9)] double MinDelta = 0);

/// <summary>Which weights are kept, and how often everything that a resumed run needs is.</summary>
/// <param name="Enabled">Whether weights of single epochs are kept.</param>
/// <param name="Monitor">The score that ranks epochs, the best one included.</param>
/// <param name="Mode"><c>min</c>, <c>max</c> or <c>auto</c>.</param>
/// <param name="SaveTopK">How many of the best epochs keep their weights; -1 for all, 0 for none.</param>
/// <param name="Dirpath">Their folder inside the run.</param>
/// <param name="Filename">Their name: <c>{epoch}</c>, <c>{step}</c> and scores in braces, as Lightning expands them.</param>
/// <param name="AutoInsertMetricName">Whether <c>{epoch}</c> becomes <c>epoch=7</c> or <c>7</c>.</param>
/// <param name="SaveLast">Accepted for Lightning's sake: the last weights are always kept.</param>
/// <param name="EveryNSteps">Steps between checkpoints within an epoch; 0 for none. One is always kept at an epoch's end and on interruption.</param>
/// <param name="EveryMinutes">Minutes between checkpoints within an epoch; 0 for none.</param>
public sealed record CheckpointOptions(
    bool Enabled = true,
    string Monitor = "val_loss",
    [property: AllowedValues("min", "max", "auto")] string Mode = "auto",
    [property: Range(-1, 100_000)] int SaveTopK = 1,
    string Dirpath = "checkpoints",
    string Filename = "{epoch}",
    bool AutoInsertMetricName = true,
    bool SaveLast = true,
    [property: Range(0, 1_000_000_000)] int EveryNSteps = 0,
    [property: Range(0, 1_000_000)] double EveryMinutes = 10);

/// <summary>The offline run that <c>wandb sync</c> uploads.</summary>
/// <param name="Enabled">Whether it is written, besides <c>logger=wandb</c>.</param>
/// <param name="Project">Project.</param>
/// <param name="Entity">Team or person; empty for the uploader.</param>
/// <param name="Group">Group, or empty.</param>
/// <param name="Name">Name shown; empty for the run's.</param>
/// <param name="Tags">Tags.</param>
/// <param name="Notes">Notes, or empty.</param>
/// <param name="Mode"><c>offline</c>; <c>online</c> is refused, <c>disabled</c> writes nothing.</param>
/// <param name="SaveCode">Accepted for the client's sake; the commit is recorded in any case.</param>
public sealed record WandbOptions(
    IReadOnlyList<string> Tags,
    bool Enabled = false,
    string Project = "kymo",
    string? Entity = "",
    string? Group = "",
    string? Name = "",
    string? Notes = "",
    [property: AllowedValues("offline", "online", "disabled")] string Mode = "offline",
    bool SaveCode = false);

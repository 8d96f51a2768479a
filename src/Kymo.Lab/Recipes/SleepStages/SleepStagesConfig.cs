using Kymo.Config;
using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>Settings of the recipe; the defaults stand in <c>conf/</c>.</summary>
/// <param name="Run">Where results go.</param>
/// <param name="Models">
/// Networks that are trained, any of <c>LSTM</c>, <c>GRU</c>, <c>RNN</c>, <c>Transformer</c> (a window in, a stage out) and <c>Night</c> (a
/// night in, a stage for each epoch out). The first is the one that the run's own tables report.
/// </param>
/// <param name="Data">The nights.</param>
/// <param name="Split">Who is held out.</param>
/// <param name="Model">The networks' sizes.</param>
/// <param name="Objective">The loss.</param>
/// <param name="Optim">Optimiser and schedule.</param>
/// <param name="Trainer">Length, batches, selection, device.</param>
/// <param name="Classes">5 (Wake, N1, N2, N3, REM), 4 (Wake, Light, Deep, REM), 3 (Wake, NREM, REM) or 2 (Wake, Sleep).</param>
/// <param name="Seed">Seeds every named random stream.</param>
/// <param name="Compat"><c>none</c>, or <c>original</c> to repeat the original program's rules.</param>
public sealed record SleepStagesConfig(
    RunOptions Run,
    IReadOnlyList<string> Models,
    SleepDataOptions Data,
    SleepSplitOptions Split,
    SleepModelOptions Model,
    SleepObjectiveOptions Objective,
    OptimOptions Optim,
    TrainerOptions Trainer,
    [property: Range(2, 5)] int Classes = 5,
    [property: Range(0, long.MaxValue)] long Seed = 0,
    [property: AllowedValues("none", "original")] string Compat = "none")
{
    /// <summary>The networks there are, in the original's order.</summary>
    public static IReadOnlyList<string> ModelNames { get; } = ["LSTM", "GRU", "RNN", "Transformer", "Night"];

    /// <summary>Whether the original's rules are followed.</summary>
    internal bool IsOriginal => Compat == "original";

    /// <summary>Whether rows are epochs rather than seconds.</summary>
    internal bool HasEpochRows => Data.Name == "sleep_accel_epochs";

    /// <summary>Faults that concern several settings at once.</summary>
    public IEnumerable<string> Validate()
    {
        if (Models.Count == 0) yield return $"models=[]: name at least one of {string.Join(", ", ModelNames)}";
        foreach (var model in Models.Where(model => !ModelNames.Contains(model)))
            yield return $"models: there is no '{model}'; there are {string.Join(", ", ModelNames)}";
        if (Models.Distinct().Count() != Models.Count) yield return $"models=[{string.Join(",", Models)}]: each at most once";
        if (Models.Contains("Night") && !HasEpochRows)
            yield return "models: Night reads a row an epoch; type data=sleep_accel_epochs, or leave it out";
        if (Models.Contains("Transformer") && (Model.HiddenDim % 2 != 0 || Model.HiddenDim % Model.Heads != 0))
            yield return $"model.hidden_dim={Model.HiddenDim}: the Transformer takes an even number that {Model.Heads} heads can share, for instance 64";
        if (Models.Contains("Night") && Model.ConvKernel % 2 == 0) yield return $"model.conv_kernel={Model.ConvKernel}: expected an odd number of epochs";
        if (!IsOriginal && Data.WindowSize % Data.DataAlignment != 0)
            yield return $"data.window_size={Data.WindowSize} is no multiple of data.data_alignment={Data.DataAlignment}; type {Data.WindowSize / Data.DataAlignment * Data.DataAlignment + Data.DataAlignment}";
        if (!IsOriginal && Data.Stride % Data.DataAlignment != 0)
            yield return $"data.stride={Data.Stride} is no multiple of data.data_alignment={Data.DataAlignment}";
        if (Split.Name == "window" && !IsOriginal)
            yield return "split=window puts windows of one night on both sides; that needs compat=original. Type split=subject";
        if (IsOriginal && HasEpochRows) yield return "compat=original reads raw streams; type data=sleep_accel";
        if (IsOriginal && Classes != 5) yield return "compat=original knows five classes; leave classes out";
    }
}

/// <summary>The nights.</summary>
/// <param name="Name">
/// <c>sleep_accel</c> (PhysioNet's tree of raw streams), <c>sleep_accel_epochs</c> (published features an epoch) or <c>synthetic</c>.
/// </param>
/// <param name="DatasetDir">The dataset's folder.</param>
/// <param name="NegativeTimes">Whether times before the polysomnography are kept.</param>
/// <param name="DataAlignment">Seconds between two rows.</param>
/// <param name="MotionMagnitude">Whether the magnitude of the motion is a feature.</param>
/// <param name="WindowSize">Length of a window, seconds; under <c>compat=original</c> rows.</param>
/// <param name="Stride">From one window to the next, seconds; under <c>compat=original</c> rows.</param>
/// <param name="StepsMode">How a bin of steps reaches its seconds.</param>
/// <param name="Motion">What a second of motion is told by.</param>
/// <param name="LabelJoin">How an epoch's label reaches its seconds.</param>
/// <param name="Unscored">What happens to windows in which somebody did not score an epoch.</param>
/// <param name="Normalise"><c>recording</c> (each night by its own mean and deviation) or <c>pooled</c> (by those of the training people).</param>
/// <param name="MaxBadFraction">Share of a file's rows that may be bad.</param>
/// <param name="ContextEpochs">Epochs of a window, the target's included, for window networks on epoch rows.</param>
/// <param name="Causal">Whether such a window holds the past only; otherwise the target is in its middle.</param>
/// <param name="People">Only these people; empty for all.</param>
/// <param name="SyntheticPeople">People that <c>synthetic</c> makes up.</param>
/// <param name="SyntheticSeconds">Length of their nights, seconds.</param>
public sealed record SleepDataOptions(
    [property: AllowedValues("sleep_accel", "sleep_accel_epochs", "synthetic")] string Name,
    string DatasetDir,
    IReadOnlyList<string> People,
    bool NegativeTimes = false,
    [property: Range(1, 3600)] int DataAlignment = 1,
    bool MotionMagnitude = false,
    [property: Range(1, 36_000)] int WindowSize = 30,
    [property: Range(1, 36_000)] int Stride = 15,
    StepsMode StepsMode = StepsMode.Hold,
    MotionColumns Motion = MotionColumns.Summary,
    LabelJoin LabelJoin = LabelJoin.Epoch,
    UnscoredRule Unscored = UnscoredRule.Context,
    [property: AllowedValues("recording", "pooled")] string Normalise = "recording",
    [property: Range(0, 1)] double MaxBadFraction = 0.05,
    [property: Range(1, 1001)] int ContextEpochs = 21,
    bool Causal = false,
    [property: Range(4, 1000)] int SyntheticPeople = 6,
    [property: Range(600, 86_400)] int SyntheticSeconds = 3600);

/// <summary>Who is held out.</summary>
/// <param name="Name"><c>subject</c> (grouped folds), <c>loso</c>, <c>holdout</c>, or <c>window</c> (under <c>compat=original</c> only).</param>
/// <param name="Folds">Folds of <c>subject</c>.</param>
/// <param name="HeldOut">Only these folds are held out, from 1; empty for all.</param>
/// <param name="TrainSplit">Share that is trained on, for <c>holdout</c> and <c>window</c>.</param>
/// <param name="ValidationPeople">Share of the training people that pick the epoch; at least two.</param>
public sealed record SleepSplitOptions(
    [property: AllowedValues("subject", "loso", "holdout", "window")] string Name,
    IReadOnlyList<int> HeldOut,
    [property: Range(2, 1000)] int Folds = 5,
    [property: Range(0.01, 0.99)] double TrainSplit = 0.9,
    [property: Range(0, 0.5)] double ValidationPeople = 0.15);

/// <summary>The networks' sizes.</summary>
/// <param name="HiddenDim">Numbers in the state, or of a row inside the Transformer.</param>
/// <param name="Layers">Recurrent layers on each other.</param>
/// <param name="Bidirectional">Whether the sequence is read backwards too.</param>
/// <param name="Cell">Kind of the recurrent layers of <c>Night</c>.</param>
/// <param name="ConvLayers">Convolutions along the night before the recurrent layers of <c>Night</c>.</param>
/// <param name="ConvKernel">Epochs that one of them sees; odd.</param>
/// <param name="ConvStride">Stride of a convolution before the recurrent layers of LSTM, GRU and RNN; 0 for none.</param>
/// <param name="Dropout">Share of numbers dropped in LSTM, GRU, RNN and <c>Night</c>.</param>
/// <param name="TransformerLayers">Encoder layers of the Transformer.</param>
/// <param name="Heads">Its attention heads.</param>
/// <param name="FeedForward">Width of its feed-forward part.</param>
/// <param name="TransformerDropout">Share of numbers dropped in it.</param>
/// <param name="CloneLayers">Whether its layers start from the same numbers, as the original's do.</param>
public sealed record SleepModelOptions(
    [property: Range(1, 8192)] int HiddenDim = 64,
    [property: Range(1, 8)] int Layers = 1,
    bool Bidirectional = false,
    Lab.Models.RecurrentCell Cell = Lab.Models.RecurrentCell.Gru,
    [property: Range(0, 8)] int ConvLayers = 0,
    [property: Range(1, 255)] int ConvKernel = 9,
    [property: Range(0, 64)] int ConvStride = 0,
    [property: Range(0, 0.95)] double Dropout = 0,
    [property: Range(1, 48)] int TransformerLayers = 2,
    [property: Range(1, 64)] int Heads = 2,
    [property: Range(1, 65_536)] int FeedForward = 2048,
    [property: Range(0, 0.95)] double TransformerDropout = 0.1,
    bool CloneLayers = false);

/// <summary>The loss.</summary>
/// <param name="ClassWeight"><c>none</c>, <c>balanced</c>, <c>sqrt</c> (its root), or one number for each class.</param>
/// <param name="LabelSmoothing">Share of the target spread over all classes.</param>
/// <param name="Focal">Power of the distance from certainty that weighs an item (Lin et al., ICCV 2017); 0 for none.</param>
/// <param name="Noise">Deviation of what is added to standardised inputs in training.</param>
public sealed record SleepObjectiveOptions(
    string ClassWeight = "none",
    [property: Range(0, 0.99)] double LabelSmoothing = 0,
    [property: Range(0, 10)] double Focal = 0,
    [property: Range(0, 10)] double Noise = 0);

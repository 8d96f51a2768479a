using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>Settings of the recipe; the defaults stand in <c>conf/</c>.</summary>
/// <param name="Run">Where results go.</param>
/// <param name="Cv">Folds and what is held out.</param>
/// <param name="Data">The recordings.</param>
/// <param name="Features">The spectrograms.</param>
/// <param name="Model">The network.</param>
/// <param name="Augment">What is done to training spectrograms.</param>
/// <param name="Objective">The loss.</param>
/// <param name="Optim">Optimiser and schedule.</param>
/// <param name="Trainer">Length, batches, selection, device.</param>
/// <param name="Seed">Seeds every named random stream.</param>
/// <param name="Compat"><c>none</c>, or <c>original</c> to repeat the original program's rules.</param>
public sealed record UrbanSoundsConfig(
    RunOptions Run,
    CrossValidationOptions Cv,
    UrbanDataOptions Data,
    UrbanFeatureOptions Features,
    UrbanModelOptions Model,
    SpectrogramAugmentation Augment,
    UrbanObjectiveOptions Objective,
    OptimOptions Optim,
    TrainerOptions Trainer,
    [property: Range(0, long.MaxValue)] long Seed = 0,
    [property: AllowedValues("none", "original")] string Compat = "none")
{
    /// <summary>Faults that concern several settings at once.</summary>
    public IEnumerable<string> Validate()
    {
        if (Cv.Validation == ValidationRule.TestFold && Compat != "original")
            yield return "cv.validation=test_fold lets the reported fold pick the epoch; that needs compat=original";
        if (Features.FMax > Features.SampleRate / 2.0)
            yield return $"features.f_max={Features.FMax} is above half of features.sample_rate={Features.SampleRate}";
        if (Features.FMin >= Features.FMax)
            yield return $"features.f_min={Features.FMin} is not below features.f_max={Features.FMax}";
        if (Features.NMels % 8 != 0)
            yield return $"features.n_mels={Features.NMels}: {Model.Name} halves the bands three times; type a multiple of 8";
        if (Features.WinLength > Features.NFft)
            yield return $"features.win_length={Features.WinLength} is above features.n_fft={Features.NFft}";
    }
}

/// <summary>Folds and what is held out.</summary>
/// <param name="Folds">Folds that take part; empty for all.</param>
/// <param name="HeldOut">Folds that are held out, one network each; empty for all that take part.</param>
/// <param name="Count">Folds to make, by group, where the dataset has none.</param>
/// <param name="Validation">Which data pick the epoch.</param>
/// <param name="ValidationShare">Share of the training folds that <see cref="ValidationRule.Cut"/> takes.</param>
public sealed record CrossValidationOptions(
    IReadOnlyList<int> Folds,
    IReadOnlyList<int> HeldOut,
    [property: Range(2, 1000)] int Count = 5,
    ValidationRule Validation = ValidationRule.Auto,
    [property: Range(0, 0.5)] double ValidationShare = 0.15);

/// <summary>The recordings.</summary>
/// <param name="Name">Which reader: <c>urbansound8k</c>, <c>table</c>, <c>folders</c>, <c>drum_hits</c>, <c>drumkits</c>, <c>esc10</c>, <c>synthetic</c>.</param>
/// <param name="Root">The dataset's folder.</param>
/// <param name="Table">The table's path under the root, for the readers that use one.</param>
/// <param name="FileColumn">Column of the path.</param>
/// <param name="ClassColumn">Column of the class name.</param>
/// <param name="FoldColumn">Column of the fold.</param>
/// <param name="GroupColumn">Column of the group.</param>
/// <param name="SplitColumn">Column of training, validation and test parts, which this recipe has no use for: a table with it, and without folds, is refused; empty to make folds across the parts.</param>
/// <param name="Cache">Parent folder of the feature caches.</param>
/// <param name="AllowAbsent">Whether more than one row in twenty may name an absent file.</param>
/// <param name="MaxExcluded">Largest share of recordings that may be unusable.</param>
/// <param name="Workers">Workers that extract features; 0 for one a core.</param>
public sealed record UrbanDataOptions(
    [property: AllowedValues("urbansound8k", "table", "folders", "drum_hits", "drumkits", "esc10", "synthetic")] string Name,
    string Root,
    string Table = "",
    string FileColumn = "file",
    string ClassColumn = "class",
    string FoldColumn = "fold",
    string GroupColumn = "group",
    string SplitColumn = "split",
    string Cache = "results/cache",
    bool AllowAbsent = false,
    [property: Range(0, 1)] double MaxExcluded = 0.02,
    [property: Range(0, 1024)] int Workers = 0);

/// <summary>The spectrograms.</summary>
/// <param name="SampleRate">Hz; recordings of other rates are resampled.</param>
/// <param name="NFft">Samples of a frame's transform.</param>
/// <param name="WinLength">Samples of the window.</param>
/// <param name="HopLength">Samples between frames.</param>
/// <param name="NMels">Mel bands.</param>
/// <param name="FMin">Lowest frequency, Hz.</param>
/// <param name="FMax">Highest frequency, Hz.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="ShortClips">What fills recordings that are shorter: <c>zero</c> or <c>repeat</c>.</param>
/// <param name="Silence">An all-zero recording is <c>floor</c> (-80 dB) or <c>loudest</c> (0 dB, the original's).</param>
/// <param name="Standardize"><c>train</c>, or <c>none</c> for raw dB.</param>
public sealed record UrbanFeatureOptions(
    [property: Range(1000, 384_000)] int SampleRate = 22050,
    [property: Range(16, 65_536)] int NFft = 2048,
    [property: Range(16, 65_536)] int WinLength = 2048,
    [property: Range(1, 65_536)] int HopLength = 512,
    [property: Range(8, 1024)] int NMels = 128,
    [property: Range(0, 192_000)] double FMin = 0,
    [property: Range(1, 192_000)] double FMax = 11025,
    [property: Range(0.05, 600)] double Duration = 4.0,
    [property: AllowedValues("zero", "repeat")] string ShortClips = "repeat",
    [property: AllowedValues("floor", "loudest")] string Silence = "floor",
    [property: AllowedValues("train", "none")] string Standardize = "train");

/// <summary>The network.</summary>
/// <param name="Name">Architecture.</param>
/// <param name="EncoderDropout">Share of cells dropped after each block.</param>
/// <param name="HeadDropout">Share of units dropped before the last layer.</param>
public sealed record UrbanModelOptions(
    [property: AllowedValues("urban-cnn")] string Name = "urban-cnn",
    [property: Range(0, 0.95)] double EncoderDropout = 0.2,
    [property: Range(0, 0.95)] double HeadDropout = 0.5);

/// <summary>The loss.</summary>
/// <param name="LabelSmoothing">Share of the target spread over all classes.</param>
/// <param name="ClassWeights"><c>none</c>, <c>inverse</c>, <c>effective</c>, or one number for each class.</param>
public sealed record UrbanObjectiveOptions(
    [property: Range(0, 0.99)] double LabelSmoothing = 0.1,
    string ClassWeights = "none");

using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;

namespace Kymo.Lab.Recipes.SleepEvents;

/// <summary>Settings of the recipe; the defaults stand in <c>conf/</c>.</summary>
/// <param name="Run">Where results go.</param>
/// <param name="Split">Which folds pick the epoch and which are reported.</param>
/// <param name="Data">The recordings.</param>
/// <param name="Features">The spectrograms.</param>
/// <param name="Model">The network.</param>
/// <param name="Augment">What is done to training spectrograms.</param>
/// <param name="Objective">The loss.</param>
/// <param name="Distill">The teacher.</param>
/// <param name="Optim">Optimiser and schedule.</param>
/// <param name="Trainer">Length, batches, selection, device.</param>
/// <param name="Seed">Seeds every named random stream.</param>
/// <param name="Compat"><c>none</c>, or <c>original</c> to repeat the original program's rules.</param>
public sealed record SleepEventsConfig(
    RunOptions Run,
    EventSplitOptions Split,
    EventDataOptions Data,
    EventFeatureOptions Features,
    EventModelOptions Model,
    SpectrogramAugmentation Augment,
    EventObjectiveOptions Objective,
    DistillOptions Distill,
    OptimOptions Optim,
    TrainerOptions Trainer,
    [property: Range(0, long.MaxValue)] long Seed = 42,
    [property: AllowedValues("none", "original")] string Compat = "none")
{
    /// <summary>Faults that concern several settings at once.</summary>
    public IEnumerable<string> Validate()
    {
        if (Split.Test.Intersect(Split.Validation).Any())
            yield return $"split.validation and split.test share fold {Split.Test.Intersect(Split.Validation).First()}: the data that picks an epoch cannot be the data reported";
        if (Data.Unusable != UnusableAudio.Exclude && Compat != "original")
            yield return $"data.unusable={Data.Unusable.ToString().ToLowerInvariant()}: counts other recordings twice, as the original did; type compat=original, or leave them out (data.unusable=exclude)";
        if (Model.Pooling == EventPooling.Sounding && Compat == "original")
            yield return "model.pooling=sounding: the original's networks have the mean over all frames; leave out compat=original or model.pooling";
        if (Distill.Alpha > 0 && Distill.Teacher == "")
            yield return $"distill.alpha={Distill.Alpha}: a teacher is needed; type distill.teacher=RUN (or distill.alpha=0)";
    }
}

/// <summary>Which folds pick the epoch and which are reported; the others teach.</summary>
/// <param name="Validation">Folds that pick the epoch; empty for the last but one.</param>
/// <param name="Test">Folds that are reported; empty for the last.</param>
/// <param name="Count">Folds to make, by group, where the dataset has none.</param>
public sealed record EventSplitOptions(IReadOnlyList<int> Validation, IReadOnlyList<int> Test, [property: Range(3, 1000)] int Count = 5);

/// <summary>The recordings.</summary>
/// <param name="Name">Which reader.</param>
/// <param name="Root">The dataset's folder.</param>
/// <param name="Table">The table's path under the root, for the readers that use one.</param>
/// <param name="FileColumn">Column of the path.</param>
/// <param name="ClassColumn">Column of the class name.</param>
/// <param name="FoldColumn">Column of the fold.</param>
/// <param name="GroupColumn">Column of the group.</param>
/// <param name="SplitColumn">Column of the part; empty to cut by folds all the same.</param>
/// <param name="Cache">Parent folder of the feature caches.</param>
/// <param name="AllowAbsent">Whether more than one row in twenty may name an absent file.</param>
/// <param name="MaxExcluded">Largest share of recordings that may be unusable.</param>
/// <param name="Workers">Workers that extract features; 0 for one a core.</param>
/// <param name="Labels">The classes of DreamCatcher: its nine, or the original's <c>three</c> (quiet, breathe, snore).</param>
/// <param name="Hdf5">Where <c>kymo prepare</c> writes the three splits as HDF5 files too; empty for nowhere.</param>
/// <param name="Hdf5Storage">How numbers lie in those files.</param>
/// <param name="Hdf5Gzip">Their level of compression, 0 for none.</param>
/// <param name="Unusable">What becomes of recordings that cannot be used.</param>
public sealed record EventDataOptions(
    [property: AllowedValues("table", "folders", "esc10", "dreamcatcher", "hdf5", "synthetic")] string Name,
    string Root,
    string Table = "labels.csv",
    string FileColumn = "file",
    string ClassColumn = "class",
    string FoldColumn = "fold",
    string GroupColumn = "group",
    string SplitColumn = "split",
    string Cache = "results/cache",
    bool AllowAbsent = false,
    [property: Range(0, 1)] double MaxExcluded = 0.02,
    [property: Range(0, 1024)] int Workers = 0,
    [property: AllowedValues("three", "nine")] string Labels = "three",
    string Hdf5 = "",
    SpectrogramStorage Hdf5Storage = SpectrogramStorage.Float32,
    [property: Range(0, 9)] int Hdf5Gzip = 0,
    UnusableAudio Unusable = UnusableAudio.Exclude);

/// <summary>The spectrograms: 64 bands at 16 kHz, 25 ms windows every 10 ms.</summary>
/// <param name="Duration">Seconds; longer recordings are cut, shorter ones padded.</param>
/// <param name="Standardize"><c>train</c> (each band's mean and deviation over the training recordings), or <c>none</c> for raw dB.</param>
/// <param name="Silence">An all-zero recording is <c>floor</c> (-80 dB) or <c>loudest</c> (0 dB, the original's).</param>
/// <param name="ShortClips">What fills recordings that are shorter: <c>zero</c> or <c>repeat</c>.</param>
/// <param name="Trim">Cut silence off a recording's end before it is filled up, so that padding in the file counts as missing.</param>
public sealed record EventFeatureOptions(
    [property: Range(0.05, 600)] double Duration = 5.0,
    [property: AllowedValues("train", "none")] string Standardize = "train",
    [property: AllowedValues("floor", "loudest")] string Silence = "floor",
    [property: AllowedValues("zero", "repeat")] string ShortClips = "zero",
    bool Trim = false);

/// <summary>The network.</summary>
/// <param name="Name">Architecture.</param>
/// <param name="RnnHidden">Units of the CRNN's recurrent layers.</param>
/// <param name="RnnLayers">Recurrent layers of the CRNN.</param>
/// <param name="AttMode">Parts of the CBAM variants' attention.</param>
/// <param name="CbamReduction">Channels over hidden units of their channel attention.</param>
/// <param name="CbamSaKernel">Width of their spatial convolution.</param>
/// <param name="Pooling">What the mean over time is taken over: all frames, or those in which something sounds.</param>
public sealed record EventModelOptions(
    [property: AllowedValues("tinycnn", "tinycnn_cbam", "extremetinycnn", "extremetinycnn_cbam", "crnn")] string Name = "tinycnn",
    [property: Range(1, 4096)] int RnnHidden = 64,
    [property: Range(1, 16)] int RnnLayers = 2,
    AttentionMode AttMode = AttentionMode.Cbam,
    [property: Range(1, 1024)] int CbamReduction = 8,
    [property: Range(1, 63)] int CbamSaKernel = 7,
    EventPooling Pooling = EventPooling.All);

/// <summary>The loss.</summary>
/// <param name="ClassWeights"><c>none</c>, <c>inverse</c>, <c>effective</c>, or one number for each class.</param>
/// <param name="LabelSmoothing">Share of the target spread over all classes.</param>
public sealed record EventObjectiveOptions(string ClassWeights = "none", [property: Range(0, 0.99)] double LabelSmoothing = 0);

/// <summary>Learning from a teacher's logits (Hinton et al. 2015).</summary>
/// <param name="Teacher">A finished run of this recipe, or a <c>.safetensors</c> file of one; empty for none.</param>
/// <param name="Alpha">Weight of the teacher's term; the labels have the rest. 0 is the control: everything else equal, no teacher.</param>
/// <param name="Temperature">Divides the logits of both; the term is multiplied by its square.</param>
/// <param name="TeacherModel">What network bare weights (<c>.pth</c>) are of, with this run's <c>model.*</c> settings; empty where the file says it.</param>
/// <param name="TeacherContent">SHA-256 of the teacher's weights file; the program fills it in, so that a run is of one teacher wherever that lies.</param>
public sealed record DistillOptions(
    string Teacher = "",
    [property: Range(0, 1)] double Alpha = 0,
    [property: Range(0.1, 100)] double Temperature = 5,
    [property: AllowedValues("", "tinycnn", "tinycnn_cbam", "extremetinycnn", "extremetinycnn_cbam", "crnn")] string TeacherModel = "",
    string TeacherContent = "");

using Kymo.Config;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;

namespace Kymo.Lab.Recipes.Music;

/// <summary>Settings of the five music recipes; the defaults stand in <c>conf/</c>.</summary>
/// <param name="Run">Where results go.</param>
/// <param name="Data">The pieces and what is asked of them.</param>
/// <param name="Features">How pieces become numbers.</param>
/// <param name="Model">The network.</param>
/// <param name="Optim">Optimiser and schedule.</param>
/// <param name="Trainer">Length, batches, selection, device.</param>
/// <param name="Seed">Seeds every named random stream, and the split.</param>
/// <param name="Compat">The original's rules; each is off by default.</param>
public sealed record MusicConfig(
    RunOptions Run,
    MusicDataOptions Data,
    MusicFeatureOptions Features,
    MusicModelOptions Model,
    OptimOptions Optim,
    TrainerOptions Trainer,
    MusicCompatOptions Compat,
    [property: Range(0, long.MaxValue)] long Seed = 42);

/// <summary>The pieces.</summary>
/// <param name="Name">
/// <c>auto</c> (simple layout, then the native tree), <c>simple</c>, <c>deam</c>, <c>lakh</c>, <c>maestro</c>, <c>groove</c>, <c>pop909</c>, or
/// <c>synthetic</c> (a planted relation; only when asked for by name).
/// </param>
/// <param name="Root">The folder.</param>
/// <param name="Target">What is asked; the recipe says which there are.</param>
/// <param name="Condition"><c>auto</c>, <c>emotion</c>, <c>key</c>, <c>style</c> or <c>none</c>.</param>
/// <param name="LabelScale"><c>auto</c>, <c>unit</c> or <c>native</c> (1 to 9).</param>
/// <param name="Unlabelled"><c>error</c> or <c>skip</c>.</param>
/// <param name="MaxBadFraction">Largest share of files that may be unreadable.</param>
/// <param name="SegmentS">Seconds of a segment; null for whole pieces.</param>
/// <param name="ValSplit">Share of the groups that is reported where the set has no published parts.</param>
/// <param name="SelectSplit">Share of the training groups that validates, and picks the epoch where one is picked.</param>
/// <param name="SyntheticItems">Items of a synthetic set; a fifth of them on top is reported.</param>
/// <param name="SyntheticSeed">Seeds a synthetic set.</param>
/// <param name="Cache">Where numbers of sound are kept; null keeps none.</param>
public sealed record MusicDataOptions(
    string Name = "auto",
    string Root = "data",
    string Target = "",
    [property: AllowedValues("auto", "emotion", "key", "style", "none")] string Condition = "auto",
    [property: AllowedValues("auto", "unit", "native")] string LabelScale = "auto",
    [property: AllowedValues("error", "skip")] string Unlabelled = "error",
    [property: Range(0, 1)] double MaxBadFraction = 0.05,
    [property: Range(1, 86_400)] double? SegmentS = 30,
    [property: Range(0.01, 0.9)] double ValSplit = 0.2,
    [property: Range(0.01, 0.9)] double SelectSplit = 0.15,
    [property: Range(20, 1_000_000)] int SyntheticItems = 10_000,
    long SyntheticSeed = 1,
    string? Cache = null);

/// <summary>How pieces become numbers.</summary>
/// <param name="Input"><c>audio</c> (mel average) or <c>midi</c> (pitch histogram); of music-emotion.</param>
/// <param name="Norm"><c>fixed</c> or <c>train</c> (mean and deviation of the training part); of music-emotion.</param>
/// <param name="Weight"><c>count</c> or <c>duration</c>.</param>
/// <param name="Track"><c>all</c> or <c>melody</c>.</param>
/// <param name="Transpose"><c>none</c> or <c>key</c>.</param>
public sealed record MusicFeatureOptions(
    [property: AllowedValues("audio", "midi")] string Input = "audio",
    [property: AllowedValues("fixed", "train")] string Norm = "fixed",
    [property: AllowedValues("count", "duration")] string Weight = "count",
    [property: AllowedValues("all", "melody")] string Track = "all",
    [property: AllowedValues("none", "key")] string Transpose = "none");

/// <summary>The network.</summary>
/// <param name="Name"><c>original</c> (the original's net) or <c>improved</c>.</param>
/// <param name="Frames">Steps of a clip, 1 or 30; of music-emotion.</param>
/// <param name="Hidden">Width of the improved net.</param>
/// <param name="Dropout">Dropout of the improved net.</param>
/// <param name="LabelSmoothing">Share of a class target that is spread over all classes.</param>
public sealed record MusicModelOptions(
    [property: AllowedValues("original", "improved")] string Name = "improved",
    [property: Range(1, 30)] int Frames = 1,
    [property: Range(1, 2048)] int Hidden = 128,
    [property: Range(0, 0.95)] double Dropout = 0.3,
    [property: Range(0, 0.9)] double LabelSmoothing = 0);

/// <summary>The original's rules, for comparison. Each is written into the run and its card.</summary>
/// <param name="Mel"><c>none</c>, <c>zscore30</c> or <c>db80x2s</c>.</param>
/// <param name="Chords"><c>none</c> or <c>first60</c>.</param>
/// <param name="Embedding"><c>none</c> or <c>repeat</c>.</param>
/// <param name="DynamicsContext"><c>none</c> or <c>emotion32</c>.</param>
/// <param name="Export"><c>none</c>, or <c>original</c>: <c>--format rtneural</c> writes the original's own JSON.</param>
/// <param name="Split"><c>none</c>, or <c>trainer</c>: the learning part is rounded down, not the reported one.</param>
public sealed record MusicCompatOptions(
    [property: AllowedValues("none", "zscore30", "db80x2s")] string Mel = "none",
    [property: AllowedValues("none", "first60")] string Chords = "none",
    [property: AllowedValues("none", "repeat")] string Embedding = "none",
    [property: AllowedValues("none", "emotion32")] string DynamicsContext = "none",
    [property: AllowedValues("none", "original")] string Export = "none",
    [property: AllowedValues("none", "trainer")] string Split = "none")
{
    /// <summary>The switches that are on, as they were typed.</summary>
    public IEnumerable<string> On()
    {
        foreach (var (name, value) in new[] { ("mel", Mel), ("chords", Chords), ("embedding", Embedding), ("dynamics_context", DynamicsContext), ("export", Export), ("split", Split) })
            if (value != "none") yield return $"compat.{name}={value}";
    }
}

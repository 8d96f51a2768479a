using Kymo.Config;
using Kymo.Lab.Prediction;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Recipes;

/// <summary>A whole task, from recordings to a report.</summary>
/// <param name="Name">The word to type.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="ConfFolder">Its configuration groups, in Hydra's layout; the primary configuration is <c>config</c>.</param>
/// <param name="Run">Trains and evaluates.</param>
/// <param name="Prepare">Builds what is cached before training; answers with its folder.</param>
public sealed record Recipe(
    string Name,
    string Summary,
    string ConfFolder,
    Func<MapNode, RunContext, RunResult> Run,
    Func<MapNode, RunContext, string> Prepare)
{
    /// <summary>Settings of a run of seconds on made-up data with a planted relation: two epochs of two steps at least, one thread.</summary>
    public required IReadOnlyList<string> Trial { get; init; }

    /// <summary>Scores a finished run: its folder, settings that differ, context. Null where the recipe cannot.</summary>
    public Func<string, IReadOnlyList<string>, RunContext, RunResult>? Evaluate { get; init; }

    /// <summary>Opens the networks of a run or one weights file; the fold is 0 for all. Null where the recipe cannot.</summary>
    public Func<string, int, Predictor>? OpenPredictor { get; init; }

    /// <summary>Opens an ONNX export, which is closed with the answer; LibTorch takes no part. Null where the recipe cannot.</summary>
    public Func<ExportedNetwork, Predictor>? OpenExport { get; init; }

    /// <summary>
    /// Options of a prediction that its networks heed: <c>--fold</c> (one of several networks), <c>--hop</c>, <c>--smooth</c> (windows or epochs in time), <c>--top</c>,
    /// <c>--csv</c> (classes with probabilities). Any other is refused.
    /// </summary>
    public IReadOnlyList<string> Heeds { get; init; } = [];

    /// <summary>Writes a network: run or weights file, fold (0 for the promoted), format, path. Null where the recipe cannot.</summary>
    public Func<string, int, string, string, Export>? Export { get; init; }

    /// <summary>Formats that <see cref="Export"/> writes, the usual one first.</summary>
    public IReadOnlyList<string> ExportFormats { get; init; } = ["onnx", "safetensors", "pth"];

    /// <summary>
    /// Opens what a network's export is quantised with: run folder, fold (0 for the promoted), settings that differ, context. Null where the recipe cannot.
    /// </summary>
    public Func<string, int, IReadOnlyList<string>, RunContext, Int8Data>? Int8 { get; init; }
}

using System.Text.Json.Nodes;

namespace Kymo.Lab.Prediction;

/// <summary>How a prediction is asked for.</summary>
/// <param name="Hop">Seconds between the windows of a long recording; null for the recipe's own.</param>
/// <param name="Top">Classes shown to a person; null for three.</param>
/// <param name="Smooth">Seconds over which the probabilities of windows or epochs are averaged; null leaves them as they are.</param>
public sealed record PredictionOptions(double? Hop = null, int? Top = null, double? Smooth = null)
{
    /// <summary>Classes shown to a person.</summary>
    public int Shown => Top ?? 3;
}

/// <summary>What the networks say of one file.</summary>
/// <param name="Lines">For a person.</param>
/// <param name="Json">For a program.</param>
public sealed record FilePrediction(IReadOnlyList<string> Lines, JsonObject Json);

/// <summary>The opened networks of a run.</summary>
/// <param name="Networks">How many answer together.</param>
/// <param name="Predict">Answers for one file; a file that cannot be read is a <see cref="Signals.DataException"/>.</param>
/// <param name="Close">Gives their memory back.</param>
public sealed record Predictor(int Networks, Func<string, PredictionOptions, FilePrediction> Predict, Action Close) : IDisposable
{
    /// <summary>The recipe whose networks they are.</summary>
    public string Recipe { get; init; } = "";

    /// <summary>SHA-256 of the model's file; of the hashes of all, where several answer together.</summary>
    public string ModelHash { get; init; } = "";

    /// <summary>SHA-256 of the feature settings; empty where the network has none.</summary>
    public string FeatureHash { get; init; } = "";

    /// <inheritdoc/>
    public void Dispose() => Close();
}

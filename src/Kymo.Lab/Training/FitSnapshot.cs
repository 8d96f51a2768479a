using Weights = System.Collections.Generic.IReadOnlyDictionary<string, Kymo.Torch.Checkpoints.StoredTensor>;

namespace Kymo.Lab.Training;

/// <summary>Everything that the next batch of a training depends on.</summary>
/// <param name="State">History, best and mean weights, the epoch under way.</param>
/// <param name="Weights">The network.</param>
/// <param name="Optimizer">The optimiser.</param>
/// <param name="OtherOptimizers">Further optimisers by name.</param>
/// <param name="LearningRate">Rate of the step before.</param>
/// <param name="AverageSteps">Steps that the moving average has seen.</param>
/// <param name="Streams">Position of every random stream by name.</param>
/// <param name="LogLength">Bytes of the run's event log, so that trackers go on from there.</param>
public sealed record FitSnapshot(
    FitState State, Weights Weights, Weights Optimizer, IReadOnlyDictionary<string, Weights> OtherOptimizers, double LearningRate,
    long AverageSteps, IReadOnlyDictionary<string, byte[]> Streams, long LogLength = 0)
{
    /// <summary>Factor of the loss in half precision, and steps since it last changed; zeros elsewhere.</summary>
    public (double Factor, int Steps) LossScale { get; init; }
}

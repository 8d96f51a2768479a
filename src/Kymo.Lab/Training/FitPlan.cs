using Kymo.Lab.Runs;
using Kymo.Torch;
using Kymo.Torch.Optimizers;

namespace Kymo.Lab.Training;

/// <summary>Mean loss over a part of the batch that was prepared last.</summary>
/// <param name="scope">What the part computes in.</param>
/// <param name="first">First example of the part, counted within the batch.</param>
/// <param name="count">Examples of the part.</param>
/// <param name="sums">Takes what the epoch adds up besides the loss.</param>
public delegate Tensor PartLoss(TensorScope scope, int first, int count, EpochSums sums);

/// <summary>Makes a batch ready: reads, augments, draws. Called once a batch, for all of it, whatever part is computed here.</summary>
/// <param name="examples">What the sampler chose, as the recipe numbers its examples.</param>
/// <returns>The loss of any part of the batch; valid until the next batch is prepared.</returns>
public delegate PartLoss PrepareBatch(ReadOnlyMemory<int> examples);

/// <summary>What a recipe hands to <see cref="Fit"/>: network, optimiser, data and objective of one training.</summary>
public sealed record FitPlan
{
    /// <summary>What is trained, in messages and names: <c>fold 3</c>, or the model's name.</summary>
    public required string Title { get; init; }

    /// <summary>Everything whose weights are saved.</summary>
    public required Module Network { get; init; }

    /// <summary>Moves the weights, by the schedule.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>Further optimisers by name, for instance an adversary's; they step with the first, at their own constant rate.</summary>
    public IReadOnlyDictionary<string, Optimizer> OtherOptimizers { get; init; } = new Dictionary<string, Optimizer>();

    /// <summary>The streams that the objective draws from; <c>shuffle</c> belongs to the sampler.</summary>
    public required RandomStreams Streams { get; init; }

    /// <summary>Examples that are learned from.</summary>
    public required int[] Train { get; init; }

    /// <summary>Examples that pick the epoch and drive schedule and early stop.</summary>
    public required int[] Validation { get; init; }

    /// <summary>The objective.</summary>
    public required PrepareBatch Prepare { get; init; }

    /// <summary>Scores of some examples with the present weights: <c>loss</c> and others.</summary>
    public required Func<int[], IReadOnlyDictionary<string, double>> Score { get; init; }

    /// <summary>Scores of the epoch's training; by default the means and, with classes, the six of a classification.</summary>
    public Func<EpochSums, IReadOnlyDictionary<string, double>> TrainScores { get; init; } = sums => sums.Scores();

    /// <summary>Classes that are counted in training; 0 for none.</summary>
    public int Classes { get; init; }

    /// <summary>The class of each training example, for <c>sampler=weighted</c>; null where there are none.</summary>
    public IReadOnlyList<int>? TrainLabels { get; init; }

    /// <summary>The rate of a step, instead of the configured schedule: steps taken, steps in all, finished epochs.</summary>
    public Func<long, long, IReadOnlyList<EpochRow>, double>? Rate { get; init; }

    /// <summary>First epochs that minimise another loss than the later ones; none of those is the best, or waits for an early stop.</summary>
    public int PretrainEpochs { get; init; }

    /// <summary>Values of the contract's extra epoch columns; null for none.</summary>
    public Func<IReadOnlyDictionary<string, double>>? Extra { get; init; }

    /// <summary>A smaller last batch joins the one before. 2 for networks with batch norm, which needs a spread.</summary>
    public int SmallestBatch { get; init; } = 1;

    /// <summary>Where the network is.</summary>
    public Device Device { get; init; } = Device.Cpu;
}

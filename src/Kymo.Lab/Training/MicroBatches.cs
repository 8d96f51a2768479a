using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Training;

/// <summary>How long the gradients of a batch took in parts of one size.</summary>
/// <param name="Size">Examples in a part.</param>
/// <param name="Milliseconds">The shortest repetition, for the whole batch.</param>
public readonly record struct MicroBatchTiming(int Size, double Milliseconds);

/// <summary>The size that was chosen. A run records it, and a resumed run goes on with it without measuring again.</summary>
/// <param name="Size">Examples in a part; the batch itself where parts gain nothing.</param>
/// <param name="Timings">What was measured; empty where nothing was.</param>
public sealed record MicroBatchChoice(int Size, IReadOnlyList<MicroBatchTiming> Timings);

/// <summary>
/// Gradients of a batch, added up from parts whose activations fit in the cache. Equal to those of the whole batch within the tolerance
/// of Float32, for networks in which no example sees the others. Parts draw dropout masks of their own.
/// </summary>
public static class MicroBatches
{
    /// <summary>The share of the time of the best larger size that a size must stay below to be taken.</summary>
    const double Gain = 0.9;

    const int Turns = 3;

    /// <summary>Whether no layer of the network reads statistics of the whole batch.</summary>
    public static bool Fit(Module network) => network is not BatchNorm && network.Children.All(entry => Fit(entry.Child));

    /// <summary>
    /// Adds the gradients of all parts of a batch to those the parameters have; returns the loss of the batch. The scope is empty
    /// afterwards, so what all parts share belongs to another one.
    /// </summary>
    /// <param name="scope">What the parts compute in.</param>
    /// <param name="batch">Examples of the batch.</param>
    /// <param name="size">Examples of a part; the last one may be smaller.</param>
    /// <param name="share">
    /// The first example and how many to their share of the loss, in the scope: shares add up to the loss of the batch. With a mean over
    /// the batch that is the part's mean times its count over the batch's.
    /// </param>
    public static double Backward(TensorScope scope, int batch, int size, Func<int, int, Tensor> share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var total = 0.0;
        for (var first = 0; first < batch; first += size)
        {
            var loss = share(first, Math.Min(size, batch - first));
            scope.ResetExcept(loss);
            loss.Backward();
            total += loss.Item();
            scope.Reset();
        }

        return total;
    }

    /// <summary>
    /// Measures halves, quarters, ... of the batch and takes the fastest; the whole batch for a network that parts do not fit. The caller
    /// puts random generators and running sums back that the trial moves, and removes the gradients.
    /// </summary>
    /// <param name="network">What is trained.</param>
    /// <param name="batch">Examples of a batch.</param>
    /// <param name="clock">What time is read from.</param>
    /// <param name="gradients">Computes the gradients of one batch in parts of the given size.</param>
    /// <param name="smallest">The smallest part that is tried; default 4.</param>
    public static MicroBatchChoice Choose(Module network, int batch, TimeProvider clock, Action<int> gradients, int smallest = 4)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(smallest, 1);
        if (!Fit(network) || batch < 2 * smallest) return new MicroBatchChoice(batch, []);
        var sizes = new List<int>();
        for (var size = batch; size >= smallest; size = size == 1 ? 0 : (size + 1) / 2) sizes.Add(size);
        var shortest = new double[sizes.Count];
        Array.Fill(shortest, double.PositiveInfinity);
        // In turns, so that other work on the machine meets all sizes; the first turn fetches memory and does not count.
        for (var turn = 0; turn <= Turns; turn++)
            for (var i = 0; i < sizes.Count; i++)
            {
                var start = clock.GetTimestamp();
                gradients(sizes[i]);
                if (turn > 0) shortest[i] = Math.Min(shortest[i], clock.GetElapsedTime(start).TotalMilliseconds);
            }

        var best = 0;
        for (var i = 1; i < sizes.Count; i++)
            if (shortest[i] < Gain * shortest[best]) best = i;
        return new MicroBatchChoice(sizes[best], [.. sizes.Select((size, i) => new MicroBatchTiming(size, shortest[i]))]);
    }
}

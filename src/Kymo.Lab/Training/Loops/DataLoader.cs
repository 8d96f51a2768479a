using System.Collections;

namespace Kymo.Lab.Training.Loops;

/// <summary>Some examples side by side.</summary>
/// <param name="Inputs">Example after example.</param>
/// <param name="Targets">Example after example.</param>
/// <param name="Count">How many.</param>
public sealed record Batch(float[] Inputs, float[] Targets, int Count);

/// <summary>Hands out batches of a data set, in a new order each time it is walked where asked for.</summary>
public sealed class DataLoader : IEnumerable<Batch>
{
    readonly IReadOnlyList<Example> _dataset;
    readonly RandomStream? _shuffle;

    /// <summary>Begins.</summary>
    /// <param name="dataset">Examples of one shape.</param>
    /// <param name="batchSize">Examples of a batch; the last one may be smaller.</param>
    /// <param name="shuffle">Whether each walk draws a new order.</param>
    /// <param name="inputShape">Shape of one input; flat by default.</param>
    /// <param name="seed">Seeds the orders.</param>
    /// <exception cref="ArgumentException">No batch size, or examples of unequal length.</exception>
    public DataLoader(IReadOnlyList<Example> dataset, int batchSize = 64, bool shuffle = false, IReadOnlyList<long>? inputShape = null, long seed = 42)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (dataset.Any(example => example.Input.Length != dataset[0].Input.Length || example.Target.Length != dataset[0].Target.Length))
            throw new ArgumentException("the examples have inputs or targets of unequal length", nameof(dataset));
        (_dataset, BatchSize) = (dataset, batchSize);
        InputShape = inputShape ?? (dataset.Count > 0 ? [dataset[0].Input.Length] : []);
        if (dataset.Count > 0 && InputShape.Aggregate(1L, (product, size) => product * size) != dataset[0].Input.Length)
            throw new ArgumentException($"inputs have {dataset[0].Input.Length} numbers, the shape is {string.Join(" x ", InputShape)}", nameof(inputShape));
        _shuffle = shuffle ? new RandomStream(seed, "shuffle") : null;
    }

    /// <summary>Examples of a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Shape of one input.</summary>
    public IReadOnlyList<long> InputShape { get; }

    /// <summary>Numbers of one target.</summary>
    public int TargetLength => _dataset.Count > 0 ? _dataset[0].Target.Length : 0;

    /// <summary>Examples of the data set.</summary>
    public int Count => _dataset.Count;

    /// <inheritdoc/>
    public IEnumerator<Batch> GetEnumerator()
    {
        var order = Enumerable.Range(0, _dataset.Count).ToArray();
        _shuffle?.Shuffle<int>(order);
        foreach (var chunk in order.Chunk(BatchSize))
            yield return new([.. chunk.SelectMany(index => _dataset[index].Input)], [.. chunk.SelectMany(index => _dataset[index].Target)], chunk.Length);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

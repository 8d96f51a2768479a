using System.Collections.Concurrent;
using System.Diagnostics;
using Kymo.Lab.Prediction;

namespace Kymo.App.Web.Models;

/// <summary>
/// Items that wait for one network, computed together: as many of one shape as are waiting, up to a limit. An item's answer has the same
/// bits whatever it is computed with; <see cref="BatchRule"/> sees to that.
/// </summary>
sealed class BatchQueue : IDisposable
{
    readonly ExportedNetwork _network;
    readonly ServeOptions _options;
    readonly Action<BatchSeen> _seen;
    readonly BatchRule _rule;
    readonly Queue<Item> _waiting = new();
    readonly object _gate = new();
    readonly Thread[] _workers;
    bool _isClosing;

    /// <summary>Starts the workers.</summary>
    /// <param name="network">The network: one input, one output.</param>
    /// <param name="options">Sizes and delays.</param>
    /// <param name="seen">Told of every computation.</param>
    public BatchQueue(ExportedNetwork network, ServeOptions options, Action<BatchSeen> seen)
    {
        (_network, _options, _seen, _rule) = (network, options, seen, new BatchRule(network, options.MaxBatchSize));
        _workers = [.. Enumerable.Range(0, options.Workers > 0 ? options.Workers : Environment.ProcessorCount).Select(index =>
            new Thread(Work) { IsBackground = true, Name = $"batches {index}" })];
        foreach (var worker in _workers) worker.Start();
    }

    /// <summary>Items that wait.</summary>
    public int Depth
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Asks for answers; null where the queue has no room for all of them, or is closed.</summary>
    /// <param name="items">The inputs, each without the batch dimension.</param>
    /// <param name="shape">The sizes of one, without the batch.</param>
    public Task<float[][]>? Ask(IReadOnlyList<float[]> items, long[] shape)
    {
        var asked = items.Select(values => new Item(values, shape, Stopwatch.GetTimestamp())).ToArray();
        lock (_gate)
        {
            if (_isClosing || _waiting.Count + asked.Length > _options.QueueSize) return null;
            foreach (var item in asked) _waiting.Enqueue(item);
            if (asked.Length == 1) Monitor.Pulse(_gate);
            else Monitor.PulseAll(_gate);
        }
        return Task.WhenAll(asked.Select(item => item.Answer.Task));
    }

    /// <summary>Finishes what waits, then stops.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosing = true;
            Monitor.PulseAll(_gate);
        }
        foreach (var worker in _workers) worker.Join();
    }

    void Work()
    {
        while (Take() is { } items) Compute(items);
    }

    // Blocks until there is something; null at the end.
    List<Item>? Take()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_isClosing) return null;
                Monitor.Wait(_gate);
            }
            var first = _waiting.Dequeue();
            var items = new List<Item> { first };
            var most = _rule.Most(first.Shape);
            var deadline = first.Since + (long)(_options.MaxLatencyMs / 1000 * Stopwatch.Frequency);
            while (items.Count < most)
            {
                if (_waiting.TryPeek(out var next))
                {
                    if (!next.Shape.AsSpan().SequenceEqual(first.Shape)) break;
                    items.Add(_waiting.Dequeue());
                    continue;
                }
                var left = deadline - Stopwatch.GetTimestamp();
                if (left <= 0 || _isClosing || !Monitor.Wait(_gate, TimeSpan.FromSeconds((double)left / Stopwatch.Frequency))) break;
            }
            return items;
        }
    }

    void Compute(List<Item> items)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var answers = _rule.Run([.. items.Select(item => item.Values)], items[0].Shape);
            var took = Stopwatch.GetElapsedTime(began);
            _seen(new BatchSeen(items.Count, took, [.. items.Select(item => Stopwatch.GetElapsedTime(item.Since, began))]));
            for (var i = 0; i < items.Count; i++) items[i].Answer.SetResult(answers[i]);
        }
        catch (Exception error)
        {
            // The error belongs to whoever asked; the worker goes on.
            foreach (var item in items) item.Answer.TrySetException(error);
        }
    }

    sealed record Item(float[] Values, long[] Shape, long Since)
    {
        public TaskCompletionSource<float[]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>One computation as it was seen.</summary>
/// <param name="Items">Items in it.</param>
/// <param name="Compute">What it took.</param>
/// <param name="Waited">What each item had waited.</param>
readonly record struct BatchSeen(int Items, TimeSpan Compute, IReadOnlyList<TimeSpan> Waited);

/// <summary>
/// How items may be computed together so that each answer keeps its bits. Kernels for one row may add in another order than those for
/// several: where they do, a single item is computed twice in one batch; where batches differ among themselves, items are computed alone.
/// What holds is found out for each shape, on made-up items, when the shape first comes.
/// </summary>
sealed class BatchRule(ExportedNetwork network, int largest)
{
    const int MostShapes = 256;

    readonly ConcurrentDictionary<string, Kind> _kinds = new(StringComparer.Ordinal);

    enum Kind
    {
        Alone,
        Pairs,
        Any,
    }

    /// <summary>Items of a shape that may be computed together.</summary>
    public int Most(long[] shape) => Of(shape) == Kind.Alone ? 1 : largest;

    /// <summary>Computes items of one shape.</summary>
    public float[][] Run(float[][] items, long[] shape)
    {
        if (items.Length == 1 && Of(shape) == Kind.Pairs) return [Together([items[0], items[0]], shape)[0]];
        return Together(items, shape);
    }

    Kind Of(long[] shape)
    {
        var key = string.Join(',', shape);
        if (_kinds.TryGetValue(key, out var kind)) return kind;
        if (largest == 1 || _kinds.Count >= MostShapes) return Kind.Alone;
        return _kinds.GetOrAdd(key, _ => Probe(shape));
    }

    Kind Probe(long[] shape)
    {
        var length = shape.Aggregate(1L, (a, b) => a * b);
        var random = new Random(1);
        var items = Enumerable.Range(0, largest).Select(_ => Enumerable.Range(0, (int)length).Select(_ => (float)((random.NextDouble() * 4) - 2)).ToArray()).ToArray();
        var pairs = Together([items[0], items[0]], shape)[0];
        var alone = items.Select(item => Together([item], shape)[0]).ToArray();
        var twice = items.Select(item => Together([item, item], shape)[0]).ToArray();
        var (isAny, isPairs) = (alone[0].AsSpan().SequenceEqual(pairs), true);
        for (var count = 2; count <= largest; count++)
        {
            var together = Together(items[..count], shape);
            for (var i = 0; i < count; i++)
            {
                isAny &= together[i].AsSpan().SequenceEqual(alone[i]);
                isPairs &= together[i].AsSpan().SequenceEqual(twice[i]);
            }
            if (!isAny && !isPairs) return Kind.Alone;
        }
        return isAny ? Kind.Any : Kind.Pairs;
    }

    float[][] Together(float[][] items, long[] shape)
    {
        var length = items[0].Length;
        var joined = items.Length == 1 ? items[0] : new float[items.Length * length];
        if (items.Length > 1)
            for (var i = 0; i < items.Length; i++) items[i].CopyTo(joined, i * length);
        var answer = network.Run(joined, [items.Length, .. shape]);
        return items.Length == 1 ? [answer] : answer.Chunk(answer.Length / items.Length).ToArray();
    }
}

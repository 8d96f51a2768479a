using System.Runtime.InteropServices;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;
using Weights = System.Collections.Generic.IReadOnlyDictionary<string, Kymo.Torch.Checkpoints.StoredTensor>;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>Everything that the next epoch of a fold depends on.</summary>
/// <param name="State">History, best and mean weights.</param>
/// <param name="Weights">The network.</param>
/// <param name="Optimizer">The optimiser.</param>
/// <param name="LearningRate">Rate of the step before.</param>
/// <param name="Dropout">Position of the stream <c>dropout</c>.</param>
/// <param name="Shuffle">Position of the stream <c>shuffle</c>.</param>
/// <param name="Augment">Position of the stream <c>augment</c>.</param>
sealed record FoldSnapshot(FoldState State, Weights Weights, Weights Optimizer, double LearningRate, byte[] Dropout, byte[] Shuffle, byte[] Augment);

/// <summary>The checkpoints of one fold, as dictionaries that PyTorch reads too.</summary>
/// <param name="folder">The fold's checkpoint folder.</param>
/// <param name="config">Gives a restored state its rules.</param>
sealed class FoldCheckpoints(string folder, UrbanSoundsConfig config)
{
    readonly CheckpointFiles _files = new(folder);

    /// <summary>Keeps a snapshot.</summary>
    public void Save(FoldSnapshot snapshot) => _files.Save(ToPickle(snapshot));

    /// <summary>The newest readable snapshot, or null where the fold has none.</summary>
    /// <param name="warn">Told of a snapshot that had to be passed over.</param>
    /// <exception cref="CheckpointException">There are snapshots, and none can be read.</exception>
    public FoldSnapshot? Load(Action<string> warn) => _files.Load(FromPickle, warn);

    /// <summary>Deletes the snapshots of a fold whose run is finished.</summary>
    public void Delete() => _files.Delete();

    static PickleDictionary ToPickle(FoldSnapshot snapshot)
    {
        var tree = new PickleDictionary
        {
            { "format", 1 },
            { "epoch", snapshot.State.History.Count },
            { "model_state_dict", StateDict(snapshot.Weights) },
            { "optimizer_state_dict", StateDict(snapshot.Optimizer) },
            { "learning_rate", snapshot.LearningRate },
            { "history", new PickleList(snapshot.State.History.Select(ToPickle)) },
            { "dropout", Convert.ToHexStringLower(snapshot.Dropout) },
            { "shuffle", Convert.ToHexStringLower(snapshot.Shuffle) },
            { "augment", Convert.ToHexStringLower(snapshot.Augment) },
        };
        if (snapshot.State.Best is { } best) tree.Add("best", StateDict(best));
        if (snapshot.State.Average is { } average) tree.Add("average", StateDict(average));
        if (snapshot.State.Partial is { } partial) tree.Add("partial", ToPickle(partial));
        return tree;
    }

    static PickleDictionary ToPickle(PartialEpoch partial) => new()
    {
        { "started", Timestamp.Text(partial.Started) },
        { "seconds", partial.Seconds },
        { "batches", partial.Batches },
        { "losses", partial.Losses },
        { "order", new PickleTensor(StoredTensor.Of<long>([.. partial.Order.Select(index => (long)index)], partial.Order.Length)) },
        { "counts", new PickleTensor(StoredTensor.Of<long>(Counts(partial.Matrix), partial.Matrix.ClassCount, partial.Matrix.ClassCount)) },
    };

    static long[] Counts(ConfusionMatrix matrix) =>
        [.. Enumerable.Range(0, matrix.ClassCount * matrix.ClassCount).Select(i => matrix[i / matrix.ClassCount, i % matrix.ClassCount])];

    static PickleValue ToPickle(EpochRow row) => new PickleTuple(
        row.Epoch, Timestamp.Text(row.Started), Timestamp.Text(row.Ended), row.Seconds, Scores(row.Train), Scores(row.Validation),
        row.LearningRate, row.IsBest);

    static PickleDictionary Scores(IReadOnlyDictionary<string, double> scores)
    {
        var dictionary = new PickleDictionary();
        foreach (var (name, value) in scores) dictionary.Add(name, value);
        return dictionary;
    }

    FoldSnapshot FromPickle(string path, PickleValue value)
    {
        var tree = value as PickleDictionary ?? throw new CheckpointException(path, "expected a dictionary of a fold's state");
        PickleValue At(string key) => tree.TryGetValue(key, out var found) ? found : throw new CheckpointException(path, $"has no '{key}'");
        Weights? WeightsAt(string key) => tree.TryGetValue(key, out var found) ? Tensors(path, key, found) : null;
        var history = At("history") as PickleList ?? throw new CheckpointException(path, "'history' is no list");
        var state = new FoldState(config)
        {
            History = [.. history.Select(row => Row(path, row))],
            Best = WeightsAt("best"),
            Average = WeightsAt("average"),
            Partial = tree.TryGetValue("partial", out var partial) ? Partial(path, partial) : null,
        };
        return new FoldSnapshot(
            state,
            WeightsAt("model_state_dict") ?? throw new CheckpointException(path, "has no 'model_state_dict'"),
            WeightsAt("optimizer_state_dict") ?? throw new CheckpointException(path, "has no 'optimizer_state_dict'"),
            (At("learning_rate") as PickleFloat)?.Value ?? throw new CheckpointException(path, "'learning_rate' is no number"),
            Bytes(path, At("dropout")), Bytes(path, At("shuffle")), Bytes(path, At("augment")));
    }

    static PickleDictionary StateDict(Weights weights) =>
        TorchFile.StateDict("", [.. weights.Select(entry => (entry.Key, entry.Value))]);

    static OrderedDictionary<string, StoredTensor> Tensors(string path, string key, PickleValue value)
    {
        var dictionary = value as PickleDictionary ?? throw new CheckpointException(path, $"'{key}' is no dictionary");
        var tensors = new OrderedDictionary<string, StoredTensor>();
        foreach (var (name, entry) in dictionary)
        {
            tensors[(name as PickleText)?.Value ?? throw new CheckpointException(path, $"'{key}' has a name that is no text")] =
                (entry as PickleTensor)?.Value ?? throw new CheckpointException(path, $"'{key}' holds something that is no tensor");
        }
        return tensors;
    }

    static PartialEpoch Partial(string path, PickleValue value)
    {
        if (value is not PickleDictionary tree || !tree.TryGetValue("started", out var started) || started is not PickleText { Value: var text }
            || !Timestamp.TryRead(text, out var start) || !tree.TryGetValue("seconds", out var time) || time is not PickleFloat { Value: var seconds }
            || !tree.TryGetValue("batches", out var done) || done is not PickleInteger { Value: var batches }
            || !tree.TryGetValue("losses", out var sum) || sum is not PickleFloat { Value: var losses })
            throw new CheckpointException(path, "'partial' is no epoch that was cut off");
        var (order, counts) = (Integers(path, tree, "order"), Integers(path, tree, "counts"));
        var classes = (int)Math.Sqrt(counts.Length);
        if (classes < 1 || classes * classes != counts.Length) throw new CheckpointException(path, $"'partial' counts {counts.Length} cells, expected a square");
        var matrix = new ConfusionMatrix(classes);
        for (var i = 0; i < counts.Length; i++) matrix.Add(i / classes, i % classes, counts[i]);
        return new PartialEpoch(start, seconds, (int)batches, losses, [.. order.Select(index => (int)index)], matrix);
    }

    static long[] Integers(string path, PickleDictionary tree, string key)
    {
        var tensor = tree.TryGetValue(key, out var value) ? (value as PickleTensor)?.Value : null;
        return tensor is { Type: ElementType.Int64 } ? MemoryMarshal.Cast<byte, long>(tensor.Data.Span).ToArray()
            : throw new CheckpointException(path, $"'{key}' is no tensor of integers");
    }

    static EpochRow Row(string path, PickleValue value)
    {
        if (value is not PickleTuple { Count: 8 } row
            || row[0] is not PickleInteger { Value: var epoch } || row[1] is not PickleText { Value: var started }
            || row[2] is not PickleText { Value: var ended } || row[3] is not PickleFloat { Value: var seconds }
            || row[6] is not PickleFloat { Value: var rate } || row[7] is not PickleBoolean { Value: var isBest }
            || !Timestamp.TryRead(started, out var start) || !Timestamp.TryRead(ended, out var end))
            throw new CheckpointException(path, "'history' holds something that is no epoch");
        return new EpochRow
        {
            Epoch = (int)epoch,
            Started = start,
            Ended = end,
            Seconds = seconds,
            Train = Scores(path, row[4]),
            Validation = Scores(path, row[5]),
            LearningRate = rate,
            IsBest = isBest,
        };
    }

    static Dictionary<string, double> Scores(string path, PickleValue value)
    {
        var scores = new Dictionary<string, double>();
        foreach (var (name, score) in value as PickleDictionary ?? throw new CheckpointException(path, "'history' holds scores that are no dictionary"))
        {
            if (name is not PickleText { Value: var text } || score is not PickleFloat { Value: var number })
                throw new CheckpointException(path, "'history' holds a score that is no number");
            scores[text] = number;
        }
        return scores;
    }

    static byte[] Bytes(string path, PickleValue value)
    {
        try
        {
            return value is PickleText { Value: var text } ? Convert.FromHexString(text) : throw new FormatException("no text");
        }
        catch (FormatException error)
        {
            throw new CheckpointException(path, "a random stream's state is no hexadecimal text", error);
        }
    }
}

using System.Runtime.InteropServices;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;
using Weights = System.Collections.Generic.IReadOnlyDictionary<string, Kymo.Torch.Checkpoints.StoredTensor>;

namespace Kymo.Lab.Training;

/// <summary>The checkpoints of one training, as dictionaries that PyTorch reads too.</summary>
/// <param name="folder">Their folder.</param>
/// <param name="options">Gives a restored state its rules.</param>
public sealed class FitCheckpoints(string folder, TrainerOptions options)
{
    readonly CheckpointFiles _files = new(folder);
    Task _pending = Task.CompletedTask;

    /// <summary>Keeps a snapshot.</summary>
    /// <exception cref="IOException">The disk is full or not writable; the older snapshots are still there.</exception>
    public void Save(FitSnapshot snapshot)
    {
        _pending.GetAwaiter().GetResult();
        _files.Save(ToPickle(snapshot));
    }

    /// <summary>Keeps a snapshot while the training goes on; it is on the disk once the next one is asked for.</summary>
    /// <exception cref="IOException">The one before could not be written.</exception>
    public void SaveSoon(FitSnapshot snapshot)
    {
        _pending.GetAwaiter().GetResult();
        var tree = ToPickle(snapshot);
        _pending = Task.Run(() => _files.Save(tree));
    }

    /// <summary>The newest readable snapshot, or null where there is none.</summary>
    /// <param name="warn">Told of a snapshot that had to be passed over.</param>
    /// <exception cref="CheckpointException">There are snapshots, and none can be read.</exception>
    public FitSnapshot? Load(Action<string> warn) => _files.Load((path, value) => FromPickle(new Tree(path, value)), warn);

    /// <summary>Deletes the snapshots of a training whose run is finished.</summary>
    public void Delete() => _files.Delete();

    static PickleDictionary ToPickle(FitSnapshot snapshot)
    {
        var state = snapshot.State;
        var tree = new PickleDictionary
        {
            { "format", 3 },
            { "epoch", state.History.Count },
            { "global_step", state.Steps },
            { "skipped_steps", state.Skipped },
            { "model_state_dict", StateDict(snapshot.Weights) },
            { "optimizer_state_dict", StateDict(snapshot.Optimizer) },
            { "other_optimizers", Dictionary(snapshot.OtherOptimizers, weights => StateDict(weights)) },
            { "learning_rate", snapshot.LearningRate },
            { "history", new PickleList(state.History.Select(ToPickle)) },
            { "streams", Dictionary(snapshot.Streams, bytes => Convert.ToHexStringLower(bytes)) },
            { "average_steps", snapshot.AverageSteps },
            { "log_length", snapshot.LogLength },
            { "loss_scale", new PickleTuple(snapshot.LossScale.Factor, (double)snapshot.LossScale.Steps) },
        };
        if (state.MicroBatch is { } choice) tree.Add("micro_batch", choice.Size);
        if (state.FoundRate is { } rate) tree.Add("found_rate", rate);
        if (state.Best is { } best) tree.Add("best", StateDict(best));
        if (state.Average is { } average) tree.Add("average", StateDict(average));
        if (state.Partial is { } partial) tree.Add("partial", ToPickle(partial));
        return tree;
    }

    static PickleDictionary ToPickle(PartialEpoch partial)
    {
        var sums = partial.Shared ?? partial.Sums;
        var tree = new PickleDictionary
        {
            { "started", Timestamp.Text(partial.Started) },
            { "seconds", partial.Seconds },
            { "batches", partial.Batches },
            { "skipped", partial.Skipped },
            { "order", new PickleTensor(StoredTensor.Of<long>([.. partial.Order.Select(index => (long)index)], partial.Order.Length)) },
            { "sums", Dictionary(sums.Sums, sum => new PickleTuple(sum.Sum, sum.Weight)) },
        };
        if (sums.Matrix is { } matrix)
            tree.Add("counts", new PickleTensor(StoredTensor.Of<long>(Counts(matrix), matrix.ClassCount, matrix.ClassCount)));
        return tree;
    }

    static long[] Counts(ConfusionMatrix matrix) =>
        [.. Enumerable.Range(0, matrix.ClassCount * matrix.ClassCount).Select(i => matrix[i / matrix.ClassCount, i % matrix.ClassCount])];

    static PickleValue ToPickle(EpochRow row) => new PickleTuple(
        row.Epoch, Timestamp.Text(row.Started), Timestamp.Text(row.Ended), row.Seconds, Numbers(row.Train), Numbers(row.Validation),
        row.LearningRate, row.IsBest, Numbers(row.Extra), row.Steps);

    static PickleDictionary Numbers(IReadOnlyDictionary<string, double> numbers) => Dictionary(numbers, number => number);

    static PickleDictionary Dictionary<T>(IEnumerable<KeyValuePair<string, T>> entries, Func<T, PickleValue> value)
    {
        var dictionary = new PickleDictionary();
        foreach (var (name, entry) in entries) dictionary.Add(name, value(entry));
        return dictionary;
    }

    static PickleDictionary StateDict(Weights weights) =>
        TorchFile.StateDict("", [.. weights.Select(entry => (entry.Key, entry.Value))]);

    FitSnapshot FromPickle(Tree tree)
    {
        if (tree.Integer("format") != 3) throw tree.Fault("format", "was written by another version of the program");
        var state = new FitState(options)
        {
            History = [.. tree.List("history").Select(row => Row(tree, row))],
            Steps = tree.Integer("global_step"),
            Skipped = (int)tree.Integer("skipped_steps"),
            Best = tree.Has("best") ? tree.Weights("best") : null,
            Average = tree.Has("average") ? tree.Weights("average") : null,
            Partial = tree.Has("partial") ? Partial(tree.Below("partial")) : null,
            FoundRate = tree.Has("found_rate") ? tree.Number("found_rate") : null,
            MicroBatch = tree.Has("micro_batch") ? new MicroBatchChoice((int)tree.Integer("micro_batch"), []) : null,
        };
        var others = tree.Below("other_optimizers");
        var streams = tree.Below("streams");
        return new FitSnapshot(
            state, tree.Weights("model_state_dict"), tree.Weights("optimizer_state_dict"),
            others.Names().ToDictionary(name => name, name => others.Weights(name)), tree.Number("learning_rate"), tree.Integer("average_steps"),
            streams.Names().ToDictionary(name => name, streams.Bytes), tree.Integer("log_length"))
        {
            LossScale = tree.Pair("loss_scale") is var (factor, steps) ? (factor, (int)steps) : default,
        };
    }

    static PartialEpoch Partial(Tree tree)
    {
        if (!Timestamp.TryRead(tree.Text("started"), out var started)) throw tree.Fault("started", "is no moment");
        ConfusionMatrix? matrix = null;
        if (tree.Has("counts"))
        {
            var counts = tree.Integers("counts");
            var classes = (int)Math.Sqrt(counts.Length);
            if (classes < 1 || classes * classes != counts.Length) throw tree.Fault("counts", $"has {counts.Length} cells, expected a square");
            matrix = new ConfusionMatrix(classes);
            for (var i = 0; i < counts.Length; i++) matrix.Add(i / classes, i % classes, counts[i]);
        }
        var sums = new EpochSums(0) { Matrix = matrix };
        var saved = tree.Below("sums");
        foreach (var name in saved.Names())
        {
            var (sum, weight) = saved.Pair(name);
            sums.Set(name, sum, weight);
        }
        return new PartialEpoch(started, [.. tree.Integers("order").Select(index => (int)index)], sums)
        {
            Seconds = tree.Number("seconds"),
            Batches = (int)tree.Integer("batches"),
            Skipped = (int)tree.Integer("skipped"),
        };
    }

    static EpochRow Row(Tree tree, PickleValue value)
    {
        if (value is not PickleTuple { Count: 10 } row
            || row[0] is not PickleInteger { Value: var epoch } || row[1] is not PickleText { Value: var started }
            || row[2] is not PickleText { Value: var ended } || row[3] is not PickleFloat { Value: var seconds }
            || row[6] is not PickleFloat { Value: var rate } || row[7] is not PickleBoolean { Value: var isBest } || row[9] is not PickleInteger { Value: var steps }
            || !Timestamp.TryRead(started, out var start) || !Timestamp.TryRead(ended, out var end))
            throw tree.Fault("history", "holds something that is no epoch");
        return new EpochRow
        {
            Epoch = (int)epoch,
            Started = start,
            Ended = end,
            Seconds = seconds,
            Train = tree.Scores("history", row[4]),
            Validation = tree.Scores("history", row[5]),
            LearningRate = rate,
            Steps = (long)steps,
            IsBest = isBest,
            Extra = tree.Scores("history", row[8]),
        };
    }

    /// <summary>A dictionary of a checkpoint, read by keys; whatever is not as expected is a <see cref="CheckpointException"/> of its file.</summary>
    sealed class Tree(string path, PickleValue value)
    {
        readonly PickleDictionary _entries = value as PickleDictionary ?? throw new CheckpointException(path, "expected a dictionary of a training's state");

        public bool Has(string key) => _entries.TryGetValue(key, out _);

        public CheckpointException Fault(string key, string what) => new(path, $"'{key}' {what}");

        public Tree Below(string key) => At(key) is PickleDictionary below ? new Tree(path, below) : throw Fault(key, "is no dictionary");

        public IEnumerable<string> Names() => _entries.Select(entry => (entry.Key as PickleText)?.Value ?? throw new CheckpointException(path, "has a name that is no text"));

        public PickleList List(string key) => At(key) as PickleList ?? throw Fault(key, "is no list");

        public long Integer(string key) => At(key) is PickleInteger { Value: var number } ? (long)number : throw Fault(key, "is no whole number");

        public double Number(string key) => At(key) is PickleFloat { Value: var number } ? number : throw Fault(key, "is no number");

        public string Text(string key) => At(key) is PickleText { Value: var text } ? text : throw Fault(key, "is no text");

        public (double, double) Pair(string key) => At(key) is PickleTuple { Count: 2 } pair && pair[0] is PickleFloat { Value: var first }
            && pair[1] is PickleFloat { Value: var second } ? (first, second) : throw Fault(key, "is no pair of numbers");

        public long[] Integers(string key) => At(key) is PickleTensor { Value: { Type: ElementType.Int64 } tensor }
            ? MemoryMarshal.Cast<byte, long>(tensor.Data.Span).ToArray()
            : throw Fault(key, "is no tensor of integers");

        public byte[] Bytes(string key)
        {
            try
            {
                return Convert.FromHexString(Text(key));
            }
            catch (FormatException error)
            {
                throw new CheckpointException(path, $"'{key}' is no hexadecimal text", error);
            }
        }

        public Weights Weights(string key)
        {
            var tensors = new OrderedDictionary<string, StoredTensor>();
            foreach (var (name, entry) in At(key) as PickleDictionary ?? throw Fault(key, "is no dictionary"))
            {
                tensors[(name as PickleText)?.Value ?? throw Fault(key, "has a name that is no text")] =
                    (entry as PickleTensor)?.Value ?? throw Fault(key, "holds something that is no tensor");
            }
            return tensors;
        }

        public Dictionary<string, double> Scores(string key, PickleValue value)
        {
            var scores = new Dictionary<string, double>();
            foreach (var (name, score) in value as PickleDictionary ?? throw Fault(key, "holds scores that are no dictionary"))
            {
                if (name is not PickleText { Value: var text } || score is not PickleFloat { Value: var number })
                    throw Fault(key, "holds a score that is no number");
                scores[text] = number;
            }
            return scores;
        }

        PickleValue At(string key) => _entries.TryGetValue(key, out var found) ? found : throw new CheckpointException(path, $"has no '{key}'");
    }
}
